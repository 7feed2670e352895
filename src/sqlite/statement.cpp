#include "cairn/sqlite/statement.hpp"

#include <fmt/format.h>

#include <cassert>
#include <cstring>

#include "sqlite/error.hpp"

namespace cairn::sqlite {

namespace {

// Long statements are shortened in messages, at a code point boundary.
std::string excerpt(std::string_view sql) {
  constexpr std::size_t limit = 200;
  if (sql.size() <= limit) return std::string(sql);
  std::size_t cut = limit;
  while (cut > 0 && (static_cast<unsigned char>(sql[cut]) & 0xC0) == 0x80) --cut;
  return std::string(sql.substr(0, cut)) + "…";
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n;") == std::string_view::npos;
}

[[noreturn]] void throw_prepare_error(sqlite3* db, int code, std::string_view sql) {
  std::string where;
#if SQLITE_VERSION_NUMBER >= 3038000
  if (const int at = sqlite3_error_offset(db); at >= 0) where = fmt::format(" at byte {}", at);
#endif
  throw_error(db, code, fmt::format("cannot prepare '{}'{}", excerpt(sql), where));
}

sqlite3* connection_of(sqlite3_stmt* stmt) {
  return sqlite3_db_handle(stmt);
}

}  // namespace

Statement::Statement(sqlite3* db, std::string_view sql, Reach reach) {
  const unsigned flags =
      SQLITE_PREPARE_PERSISTENT | (reach == Reach::no_virtual_tables ? SQLITE_PREPARE_NO_VTAB : 0u);
  const char* tail = nullptr;
  const int code = sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()), flags, &stmt_, &tail);
  if (code != SQLITE_OK) throw_prepare_error(db, code, sql);
  const std::string_view rest = sql.substr(static_cast<std::size_t>(tail - sql.data()));
  if (stmt_ && is_blank(rest)) return;
  sqlite3_finalize(stmt_);
  throw Error(ErrorCode::invalid_argument,
              fmt::format("'{}' holds {}; a statement takes exactly one, use execute_script for several",
                          excerpt(sql), stmt_ ? "more than one statement" : "no statement"));
}

Statement::~Statement() {
  sqlite3_finalize(stmt_);
}

Statement& Statement::bind(int parameter, std::nullptr_t) {
  check(connection_of(stmt_), sqlite3_bind_null(stmt_, parameter), "cannot bind a parameter");
  return *this;
}

Statement& Statement::bind(int parameter, std::int64_t value) {
  check(connection_of(stmt_), sqlite3_bind_int64(stmt_, parameter, value), "cannot bind a parameter");
  return *this;
}

Statement& Statement::bind(int parameter, double value) {
  check(connection_of(stmt_), sqlite3_bind_double(stmt_, parameter, value), "cannot bind a parameter");
  return *this;
}

namespace {

// An empty view may have a null pointer, which SQLite would bind as NULL.
const char* non_null(std::string_view text) {
  return text.data() ? text.data() : "";
}
const void* non_null(Bytes bytes) {
  return bytes.data() ? static_cast<const void*>(bytes.data()) : "";
}

}  // namespace

Statement& Statement::bind(int parameter, std::string_view value) {
  check(connection_of(stmt_),
        sqlite3_bind_text64(stmt_, parameter, non_null(value), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8),
        "cannot bind a parameter");
  return *this;
}

Statement& Statement::bind(int parameter, Bytes value) {
  check(connection_of(stmt_),
        sqlite3_bind_blob64(stmt_, parameter, non_null(value), value.size(), SQLITE_TRANSIENT),
        "cannot bind a parameter");
  return *this;
}

Statement& Statement::bind_view(int parameter, std::string_view value) {
  check(connection_of(stmt_),
        sqlite3_bind_text64(stmt_, parameter, non_null(value), value.size(), SQLITE_STATIC, SQLITE_UTF8),
        "cannot bind a parameter");
  return *this;
}

Statement& Statement::bind_view(int parameter, Bytes value) {
  check(connection_of(stmt_),
        sqlite3_bind_blob64(stmt_, parameter, non_null(value), value.size(), SQLITE_STATIC),
        "cannot bind a parameter");
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(stmt_);
  if (code == SQLITE_ROW) return true;
  sqlite3* db = connection_of(stmt_);
  if (code == SQLITE_DONE) {
    sqlite3_reset(stmt_);
    return false;
  }
  // Build the message before the reset: afterwards the connection may have forgotten it.
  try {
    throw_error(db, code, fmt::format("cannot execute '{}'", excerpt(sql())));
  } catch (...) {
    sqlite3_reset(stmt_);
    throw;
  }
}

