#include "cairn/sql/deadline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <thread>

#include "sql/connection_state.hpp"
#include "sql/jitter.hpp"
#include "sqlite/trampoline.hpp"

namespace cairn::sql {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int steps_between_looks = 1000;

// The clock counts nanoseconds, in which milliseconds::max() does not fit.
Clock::time_point from_now(std::chrono::milliseconds time) {
  return Clock::now() + std::min<std::chrono::milliseconds>(time, std::chrono::years(100));
}

}  // namespace

OperationLimit::OperationLimit(Connection& db, std::chrono::milliseconds time)
    : OperationLimit(db, Limits{.deadline = from_now(time), .stop = {}}) {}

OperationLimit::OperationLimit(Connection& db, Limits limits)
    : connection_(*db.state_), limits_(std::move(limits)), outer_(connection_.limit) {
  for (const OperationLimit* limit = this; limit; limit = limit->outer_) {
    const Cause cause = limit->passed();
    if (cause == Cause::deadline)
      throw Error(ErrorCode::timeout, "the deadline had passed before the operation began");
    if (cause == Cause::stop) throw Error(ErrorCode::interrupted, "cancelled before the operation began");
  }
  connection_.limit = this;
  connection_.install_progress();
}

OperationLimit::~OperationLimit() {
  assert(connection_.limit == this && "limits end in the opposite order of their beginning");
  connection_.limit = outer_;
  connection_.install_progress();
}

OperationLimit::Cause OperationLimit::passed() const noexcept {
  if (limits_.stop.stop_requested()) return Cause::stop;
  if (limits_.deadline && Clock::now() >= *limits_.deadline) return Cause::deadline;
  return Cause::none;
}

void OperationLimit::throw_if_mine(const Error& e) const {
  if (e.code() != ErrorCode::interrupted && e.code() != ErrorCode::busy) return;
  if (stopped_ == Cause::deadline)
    throw Error(ErrorCode::timeout, fmt::format("the deadline passed: {}", e.what()), e.sqlite_code());
  if (stopped_ == Cause::stop)
    throw Error(ErrorCode::interrupted, fmt::format("cancelled: {}", e.what()), e.sqlite_code());
}

namespace detail {

bool ConnectionState::limit_passed() noexcept {
  for (OperationLimit* each = limit; each; each = each->outer_) {
    each->stopped_ = each->passed();
    if (each->stopped_ != OperationLimit::Cause::none) return true;
  }
  return false;
}

// SQLite has room for one progress handler, so the user's and the limits share it.
void ConnectionState::install_progress() noexcept {
  steps_between_calls = limit ? steps_between_looks : 0;
  if (on_progress)
    steps_between_calls = limit ? std::min(steps_between_looks, progress_interval) : progress_interval;
  sqlite3_progress_handler(db, steps_between_calls, steps_between_calls > 0 ? &progress : nullptr, this);
}

int ConnectionState::progress(void* self) noexcept {
  auto& state = *static_cast<ConnectionState*>(self);
  if (state.limit_passed()) return 1;
  if (!state.on_progress) return 0;
  state.steps_since_progress += state.steps_between_calls;
  if (state.steps_since_progress < state.progress_interval) return 0;
  state.steps_since_progress = 0;
  bool go_on = false;
  const int code = sqlite::trampoline([&] { go_on = state.on_progress(); }, [](const char*, int) noexcept {});
  return code == SQLITE_OK && go_on ? 0 : 1;
}

void ConnectionState::install_busy_handler() noexcept {
  sqlite3_busy_handler(db, &busy, this);
}

// SQLite's own handler sleeps longer and longer, up to 100 ms between two looks, and against a writer of
// another process that comes back at once looks too seldom to ever find the lock free: with transactions of
// 5 ms it waited for 5 s and failed. Looking every half a millisecond costs some 5 % of a core meanwhile.
int ConnectionState::busy(void* self, int calls) noexcept {
  auto& state = *static_cast<ConnectionState*>(self);
  const auto now = Clock::now();
  if (calls == 0) state.waiting_since = now;
  if (now - state.waiting_since >= state.busy_timeout || state.limit_passed()) return 0;
  std::this_thread::sleep_for(jittered(std::chrono::microseconds(calls < 5 ? 100 : 500)));
  return 1;
}

}  // namespace detail
}  // namespace cairn::sql
