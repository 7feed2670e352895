#include "cairn/sqlite/row.hpp"

#include <fmt/format.h>

#include "cairn/error.hpp"
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

void find_columns(const Statement& statement, std::span<const std::string_view> names,
                  std::span<int> columns) {
  const int count = statement.column_count();
  for (std::size_t member = 0; member < names.size(); ++member) {
    int found = -1;
    for (int column = 0; column < count; ++column) {
      if (statement.column_name(column) != names[member]) continue;
      if (found >= 0)
        throw Error(ErrorCode::decode,
                    fmt::format("'{}' returns two columns '{}'; name one otherwise with AS",
                                excerpt(statement.sql()), names[member]));
      found = column;
    }
    if (found < 0)
      throw Error(ErrorCode::decode, fmt::format("'{}' returns no column '{}', which the struct has",
                                                 excerpt(statement.sql()), names[member]));
    columns[member] = found;
  }
}

}  // namespace cairn::sqlite::detail
