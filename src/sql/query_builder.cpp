#include "cairn/sql/query_builder.hpp"

#include "cairn/error.hpp"

namespace cairn::sql {

QueryBuilder& QueryBuilder::sql(SqlLiteral text) {
  sql_ += text.text();
  return *this;
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
