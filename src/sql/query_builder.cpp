#include "cairn/sql/query_builder.hpp"

#include <algorithm>

#include "cairn/error.hpp"

namespace cairn::sql {

namespace {

constexpr std::string_view kOr = " or ";

bool same_letter(char in_sql, char lower) {
  if (lower == ' ')
    return in_sql == ' ' || in_sql == '\n' || in_sql == '\t' || in_sql == '(' || in_sql == ')';
  return in_sql == lower || in_sql == lower - 'a' + 'A';
}

}  // namespace

QueryBuilder& QueryBuilder::sql(SqlLiteral text) {
  sql_ += text.text();
  return *this;
}

// A condition with an OR stays one condition beside its neighbours.
void QueryBuilder::begin_condition(std::string_view condition) {
  sql_ += has_where_ ? " AND " : " WHERE ";
  has_where_ = true;
  const bool has_or =
      std::search(condition.begin(), condition.end(), kOr.begin(), kOr.end(), same_letter) != condition.end();
  sql_ += has_or ? "(" + std::string(condition) + ")" : std::string(condition);
}

QueryBuilder& QueryBuilder::name(std::string_view identifier) {
  if (identifier.empty() || identifier.find('\0') != identifier.npos)
    throw Error(ErrorCode::invalid_argument, "the name of a table or column is empty or holds a NUL");
  sql_ += '"';
  for (const char c : identifier) {
    if (c == '"') sql_ += '"';
    sql_ += c;
  }
  sql_ += '"';
  return *this;
}

QueryBuilder& QueryBuilder::parameter(sqlite::Value value) {
  sql_ += '?';
  values_.push_back(std::move(value));
  return *this;
}

void QueryBuilder::throw_no_rows() {
  throw Error(ErrorCode::invalid_argument, "there are no rows to insert; VALUES takes at least one");
}

}  // namespace cairn::sql
