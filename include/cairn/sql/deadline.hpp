// A bound on what is done with a connection: until a point in time, until somebody says stop, or both.
//
//   cairn::sql::OperationLimit limit(db, std::chrono::milliseconds(200));
//   auto hits = limit.run([&] { return search(db, "deploy key"); });   // throws `timeout` when it is over
//
//   std::stop_source stop;                                             // stop.request_stop() from anywhere
//   cairn::sql::OperationLimit cancellable(db, {.stop = stop.get_token()});
//   cancellable.run([&] { db.execute("UPDATE …"); });                  // throws `interrupted`
//
// While it lives, every statement of the connection is stopped when the limit is passed, and waiting for a
// lock ends with it too (before that, busy_timeout holds as ever). Limits nest, and whichever is passed first
// stops the work.
//
// The limit is looked at every 1,000 steps of SQLite's virtual machine (some 20 microseconds) and every few
// milliseconds while waiting. So a shorter statement is not stopped, and a function or a virtual table that
// works long inside one step is waited for. A statement that was stopped while it wrote inside a transaction
// takes the whole transaction with it (https://www.sqlite.org/c3ref/interrupt.html); Transaction copes with
// that. Thread-safety: as its connection; only request_stop() comes from elsewhere. Lifetime: must die before
// its connection, inner before outer.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <utility>

#include "cairn/error.hpp"
#include "cairn/sql/connection.hpp"

namespace cairn::sql {

struct Limits {
  std::optional<std::chrono::steady_clock::time_point> deadline;
  std::stop_token stop;
};

class OperationLimit {
 public:
  // Throws `timeout` or `interrupted` when this limit, or one around it, is passed already.
  OperationLimit(Connection& db, Limits limits);
  OperationLimit(Connection& db, std::chrono::milliseconds time);
  OperationLimit(const OperationLimit&) = delete;
  OperationLimit& operator=(const OperationLimit&) = delete;
  ~OperationLimit();

  // Gives what `work` returns. An error that comes from this limit has its name: `timeout` for the deadline,
  // `interrupted` for the stop. Outside of run() the former is `interrupted` too, or `busy`, as SQLite says
  // it.
  template <class Work>
  decltype(auto) run(Work&& work) {
    try {
      return std::forward<Work>(work)();
    } catch (const Error& e) {
      throw_if_mine(e);
      throw;
    }
  }

 private:
  friend struct detail::ConnectionState;
  enum class Cause : std::uint8_t { none, deadline, stop };
  Cause passed() const noexcept;
  void throw_if_mine(const Error& e) const;

  detail::ConnectionState& connection_;
  const Limits limits_;
  OperationLimit* const outer_;
  Cause stopped_ = Cause::none;  // why it stopped something
};

}  // namespace cairn::sql
