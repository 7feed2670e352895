#include "cairn/sqlite/connection_ref.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sqlite/blank.hpp"
#include "sqlite/error.hpp"
#include "sqlite/excerpt.hpp"

namespace cairn::sqlite {

namespace {

// DROP TABLE deletes rows, too, when others refer to them.
bool changes_rows(std::string_view sql) {
  sql = skip_blank(sql);
  for (const std::string_view word : {"INSERT", "UPDATE", "DELETE", "REPLACE", "WITH"})
    if (sql.size() > word.size() &&
        sqlite3_strnicmp(sql.data(), word.data(), static_cast<int>(word.size())) == 0)
      return true;
  return false;
}

}  // namespace

CachedStatement ConnectionRef::cached(std::string_view sql) const {
  if (cache_) return cache_->lend(db_, sql);
  return CachedStatement(std::make_unique<Statement>(db_, sql));
}

ConnectionRef::ReturningWrite::ReturningWrite(const ConnectionRef& db, Statement& statement)
    : db_(db), statement_(statement), open_(!statement.read_only() && changes_rows(statement.sql())) {
  if (open_) db.execute("SAVEPOINT _cairn_returning");
}

ConnectionRef::ReturningWrite::~ReturningWrite() {
  if (!open_) return;
  statement_.reset();
  if (sqlite3_get_autocommit(db_.db_) != 0) return;  // the error has ended the transaction
  sqlite3_exec(db_.db_, "ROLLBACK TO _cairn_returning; RELEASE _cairn_returning", nullptr, nullptr, nullptr);
}

void ConnectionRef::ReturningWrite::finish() {
  if (!open_) return;
  db_.execute("RELEASE _cairn_returning");
  open_ = false;
}

std::int64_t ConnectionRef::run_and_count(Statement& statement) const {
  const sqlite3_int64 before = sqlite3_total_changes64(db_);
  statement.run();
  if (sqlite3_total_changes64(db_) == before) return 0;
  return changes_rows(statement.sql()) ? changes() : 0;
}

void ConnectionRef::execute_script(std::string_view script) const {
  // SQLite takes a NUL for the end.
  if (const std::size_t nul = script.find('\0'); nul != script.npos)
    throw Error(ErrorCode::invalid_argument,
                fmt::format("the script holds a NUL at byte {}; remove it", nul));
  // Up to a NUL of our own: told the length instead, SQLite copies the rest of the script for every
  // statement, and refuses one that is longer than a statement may be.
  const std::string text(script);
  const char* next = text.c_str();
  while (*next) {
    const auto at = static_cast<std::size_t>(next - text.c_str());
    sqlite3_stmt* stmt = nullptr;
    const int prepared = sqlite3_prepare_v2(db_, next, -1, &stmt, &next);
    if (prepared != SQLITE_OK)
      throw_sql_error(db_, prepared, "cannot prepare a statement of a script", script, at);
    int code = SQLITE_DONE;
    if (stmt) {
      do {
        code = sqlite3_step(stmt);
      } while (code == SQLITE_ROW);
    }
    if (code != SQLITE_DONE) {
      try {
        throw_sql_error(db_, code, fmt::format("cannot execute '{}'", excerpt(sqlite3_sql(stmt))), script,
                        script.size() - skip_blank(script.substr(at)).size());
      } catch (...) {
        sqlite3_finalize(stmt);
        throw;
      }
    }
    sqlite3_finalize(stmt);
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

void ConnectionRef::throw_range_of_write(std::string_view sql) {
  throw Error(ErrorCode::invalid_argument,
              fmt::format("'{}' writes, and a range may end before it does; use query_all", excerpt(sql)));
}

void ConnectionRef::throw_no_row(std::string_view sql) {
  throw Error(ErrorCode::row_not_found, fmt::format("'{}' returned no row", excerpt(sql)));
}

}  // namespace cairn::sqlite
