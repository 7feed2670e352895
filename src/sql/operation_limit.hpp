// Ends what a thread does with a connection: when a stop is requested, or at a deadline. Running statements
// then fail with `interrupted`, and waits for a lock with `busy`.
//
//   OperationLimit limit(db.handle(), {.stop = token, .deadline = Clock::now() + std::chrono::seconds(2)});
//
// It is precise where sqlite3_interrupt is not: what the connection does for the next operation is out of
// its reach. Thread-safety: lives and dies in the connection's thread; the stop may come from anywhere.
#pragma once

#include <chrono>
#include <stop_token>

struct sqlite3;

namespace cairn::sql {

struct Limit {
  std::stop_token stop;
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();

  bool stopped() const noexcept { return stop.stop_requested(); }
  bool expired() const noexcept {
    return deadline != std::chrono::steady_clock::time_point::max() &&
           std::chrono::steady_clock::now() >= deadline;
  }
  bool reached() const noexcept { return stopped() || expired(); }
  // Throws interrupted, and says which of the two it was, if one is reached.
  void check() const;
};

class OperationLimit {
 public:
  // REQUIRES: `limit` outlives it. Takes the connection's progress handler.
  OperationLimit(sqlite3* db, const Limit& limit) noexcept;
  OperationLimit(const OperationLimit&) = delete;
  OperationLimit& operator=(const OperationLimit&) = delete;
  ~OperationLimit();

  static bool reached_in_this_thread() noexcept;

 private:
  sqlite3* db_;
  const Limit* outer_;
};

}  // namespace cairn::sql
