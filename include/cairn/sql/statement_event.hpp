// What ConnectOptions::on_statement is told about a statement that has come to its end.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace cairn::sql {

// The views live as long as the call.
struct StatementEvent {
  std::string_view path;              // of the database
  std::string_view sql;               // with its placeholders: bound values are never told
  std::chrono::nanoseconds duration;  // from the first step to the last, with what the caller did in between
  std::int64_t rows_returned;
  std::int64_t rows_changed;  // without those of triggers
};

}  // namespace cairn::sql
