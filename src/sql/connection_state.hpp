// What SQLite's callbacks of one connection need, at an address that stays when the Connection is moved.
#pragma once

#include <chrono>
#include <functional>

#include "cairn/sql/connection.hpp"
#include "cairn/sql/hooks.hpp"
#include "sqlite/api.hpp"

namespace cairn::sql {

class OperationLimit;

namespace detail {

struct ConnectionState {
  explicit ConnectionState(std::chrono::milliseconds timeout) : busy_timeout(timeout) {}

  sqlite3* db = nullptr;
  const std::chrono::milliseconds busy_timeout;

  std::function<void(const RowChange&)> on_update;
  std::function<bool()> on_commit;
  std::function<void()> on_rollback;

  std::function<bool()> on_progress;
  int progress_interval = 0;
  int steps_since_progress = 0;
  int steps_between_calls = 0;

  OperationLimit* limit = nullptr;  // the innermost
  std::chrono::steady_clock::time_point waiting_since;

  // Brings SQLite's handlers in line with `on_progress` and `limit`.
  void install_progress() noexcept;
  void install_busy_handler() noexcept;
  // Whether a limit has been passed; it then knows that it stopped something.
  bool limit_passed() noexcept;
  // For the end: no hook is called any more.
  void remove_hooks() noexcept;

 private:
  static int progress(void* self) noexcept;
  static int busy(void* self, int count) noexcept;
};

}  // namespace detail
}  // namespace cairn::sql
