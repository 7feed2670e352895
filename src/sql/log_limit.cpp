#include "sql/log_limit.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "cairn/sql/deadline.hpp"
#include "sql/jitter.hpp"
#include "sqlite/api.hpp"
#include "sqlite/raw_file.hpp"

namespace cairn::sql {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// The size costs a system call.
constexpr int kTransactionsPerLook = 16;
constexpr milliseconds kAttempt{3}, kPatience{100}, kShortestPause{250}, kLongestPause{30000};

std::int64_t log_bytes(sqlite3* db) noexcept {
  return static_cast<std::int64_t>(sqlite::RawFile::journal(db, "main").size().value_or(0));
}

bool checkpoint(Connection& db) noexcept {
  try {
    const OperationLimit limit(db, kAttempt);
    return sqlite3_wal_checkpoint_v2(db.handle(), "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr) ==
           SQLITE_OK;
  } catch (const std::exception&) {  // a limit of the borrower's has passed
    return false;
  }
}

bool empty_log(Connection& db) noexcept {
  const Clock::time_point end = Clock::now() + kPatience;
  // Many short attempts rather than a long one. SQLite waits for the slot of an old reader to become free,
  // and does not see that new readers, which it need not wait for, may have taken that slot and never leave
  // it all at once. And for another process's checkpoint it does not wait at all.
  while (!checkpoint(db)) {
    if (Clock::now() >= end) return false;
    std::this_thread::sleep_for(jittered(std::chrono::microseconds(500)));
  }
  return true;
}

}  // namespace

void LogLimit::look(Connection& db) noexcept {
  if (limit_ <= 0 || --until_look_ > 0) return;
  until_look_ = kTransactionsPerLook;
  if (log_bytes(db.handle()) < limit_ || Clock::now() < not_before_) return;
  pause_ = empty_log(db) ? milliseconds(0) : std::clamp(2 * pause_, kShortestPause, kLongestPause);
  not_before_ = Clock::now() + pause_;
}

}  // namespace cairn::sql
