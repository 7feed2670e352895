#include "cairn/sqlite/connection_ref.hpp"

#include <fmt/format.h>

#include "sqlite/error.hpp"

namespace cairn::sqlite {

void ConnectionRef::execute_script(std::string_view script) const {
  const char* next = script.data();
  const char* const end = script.data() + script.size();
  while (next < end) {
    sqlite3_stmt* stmt = nullptr;
    const char* tail = nullptr;
    const int prepared = sqlite3_prepare_v2(db_, next, static_cast<int>(end - next), &stmt, &tail);
    if (prepared != SQLITE_OK) throw_error(db_, prepared, "cannot prepare a statement of a script");
    int code = SQLITE_DONE;
    if (stmt) {
      do {
        code = sqlite3_step(stmt);
      } while (code == SQLITE_ROW);
    }
    if (code != SQLITE_DONE) {
      try {
        throw_error(db_, code, fmt::format("cannot execute '{}'", sqlite3_sql(stmt)));
      } catch (...) {
        sqlite3_finalize(stmt);
        throw;
      }
    }
    sqlite3_finalize(stmt);
    // SQLite takes a NUL for the end, and would stay there for ever.
    if (tail == next)
      throw Error(ErrorCode::invalid_argument,
                  fmt::format("the script holds a NUL at byte {}; remove it", next - script.data()));
    next = tail;
  }
}

std::int64_t ConnectionRef::last_insert_rowid() const noexcept {
  return sqlite3_last_insert_rowid(db_);
}
std::int64_t ConnectionRef::changes() const noexcept {
  return sqlite3_changes64(db_);
}
bool ConnectionRef::in_transaction() const noexcept {
  return sqlite3_get_autocommit(db_) == 0;
}
void ConnectionRef::interrupt() const noexcept {
  sqlite3_interrupt(db_);
}

void ConnectionRef::throw_no_row(std::string_view sql) {
  throw Error(ErrorCode::row_not_found, fmt::format("'{}' returned no row", sql));
}

}  // namespace cairn::sqlite
