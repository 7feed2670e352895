// What SQLite's callbacks of one connection need, at an address that stays when the Connection is moved.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "cairn/sql/connection.hpp"
#include "cairn/sql/hooks.hpp"
#include "sql/statement_log.hpp"
#include "sqlite/api.hpp"

namespace cairn::sql {

class OperationLimit;

namespace detail {

struct ConnectionState {
  explicit ConnectionState(std::chrono::milliseconds timeout) : busy_timeout(timeout) {}

  sqlite3* db = nullptr;
  const std::chrono::milliseconds busy_timeout;

  std::optional<std::int64_t> optimize_rows;  // for PRAGMA optimize at the end
  std::optional<StatementLog> log;

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
  // Before the database is closed: no callback of ours may be called any more.
  void close() noexcept;

 private:
  void optimize() noexcept;
  static int progress(void* self) noexcept;
  static int busy(void* self, int count) noexcept;
};

}  // namespace detail
}  // namespace cairn::sql
