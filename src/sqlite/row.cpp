#include "cairn/sqlite/row.hpp"

#include <fmt/format.h>

#include <numeric>

#include "cairn/error.hpp"
#include "sqlite/api.hpp"
#include "sqlite/excerpt.hpp"

namespace cairn::sqlite::detail {

void throw_unusable_value(const char* why) {
  throw Error(ErrorCode::invalid_argument, fmt::format("the value {}", why));
}

void require_column_count(const Statement& statement, std::size_t count) {
  if (statement.column_count() == static_cast<int>(count)) return;
  throw Error(ErrorCode::decode, fmt::format("'{}' returns {} columns, where {} were asked for",
                                             excerpt(statement.sql()), statement.column_count(), count));
}

namespace {

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sqlite3_strnicmp(a.data(), b.data(), static_cast<int>(a.size())) == 0;
}

// Most queries name their columns in the order of the members.
bool in_order(const Statement& statement, std::span<const std::string_view> names) {
  if (statement.column_count() != static_cast<int>(names.size())) return false;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (!same_name(statement.column_name(static_cast<int>(i)), names[i])) return false;
  return true;
}

int find_column(const Statement& statement, std::string_view name) {
  const int count = statement.column_count();
  int found = -1;
  for (int column = 0; column < count; ++column) {
    if (!same_name(statement.column_name(column), name)) continue;
    if (found >= 0)
      throw Error(ErrorCode::decode, fmt::format("'{}' returns two columns '{}'; name one otherwise with AS",
                                                 excerpt(statement.sql()), name));
    found = column;
  }
  if (found < 0)
    throw Error(ErrorCode::decode, fmt::format("'{}' returns no column '{}', which the struct has",
                                               excerpt(statement.sql()), name));
  return found;
}

}  // namespace

void find_columns(const Statement& statement, std::span<const std::string_view> names,
                  std::span<int> columns) {
  if (in_order(statement, names)) {
    std::iota(columns.begin(), columns.end(), 0);
  } else {
    std::transform(names.begin(), names.end(), columns.begin(),
                   [&](std::string_view name) { return find_column(statement, name); });
  }
}

}  // namespace cairn::sqlite::detail