void Statement::run() {
  while (step()) {
  }
}

void Statement::reset() noexcept {
  sqlite3_reset(stmt_);
}
void Statement::clear_bindings() noexcept {
  sqlite3_clear_bindings(stmt_);
}

int Statement::column_count() const noexcept {
  return sqlite3_column_count(stmt_);
}

std::string Statement::column_name(int column) const {
  assert(column >= 0 && column < column_count());
  const char* name = sqlite3_column_name(stmt_, column);
  if (!name) throw std::bad_alloc();
  return name;
}

ColumnType Statement::column_type(int column) const {
  assert(column >= 0 && column < column_count());
  switch (sqlite3_column_type(stmt_, column)) {
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

namespace {

const char* type_name(ColumnType type) {
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

[[noreturn]] void throw_wrong_type(const Statement& st, int column, const char* wanted) {
  throw Error(ErrorCode::decode,
              fmt::format("column '{}' of '{}' holds {}, where {} was asked for{}", st.column_name(column),
                          excerpt(st.sql()), type_name(st.column_type(column)), wanted,
                          st.is_null(column) ? "; read it as a std::optional" : ""));
}

void require_type(const Statement& st, int column, ColumnType type, const char* wanted) {
  if (st.column_type(column) != type) throw_wrong_type(st, column, wanted);
}

}  // namespace

std::int64_t Statement::get_int64(int column) const {
  require_type(*this, column, ColumnType::integer, "an integer");
  return sqlite3_column_int64(stmt_, column);
}

double Statement::get_double(int column) const {
  // An integer in a REAL expression (a sum, say) is a number too, and exact below 2^53.
  if (column_type(column) != ColumnType::integer) require_type(*this, column, ColumnType::real, "a real");
  return sqlite3_column_double(stmt_, column);
}

std::string_view Statement::get_text(int column) const {
  require_type(*this, column, ColumnType::text, "text");
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(stmt_, column));
  if (!text) throw std::bad_alloc();
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(stmt_, column))};
}

Bytes Statement::get_blob(int column) const {
  require_type(*this, column, ColumnType::blob, "a blob");
  const void* data = sqlite3_column_blob(stmt_, column);
  return {static_cast<const std::byte*>(data), static_cast<std::size_t>(sqlite3_column_bytes(stmt_, column))};
}

std::vector<float> Statement::get_vector(int column) const {
  const Bytes bytes = get_blob(column);
  if (bytes.size() % sizeof(float) != 0) throw_wrong_type(*this, column, "a vector of 32-bit floats");
  std::vector<float> vector(bytes.size() / sizeof(float));
  if (!bytes.empty()) std::memcpy(vector.data(), bytes.data(), bytes.size());
  return vector;
}

void Statement::throw_out_of_range(int column) const {
  throw Error(ErrorCode::decode,
              fmt::format("column '{}' of '{}' holds {}, which does not fit the type asked for",
                          column_name(column), excerpt(sql()), get_int64(column)));
}

int Statement::parameter_count() const noexcept {
  return sqlite3_bind_parameter_count(stmt_);
}

int Statement::parameter_index(const char* name) const {
  const int index = sqlite3_bind_parameter_index(stmt_, name);
  if (index == 0)
    throw Error(ErrorCode::invalid_argument, fmt::format("'{}' has no parameter {}", excerpt(sql()), name));
  return index;
}

void Statement::require_parameter_count(int count) const {
  if (count != parameter_count())
    throw Error(ErrorCode::invalid_argument, fmt::format("'{}' takes {} parameters, {} were given",
                                                         excerpt(sql()), parameter_count(), count));
}

void Statement::require_fits_int64(std::uint64_t value) {
  if (!std::in_range<std::int64_t>(value))
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{} does not fit a SQLite integer, whose largest is 2^63 - 1", value));
}

std::string_view Statement::sql() const noexcept {
  const char* text = sqlite3_sql(stmt_);
  return text ? text : "";
}

bool Statement::read_only() const noexcept {
  return sqlite3_stmt_readonly(stmt_) != 0;
}

}  // namespace cairn::sqlite
