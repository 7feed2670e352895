// From SQLite's result codes to cairn::Error.
#pragma once

#include <string>
#include <string_view>

#include "cairn/error.hpp"
#include "sqlite/api.hpp"

namespace cairn::sqlite {

ErrorCode code_of(int sqlite_code) noexcept;

// Throws an Error made of `doing` ("cannot prepare 'SELECT …'"), SQLite's message for `db` and, where
// there is one, the remedy. `db` may be null; then the message is that of the code alone.
[[noreturn]] void throw_error(sqlite3* db, int sqlite_code, std::string_view doing);
// The same about a statement, which the error then holds. `offset` is the byte of `sql` at which what SQLite
// was given begins.
[[noreturn]] void throw_sql_error(sqlite3* db, int sqlite_code, std::string_view doing, std::string_view sql,
                                  std::size_t offset = 0);

inline void check(sqlite3* db, int sqlite_code, std::string_view doing) {
  if (sqlite_code != SQLITE_OK) throw_error(db, sqlite_code, doing);
}

}  // namespace cairn::sqlite
