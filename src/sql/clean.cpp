#include "sql/clean.hpp"

#include "sqlite/api.hpp"

namespace cairn::sql {

bool clean(const sqlite::ConnectionRef& db) noexcept {
  sqlite3* const handle = db.handle();
  if (!db.in_transaction() && sqlite3_txn_state(handle, nullptr) == SQLITE_TXN_NONE) return true;
  // A statement that is not reset keeps its snapshot, and an interrupt stands until none is running.
  for (sqlite3_stmt* statement = sqlite3_next_stmt(handle, nullptr); statement;
       statement = sqlite3_next_stmt(handle, statement))
    sqlite3_reset(statement);
  if (db.in_transaction()) sqlite3_exec(handle, "ROLLBACK", nullptr, nullptr, nullptr);
  return !db.in_transaction();
}

bool has_lost_its_file(const sqlite::ConnectionRef& db) noexcept {
  int moved = 0;
  // A database in memory knows no such question, and cannot be lost.
  return sqlite3_file_control(db.handle(), nullptr, SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK &&
         moved != 0;
}

}  // namespace cairn::sql
