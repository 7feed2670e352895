#include "sqlite/error.hpp"

#include <fmt/format.h>

#include <memory>

namespace cairn::sqlite {

namespace {

ErrorCode constraint_of(int extended) noexcept {
  switch (extended) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return ErrorCode::unique;
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return ErrorCode::foreign_key;
    case SQLITE_CONSTRAINT_NOTNULL:
      return ErrorCode::not_null;
    case SQLITE_CONSTRAINT_CHECK:
      return ErrorCode::check;
    default:
      return ErrorCode::constraint;
  }
}

}  // namespace

ErrorCode code_of(int sqlite_code) noexcept {
  switch (sqlite_code & 0xFF) {
    case SQLITE_NOTADB:
      return ErrorCode::not_a_database;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return ErrorCode::read_only;
    case SQLITE_FULL:
      return ErrorCode::disk_full;
    case SQLITE_BUSY:
      return ErrorCode::busy;
    case SQLITE_LOCKED:
      return ErrorCode::locked;
    case SQLITE_CORRUPT:
      return ErrorCode::corrupt;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
      return ErrorCode::io;
    case SQLITE_CONSTRAINT:
      return constraint_of(sqlite_code);
    case SQLITE_INTERRUPT:
      return ErrorCode::interrupted;
    case SQLITE_NOMEM:
      return ErrorCode::out_of_memory;
    case SQLITE_TOOBIG:
    case SQLITE_RANGE:
    case SQLITE_MISMATCH:
      return ErrorCode::invalid_argument;
    default:
      return ErrorCode::sql;
  }
}

namespace {

// The file, where the error is about it rather than about the statement.
std::string file_of(sqlite3* db, ErrorCode code) {
  const bool matters = code == ErrorCode::busy || code == ErrorCode::disk_full ||
                       code == ErrorCode::read_only || code == ErrorCode::corrupt || code == ErrorCode::io;
  const char* file = db && matters ? sqlite3_db_filename(db, "main") : nullptr;
  return file && *file ? fmt::format(" ('{}')", file) : "";
}

std::string_view remedy(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::busy:
      return "; another process or connection holds the lock, try again when it is done";
    case ErrorCode::disk_full:
      return "; free some space and try again";
    case ErrorCode::read_only:
      return "; check the permissions of the file and of its folder";
    case ErrorCode::corrupt:
      return "; restore a backup, or try 'sqlite3 FILE .recover'";
    case ErrorCode::not_a_database:
      return "; it is a file of another kind, encrypted or damaged, name another";
    default:
      return "";
  }
}

// "UNIQUE constraint failed: t.a, t.b", "NOT NULL constraint failed: t.a", "CHECK constraint failed: name",
// "cannot store TEXT value in INTEGER column t.a" (src/insert.c and src/vdbe.c of SQLite 3.40).
void read_constraint(std::string_view message, SqlContext& context) {
  constexpr std::string_view failed = " constraint failed: ", column = " column ";
  if (const std::size_t at = message.find(failed); at != message.npos) {
    std::string_view rest = message.substr(at + failed.size());
    if (message.starts_with("CHECK") || rest.starts_with("index '")) {
      context.constraint = rest;
      return;
    }
    for (std::size_t comma; (comma = rest.find(", ")) != rest.npos; rest.remove_prefix(comma + 2))
      context.columns.emplace_back(rest.substr(0, comma));
    context.columns.emplace_back(rest);
  } else if (const std::size_t stored = message.rfind(column);
             message.starts_with("cannot store ") && stored != message.npos) {
    context.columns.emplace_back(message.substr(stored + column.size()));
  }
}

struct Failure {
  ErrorCode code;
  int extended;
  std::string message;
};

// The connection's message belongs to its last call; it is only trusted where it agrees with the code.
Failure failure_of(sqlite3* db, int sqlite_code) {
  const bool own = db && (sqlite3_errcode(db) & 0xFF) == (sqlite_code & 0xFF);
  const int extended = own ? sqlite3_extended_errcode(db) : sqlite_code;
  return {code_of(extended), extended, own ? sqlite3_errmsg(db) : sqlite3_errstr(sqlite_code)};
}

std::string sentence(sqlite3* db, const Failure& failure, std::string_view doing) {
  if (failure.extended == SQLITE_BUSY_SNAPSHOT)
    return fmt::format(
        "{}: {}; the database has changed since this transaction began to read: roll it back and "
        "begin anew, with BEGIN IMMEDIATE if it is to write",
        doing, failure.message);
  const std::string_view what_to_do =
      (failure.extended & 0xFF) == SQLITE_CANTOPEN
          ? "; check that the file is there (OpenMode::create makes it), and the "
            "permissions of the file and of its folder"
          : remedy(failure.code);
  return fmt::format("{}: {}{}{}", doing, failure.message, file_of(db, failure.code), what_to_do);
}

}  // namespace

void throw_error(sqlite3* db, int sqlite_code, std::string_view doing) {
  const Failure failure = failure_of(db, sqlite_code);
  throw Error(failure.code, sentence(db, failure, doing), failure.extended);
}

void throw_sql_error(sqlite3* db, int sqlite_code, std::string_view doing, std::string_view sql,
                     std::size_t offset) {
  const Failure failure = failure_of(db, sqlite_code);
  auto context = std::make_shared<SqlContext>();
  context->sql = sql;
#if SQLITE_VERSION_NUMBER >= 3038000
  if (const int at = db ? sqlite3_error_offset(db) : -1; at >= 0)
    context->offset = static_cast<int>(offset) + at;
#endif
  if (context->offset < 0 && offset > 0) context->offset = static_cast<int>(offset);
  if ((failure.extended & 0xFF) == SQLITE_CONSTRAINT) read_constraint(failure.message, *context);
  throw Error(failure.code, sentence(db, failure, doing), failure.extended, std::move(context));
}

}  // namespace cairn::sqlite
