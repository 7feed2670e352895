// The connections of one kind, writer or readers, and those who wait for one, in order of arrival.
//
//   Slot& slot = lane.acquire({}, "label");
//   …slot.connection…
//   lane.release(slot);
//
// Whoever gives a connection back hands it to the first who waits; nobody who comes later can be quicker.
// Connections are opened, tested and closed outside the lock.
// Thread-safety: every member may be called from any thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "cairn/sql/pool.hpp"
#include "cairn/sql/pool_options.hpp"
#include "sql/log_limit.hpp"

namespace cairn::sql::detail {

using Clock = std::chrono::steady_clock;

// `start` and `duration` later. The clock counts nanoseconds, in which milliseconds::max() does not fit.
inline Clock::time_point after(Clock::time_point start, std::chrono::milliseconds duration) {
  return start + std::min<std::chrono::milliseconds>(duration, std::chrono::years(100));
}

struct Slot {
  explicit Slot(const ConnectOptions& options) : connection(options) {}

  Connection connection;
  Clock::time_point opened = Clock::now();
  Clock::time_point since;  // when the present lease, or idleness, began
  bool leased = false;
  std::string_view label;
  std::thread::id thread;
};

class Lane {
 public:
  // `log_limit` is for the one lane that writes; 0 for others.
  Lane(const char* name, ConnectOptions connect, const PoolOptions& options, std::size_t capacity,
       std::size_t minimum, std::int64_t log_limit);

  Slot& acquire(const Acquire& how);
  Slot* try_acquire(std::string_view label);  // null when none is free
  void release(Slot& slot) noexcept;
  Connection detach(Slot& slot);

  void close() noexcept;
  bool is_closed() const noexcept;
  // True when all leases have ended in time.
  bool wait_until_returned(Clock::time_point deadline) noexcept;

  LaneMetrics metrics() const;
  void add_leases(std::vector<LeaseInfo>& leases) const;

 private:
  struct Waiter {
    std::condition_variable_any wake;  // any: it knows stop tokens
    bool granted = false;
    Slot* slot = nullptr;  // null when it may open one
  };

  // Those with a lock held:
  void require_open() const;
  Slot* take() noexcept;
  Slot* wait(std::unique_lock<std::mutex>& lock, const Acquire& how);
  [[noreturn]] void throw_timeout(std::chrono::milliseconds timeout);
  Clock::time_point mark(Slot& slot, std::string_view label, Clock::time_point now) noexcept;
  std::unique_ptr<Slot> remove(Slot& slot) noexcept;
  std::unique_ptr<Slot> reap(Clock::time_point now) noexcept;
  void give_turn_back() noexcept;

  Slot& lend(std::unique_lock<std::mutex>& lock, Slot* slot, std::string_view label, Clock::time_point now);

  // Those without:
  bool is_fit(Slot& slot, Clock::time_point idle_since, Clock::time_point now);
  Slot& open(std::string_view label);
  bool may_keep(Slot& slot, Clock::time_point now) noexcept;

  const char* const name_;
  const ConnectOptions connect_;
  const PoolOptions options_;
  const std::size_t capacity_;
  const std::size_t minimum_;
  LogLimit log_limit_;  // used by who gives back: one at a time, where it is used at all

  mutable std::mutex mutex_;
  std::condition_variable returned_;
  std::deque<Waiter*> waiters_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::vector<Slot*> idle_;  // longest idle first; the last is lent next, since its cache is warm
  std::size_t leased_ = 0;   // turns taken: leases, and connections being opened
  bool closed_ = false;
  LaneMetrics counts_;
};

}  // namespace cairn::sql::detail
