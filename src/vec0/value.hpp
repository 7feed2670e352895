// A SQL value that outlives the call it came from, and SQLite's comparison of values.
#pragma once

#include <cstdint>
#include <string>

#include "sqlite/api.hpp"

namespace cairn::sqlite {
class Statement;
}

namespace cairn::vec0 {

struct Value {
  enum class Type { null, integer, real, text, blob };

  Type type = Type::null;
  std::int64_t integer = 0;
  double real = 0;
  std::string bytes;  // of text or blob

  static Value of(sqlite3_value* value);
  static Value of_column(sqlite3_stmt* stmt, int column);
  static Value of_integer(std::int64_t value) { return {Type::integer, value, 0, {}}; }
  static Value of_real(double value) { return {Type::real, 0, value, {}}; }
  static Value of_text(std::string text) { return {Type::text, 0, 0, std::move(text)}; }

  bool is_null() const noexcept { return type == Type::null; }
  bool is_number() const noexcept { return type == Type::integer || type == Type::real; }

  void bind(sqlite::Statement& statement, int parameter) const;
  void result(sqlite3_context* context) const;
};

// "INTEGER", "FLOAT", "TEXT", "BLOB", "NULL": as sqlite-vec names SQLite's types in its messages.
const char* type_name(int sqlite_type) noexcept;

// SQLite's order without affinity and with the BINARY collation: NULL, numbers, text, blobs.
// Negative, zero or positive.
int compare(const Value& a, const Value& b) noexcept;

}  // namespace cairn::vec0
