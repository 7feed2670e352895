#include "sql/statement_log.hpp"

#include <utility>

#include "sqlite/trampoline.hpp"

namespace cairn::sql {

StatementLog::StatementLog(sqlite3* db, std::string path, std::function<void(const StatementEvent&)> callback,
                           std::chrono::milliseconds threshold)
    : db_(db), path_(std::move(path)), callback_(std::move(callback)), threshold_(threshold) {
  sqlite3_trace_v2(db_, SQLITE_TRACE_STMT | SQLITE_TRACE_ROW | SQLITE_TRACE_PROFILE, &trace, this);
}

int StatementLog::trace(unsigned kind, void* self, void* statement, void* detail) noexcept {
  auto& log = *static_cast<StatementLog*>(self);
  auto* const stmt = static_cast<sqlite3_stmt*>(statement);
  const auto tell = [&] {
    if (kind == SQLITE_TRACE_STMT) {
      // A trigger within a statement announces itself by a text that is not the statement's.
      if (detail == sqlite3_sql(stmt)) log.begin(stmt);
    } else if (kind == SQLITE_TRACE_ROW) {
      if (const auto found = log.running_.find(stmt); found != log.running_.end()) ++found->second.rows;
    } else if (kind == SQLITE_TRACE_PROFILE) {
      log.end(stmt);
    }
  };
  // A log that fails must not stop the work.
  sqlite::trampoline(tell, [](const char*, int) noexcept {});
  return 0;
}

// SQLite's own measure of the time counts milliseconds, so a clock of ours runs along.
void StatementLog::begin(sqlite3_stmt* statement) {
  running_[statement] = {std::chrono::steady_clock::now(), 0, sqlite3_total_changes64(db_)};
}

void StatementLog::end(sqlite3_stmt* statement) {
  const auto found = running_.find(statement);
  if (found == running_.end()) return;
  const Running run = found->second;
  running_.erase(found);
  const auto duration = std::chrono::steady_clock::now() - run.since;
  if (duration < threshold_) return;
  // The count of the last statement that changed anything, which may not have been this one.
  const bool changed = sqlite3_total_changes64(db_) != run.changes_before;
  callback_({path_, sqlite3_sql(statement), duration, run.rows, changed ? sqlite3_changes64(db_) : 0});
}

}  // namespace cairn::sql
