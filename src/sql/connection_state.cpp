#include "sql/connection_state.hpp"

#include <string>

namespace cairn::sql::detail {

void ConnectionState::close() noexcept {
  log.reset();
  sqlite3_update_hook(db, nullptr, nullptr);
  sqlite3_commit_hook(db, nullptr, nullptr);
  sqlite3_rollback_hook(db, nullptr, nullptr);
  sqlite3_progress_handler(db, 0, nullptr, nullptr);
  sqlite3_busy_handler(db, nullptr, nullptr);
  if (on_preupdate) {
    on_preupdate = nullptr;
    install_preupdate();
  }
  if (optimize_rows) optimize();
}

// Statistics are worth no wait: whoever holds a lock will close too, and then it is done.
void ConnectionState::optimize() noexcept {
  if (sqlite3_get_autocommit(db) == 0) return;
  sqlite3_busy_timeout(db, 0);
  try {
    const std::string script =
        "PRAGMA analysis_limit = " + std::to_string(*optimize_rows) + "; PRAGMA optimize";
    sqlite3_exec(db, script.c_str(), nullptr, nullptr, nullptr);
  } catch (const std::bad_alloc&) {
  }
}

}  // namespace cairn::sql::detail
