#include "cairn/sqlite/statement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "sqlite/blank.hpp"
#include "sqlite/column_type.hpp"
#include "sqlite/error.hpp"
#include "sqlite/excerpt.hpp"

namespace cairn::sqlite {

namespace {

[[noreturn]] void throw_prepare_error(sqlite3* db, int code, std::string_view sql) {
  std::string where;
#if SQLITE_VERSION_NUMBER >= 3038000
  if (const int at = sqlite3_error_offset(db); at >= 0) where = fmt::format(" at byte {}", at);
#endif
  throw_sql_error(db, code, fmt::format("cannot prepare '{}'{}", excerpt(sql), where), sql);
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
  if (stmt_ && skip_blank(rest).empty()) return;
  sqlite3_finalize(stmt_);
  throw Error(ErrorCode::invalid_argument,
              fmt::format("'{}' holds {}; a statement takes exactly one, use execute_script for several",
                          excerpt(sql), stmt_ ? "more than one statement" : "no statement"));
}

Statement::~Statement() {
  sqlite3_finalize(stmt_);
}

namespace {

// An empty view may have a null pointer, which SQLite would bind as NULL.
const char* non_null(std::string_view text) {
  return text.data() ? text.data() : "";
}
const void* non_null(Bytes bytes) {
  return bytes.data() ? static_cast<const void*>(bytes.data()) : "";
}

sqlite3_destructor_type destructor_for(Lifetime lifetime) {
  return lifetime == Lifetime::borrowed ? SQLITE_STATIC : SQLITE_TRANSIENT;
}

// Apart from what is called for every row, which then needs neither stack nor registers for messages.
[[noreturn, gnu::cold, gnu::noinline]] void throw_bind_error(sqlite3_stmt* stmt, int code, int parameter) {
  throw_sql_error(connection_of(stmt), code, fmt::format("cannot bind parameter {}", parameter),
                  sqlite3_sql(stmt));
}

[[noreturn, gnu::cold, gnu::noinline]] void throw_step_error(Statement& st, int code) {
  // Build the message before the reset: afterwards the connection may have forgotten it.
  try {
    throw_sql_error(connection_of(st.handle()), code, fmt::format("cannot execute '{}'", excerpt(st.sql())),
                    st.sql());
  } catch (...) {
    sqlite3_reset(st.handle());
    throw;
  }
}

[[noreturn, gnu::cold, gnu::noinline]] void throw_wrong_count(const Statement& st, int given) {
  throw Error(ErrorCode::invalid_argument, fmt::format("'{}' takes {} parameters, {} were given",
                                                       excerpt(st.sql()), st.parameter_count(), given));
}

void check_bind(sqlite3_stmt* stmt, int code, int parameter) {
  if (code != SQLITE_OK) throw_bind_error(stmt, code, parameter);
}

}  // namespace

void Statement::bind_null(int parameter) {
  check_bind(stmt_, sqlite3_bind_null(stmt_, parameter), parameter);
}

void Statement::bind_integer(int parameter, std::int64_t value) {
  check_bind(stmt_, sqlite3_bind_int64(stmt_, parameter, value), parameter);
}

void Statement::bind_real(int parameter, double value) {
  check_bind(stmt_, sqlite3_bind_double(stmt_, parameter, value), parameter);
}

void Statement::bind_text(int parameter, std::string_view value, Lifetime lifetime) {
  check_bind(stmt_,
             sqlite3_bind_text64(stmt_, parameter, non_null(value), value.size(), destructor_for(lifetime),
                                 SQLITE_UTF8),
             parameter);
}

void Statement::bind_blob(int parameter, Bytes value, Lifetime lifetime) {
  check_bind(stmt_,
             sqlite3_bind_blob64(stmt_, parameter, non_null(value), value.size(), destructor_for(lifetime)),
             parameter);
}

void Statement::reject_parameter(int parameter, const char* why) const {
  const char* name = sqlite3_bind_parameter_name(stmt_, parameter);
  throw Error(ErrorCode::invalid_argument,
              fmt::format("the value for parameter {} of '{}' {}", name ? name : std::to_string(parameter),
                          excerpt(sql()), why));
}

bool Statement::step() {
  const int code = sqlite3_step(stmt_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) throw_step_error(*this, code);
  sqlite3_reset(stmt_);
  return false;
}

void Statement::run() {
  while (step()) {
  }
}

void Statement::reset() noexcept {
  // step() has reset one that ran to its end, and to do so twice costs more than to ask.
  if (sqlite3_stmt_busy(stmt_)) sqlite3_reset(stmt_);
}
void Statement::clear_bindings() noexcept {
  sqlite3_clear_bindings(stmt_);
}

int Statement::column_count() const noexcept {
  return sqlite3_column_count(stmt_);
}

std::string_view Statement::column_name(int column) const {
  assert(column >= 0 && column < column_count());
  const char* name = sqlite3_column_name(stmt_, column);
  if (!name) throw std::bad_alloc();
  return name;
}

namespace {

void require_column(const Statement& st, int column) {
  if (column >= 0 && column < st.column_count()) return;
  throw Error(ErrorCode::invalid_argument, fmt::format("'{}' has no column {}; it has {}, counted from 0",
                                                       excerpt(st.sql()), column, st.column_count()));
}

// SQLite takes a column that is not there for NULL.
[[noreturn]] void throw_wrong_type(const Statement& st, int column, const char* wanted) {
  require_column(st, column);
  throw Error(ErrorCode::decode,
              fmt::format("column '{}' of '{}' holds {}, where {} was asked for{}", st.column_name(column),
                          excerpt(st.sql()), type_name(st.column_type(column)), wanted,
                          st.is_null(column) ? "; read it as a std::optional" : ""));
}

}  // namespace

// Reading goes through the column's sqlite3_value: its type and content then cost one look-up of the column,
// where sqlite3_column_type and sqlite3_column_int64 each make their own.
ColumnType Statement::column_type(int column) const {
  require_column(*this, column);
  return type_of(sqlite3_column_value(stmt_, column));
}

std::int64_t Statement::get_integer(int column) const {
  sqlite3_value* value = sqlite3_column_value(stmt_, column);
  if (sqlite3_value_type(value) != SQLITE_INTEGER) throw_wrong_type(*this, column, "an integer");
  return sqlite3_value_int64(value);
}

double Statement::get_real(int column) const {
  sqlite3_value* value = sqlite3_column_value(stmt_, column);
  const int type = sqlite3_value_type(value);
  // An integer in a REAL expression (a sum, say) is a number too, and exact below 2^53.
  if (type != SQLITE_FLOAT && type != SQLITE_INTEGER) throw_wrong_type(*this, column, "a real");
  return sqlite3_value_double(value);
}

std::string_view Statement::get_text(int column) const {
  sqlite3_value* value = sqlite3_column_value(stmt_, column);
  if (sqlite3_value_type(value) != SQLITE_TEXT) throw_wrong_type(*this, column, "text");
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  if (!text) throw std::bad_alloc();
  return {text, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

Bytes Statement::get_blob(int column) const {
  sqlite3_value* value = sqlite3_column_value(stmt_, column);
  if (sqlite3_value_type(value) != SQLITE_BLOB) throw_wrong_type(*this, column, "a blob");
  const void* data = sqlite3_value_blob(value);
  return {static_cast<const std::byte*>(data), static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

void Statement::reject_column(int column, const char* why) const {
  throw Error(ErrorCode::decode,
              fmt::format("column '{}' of '{}' {}", column_name(column), excerpt(sql()), why));
}

int Statement::parameter_count() const noexcept {
  return sqlite3_bind_parameter_count(stmt_);
}

int Statement::parameter_index(const char* name) const {
  const int index = sqlite3_bind_parameter_index(stmt_, name);
  if (index == 0)
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format("'{}' has no parameter {}; its name includes the ':', '@' or '$'", excerpt(sql()), name));
  return index;
}

void Statement::require_parameter_count(int count) const {
  if (count != sqlite3_bind_parameter_count(stmt_)) throw_wrong_count(*this, count);
}

void Statement::require_every_parameter(std::initializer_list<const char*> names) const {
  require_parameter_count(static_cast<int>(names.size()));
  // As many as there are parameters, so that two for one would leave another without.
  for (const auto* name = names.begin(); name != names.end(); ++name)
    if (std::any_of(names.begin(), name,
                    [&](const char* earlier) { return std::string_view(earlier) == *name; }))
      throw Error(ErrorCode::invalid_argument, fmt::format("'{}' was given {} twice", excerpt(sql()), *name));
}

std::size_t Statement::member_for(int parameter, std::span<const std::string_view> members) const {
  const char* name = sqlite3_bind_parameter_name(stmt_, parameter);
  const auto found =
      name ? std::find(members.begin(), members.end(), std::string_view(name).substr(1)) : members.end();
  if (found == members.end())
    throw Error(ErrorCode::invalid_argument,
                fmt::format("parameter {} of '{}' has no member of that name in the struct",
                            name ? name : std::to_string(parameter), excerpt(sql())));
  return static_cast<std::size_t>(found - members.begin());
}

std::string_view Statement::sql() const noexcept {
  const char* text = sqlite3_sql(stmt_);
  return text ? text : "";
}

bool Statement::read_only() const noexcept {
  return sqlite3_stmt_readonly(stmt_) != 0;
}

}  // namespace cairn::sqlite
