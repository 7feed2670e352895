// SQL that is put together at run time and cannot be injected: text comes from the program's own literals,
// which the compiler checks, and everything else is bound, or quoted as a name.
//
//   QueryBuilder q("SELECT id, title FROM tasks");
//   if (owner) q.where("owner = ?", *owner);
//   if (!ids.empty()) q.where("id IN ").list(ids);
//   q.sql(" ORDER BY ").name(column).sql(" LIMIT ").value(20);
//   auto tasks = q.query_all<Task>(db);
//
//   QueryBuilder insert("INSERT INTO tasks(title, owner) VALUES ");
//   insert.rows(tasks, [](const Task& t) { return std::tuple(t.title, t.owner); }).execute(db);
//
// Values are copied. SQLite takes at most 32,766 of them in one statement (SQLITE_MAX_VARIABLE_NUMBER); for
// longer lists bind one JSON array: id IN (SELECT value FROM json_each(?)).
// A plain value; one thread at a time.
#pragma once

#include <ranges>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "cairn/sqlite/connection_ref.hpp"

namespace cairn::sql {

// Text that stands in the source. There is no way to make one at run time.
class SqlLiteral {
 public:
  template <std::size_t N>
  consteval SqlLiteral(const char (&text)[N]) : text_(text, N - 1) {}
  constexpr std::string_view text() const noexcept { return text_; }

 private:
  std::string_view text_;
};

class QueryBuilder {
 public:
  explicit QueryBuilder(SqlLiteral text) : sql_(text.text()) {}

  QueryBuilder& sql(SqlLiteral text);
  // A parameter with this value.
  template <class T>
  QueryBuilder& value(const T& value) {
    return parameter(sqlite::to_value(value));
  }
  // (?, ?, …), which may be empty: IN () holds for nothing, NOT IN () for everything.
  template <std::ranges::input_range Range>
  QueryBuilder& list(const Range& values) {
    sql_ += '(';
    const char* separator = "";
    for (const auto& each : values) {
      sql_ += std::exchange(separator, ", ");
      value(each);
    }
    sql_ += ')';
    return *this;
  }
  // (?, …), (?, …), …: a tuple of values for each element, as `row` makes it. Throws invalid_argument if
  // there is none, since SQL has no empty VALUES.
  template <std::ranges::input_range Range, class Row>
  QueryBuilder& rows(const Range& elements, Row row) {
    const char* separator = "";
    for (const auto& element : elements) {
      sql_ += std::exchange(separator, ", ");
      std::apply([this](const auto&... column) { tuple(column...); }, row(element));
    }
    if (*separator == '\0') throw_no_rows();
    return *this;
  }
  // Adds a condition: WHERE the first time, AND after that. Each `?` in it takes one of the values; what
  // follows with sql() or list() belongs to the condition, which then may not have an OR: one that has is put
  // into parentheses at once, so that it stays one condition beside the others.
  template <class... Values>
  QueryBuilder& where(SqlLiteral condition, const Values&... values) {
    begin_condition(condition.text());
    (values_.push_back(sqlite::to_value(values)), ...);
    return *this;
  }
  // The name of a table or column, quoted. Throws invalid_argument if it is empty or holds a NUL.
  QueryBuilder& name(std::string_view identifier);

  const std::string& text() const noexcept { return sql_; }
  const std::vector<sqlite::Value>& values() const noexcept { return values_; }

  // As those of ConnectionRef.
  std::int64_t execute(const sqlite::ConnectionRef& db) const { return db.execute(sql_, values_); }
  template <class T>
  T query_one(const sqlite::ConnectionRef& db) const {
    return db.query_one<T>(sql_, values_);
  }
  template <class T>
  std::optional<T> query_optional(const sqlite::ConnectionRef& db) const {
    return db.query_optional<T>(sql_, values_);
  }
  template <class T>
  std::vector<T> query_all(const sqlite::ConnectionRef& db) const {
    return db.query_all<T>(sql_, values_);
  }
  template <class T>
  sqlite::Rows<T> query(const sqlite::ConnectionRef& db) const {
    return db.query<T>(sql_, values_);
  }

 private:
  template <class... Columns>
  void tuple(const Columns&... columns) {
    sql_ += '(';
    const char* separator = "";
    ((sql_ += std::exchange(separator, ", "), value(columns)), ...);
    sql_ += ')';
  }
  void begin_condition(std::string_view condition);
  QueryBuilder& parameter(sqlite::Value value);
  [[noreturn]] static void throw_no_rows();

  std::string sql_;
  std::vector<sqlite::Value> values_;
  bool has_where_ = false;
};

}  // namespace cairn::sql
