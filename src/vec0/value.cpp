#include "vec0/value.hpp"

#include <cstring>

#include "cairn/sqlite/statement.hpp"

namespace cairn::vec0 {

Value Value::of(sqlite3_value* value) {
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
      return of_integer(sqlite3_value_int64(value));
    case SQLITE_FLOAT:
      return of_real(sqlite3_value_double(value));
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
      return of_text({text, static_cast<std::size_t>(sqlite3_value_bytes(value))});
    }
    case SQLITE_BLOB: {
      const auto* blob = static_cast<const char*>(sqlite3_value_blob(value));
      const auto size = static_cast<std::size_t>(sqlite3_value_bytes(value));
      return {Type::blob, 0, 0, size ? std::string(blob, size) : std::string()};
    }
    default:
      return {};
  }
}

Value Value::of_column(sqlite3_stmt* stmt, int column) {
  return of(sqlite3_column_value(stmt, column));
}

void Value::bind(sqlite::Statement& statement, int parameter) const {
  switch (type) {
    case Type::null:
      statement.bind(parameter, nullptr);
      break;
    case Type::integer:
      statement.bind(parameter, integer);
      break;
    case Type::real:
      statement.bind(parameter, real);
      break;
    case Type::text:
      statement.bind(parameter, std::string_view(bytes));
      break;
    case Type::blob:
      statement.bind(parameter, std::as_bytes(std::span(bytes)));
      break;
  }
}

void Value::result(sqlite3_context* context) const {
  switch (type) {
    case Type::null:
      sqlite3_result_null(context);
      break;
    case Type::integer:
      sqlite3_result_int64(context, integer);
      break;
    case Type::real:
      sqlite3_result_double(context, real);
      break;
    case Type::text:
      sqlite3_result_text64(context, bytes.data(), bytes.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
      break;
    case Type::blob:
      sqlite3_result_blob64(context, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
      break;
  }
}

const char* type_name(int sqlite_type) noexcept {
  switch (sqlite_type) {
    case SQLITE_INTEGER:
      return "INTEGER";
    case SQLITE_FLOAT:
      return "FLOAT";
    case SQLITE_TEXT:
      return "TEXT";
    case SQLITE_BLOB:
      return "BLOB";
    default:
      return "NULL";
  }
}

namespace {

template <class T>
int three_way(const T& a, const T& b) noexcept {
  return a < b ? -1 : (b < a ? 1 : 0);
}

// Exact where a double is compared with a 64-bit integer, which a double cannot always hold.
int compare_mixed(std::int64_t integer, double real) noexcept {
  if (real >= 9223372036854775808.0) return -1;
  if (real < -9223372036854775808.0) return 1;
  const auto truncated = static_cast<std::int64_t>(real);
  if (integer != truncated) return integer < truncated ? -1 : 1;
  return three_way(0.0, real - static_cast<double>(truncated));
}

int compare_numbers(const Value& a, const Value& b) noexcept {
  const bool a_integer = a.type == Value::Type::integer, b_integer = b.type == Value::Type::integer;
  if (a_integer && b_integer) return three_way(a.integer, b.integer);
  if (a_integer) return compare_mixed(a.integer, b.real);
  if (b_integer) return -compare_mixed(b.integer, a.real);
  return three_way(a.real, b.real);
}

int type_rank(const Value& v) noexcept {
  switch (v.type) {
    case Value::Type::null:
      return 0;
    case Value::Type::integer:
    case Value::Type::real:
      return 1;
    case Value::Type::text:
      return 2;
    case Value::Type::blob:
      return 3;
  }
  return 0;
}

}  // namespace

int compare(const Value& a, const Value& b) noexcept {
  if (const int by_type = three_way(type_rank(a), type_rank(b)); by_type != 0) return by_type;
  if (a.is_null()) return 0;
  if (a.is_number()) return compare_numbers(a, b);
  return a.bytes.compare(b.bytes);  // char_traits<char> compares as unsigned bytes
}

}  // namespace cairn::vec0
