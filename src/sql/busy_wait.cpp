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
  // A writer that comes back at once leaves the lock free for some 20 us in 5 ms: only many looks find that.
  const auto longest = std::chrono::microseconds(calls < 5 ? 100 : 500);
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
