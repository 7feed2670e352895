// The type of a value that SQLite hands out.
#pragma once

#include "cairn/sqlite/value.hpp"
#include "sqlite/api.hpp"

namespace cairn::sqlite {

inline ColumnType type_of(sqlite3_value* value) {
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
      return ColumnType::integer;
    case SQLITE_FLOAT:
      return ColumnType::real;
    case SQLITE_TEXT:
      return ColumnType::text;
    case SQLITE_BLOB:
      return ColumnType::blob;
    default:
      return ColumnType::null;
  }
}

// As an error names it.
inline const char* type_name(ColumnType type) {
  switch (type) {
    case ColumnType::integer:
      return "an integer";
    case ColumnType::real:
      return "a real";
    case ColumnType::text:
      return "text";
    case ColumnType::blob:
      return "a blob";
    case ColumnType::null:
      return "NULL";
  }
  return "";
}

}  // namespace cairn::sqlite
