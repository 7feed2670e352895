// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_416397c0407dc5cb_50af7aaaf05e8470
#define CAIRN_SQL_q_416397c0407dc5cb_50af7aaaf05e8470
struct q_416397c0407dc5cb_50af7aaaf05e8470 {
  static constexpr std::string_view sql =
      R"sql(SELECT sqlite_version())sql";
  static constexpr int column_count = 1;
  static constexpr bool read_only = true;

  struct Params {};
  struct Row {
    std::string value;
  };

  static std::array<param::Argument, 0> arguments(const Params&) { return {}; }
  static Row read(const cairn::sqlite::Statement& row) {
    return {row.get<std::string>(0)};
  }
};
#endif

}  // namespace cairn_sql
