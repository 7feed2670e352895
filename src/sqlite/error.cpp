#include "sqlite/error.hpp"

#include <fmt/format.h>

namespace cairn::sqlite {

ErrorCode code_of(int sqlite_code) noexcept {
  switch (sqlite_code & 0xFF) {
    case SQLITE_NOTADB:
      return ErrorCode::not_a_database;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return ErrorCode::read_only;
    case SQLITE_FULL:
      return ErrorCode::disk_full;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorCode::busy;
    case SQLITE_CORRUPT:
      return ErrorCode::corrupt;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
      return ErrorCode::io;
    case SQLITE_CONSTRAINT:
      return ErrorCode::constraint;
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
    default:
      return "";
  }
}

}  // namespace

void throw_error(sqlite3* db, int sqlite_code, std::string_view doing) {
  // The connection's message belongs to its last call; it is only trusted where it agrees with the code.
  const bool own = db && (sqlite3_errcode(db) & 0xFF) == (sqlite_code & 0xFF);
  const int extended = own ? sqlite3_extended_errcode(db) : sqlite_code;
  const char* message = own ? sqlite3_errmsg(db) : sqlite3_errstr(sqlite_code);
  const ErrorCode code = code_of(sqlite_code);
  throw Error(code, fmt::format("{}: {}{}", doing, message, remedy(code)), extended);
}

}  // namespace cairn::sqlite
