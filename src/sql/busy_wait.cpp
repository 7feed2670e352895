#include "sql/busy_wait.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <thread>

#include "sql/jitter.hpp"
#include "sqlite/api.hpp"

namespace cairn::sql {

namespace {

using Clock = std::chrono::steady_clock;

// `calls` counts the looks since the statement was stepped; nonzero means: look again.
int wait(void* timeout_ms, int calls) noexcept {
  thread_local Clock::time_point started;
  const Clock::time_point now = Clock::now();
  if (calls == 0) started = now;
  const auto timeout = std::chrono::milliseconds(reinterpret_cast<std::intptr_t>(timeout_ms));
  if (now - started >= timeout) return 0;
  // 0.1 ms at first, since most locks are short; 5 ms in the end.
  const auto longest = std::min<std::chrono::microseconds>(
      std::chrono::microseconds(100) * (1 << std::min(calls, 6)), std::chrono::milliseconds(5));
  std::this_thread::sleep_for(jittered(longest));
  return 1;
}

}  // namespace

void wait_when_busy(sqlite3* db, std::chrono::milliseconds timeout) noexcept {
  const auto most = std::chrono::milliseconds(std::numeric_limits<int>::max());
  const auto milliseconds =
      static_cast<std::intptr_t>(std::clamp(timeout, std::chrono::milliseconds(0), most).count());
  sqlite3_busy_handler(db, wait, reinterpret_cast<void*>(milliseconds));
}

}  // namespace cairn::sql
