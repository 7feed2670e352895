// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_cb9cca30f21c09da_594f57839c4de2e4
#define CAIRN_SQL_q_cb9cca30f21c09da_594f57839c4de2e4
struct q_cb9cca30f21c09da_594f57839c4de2e4 {
  static constexpr std::string_view sql =
      R"sql(SELECT lower(replace(replace(replace(replace(sql, ' ', ''), char(9), ''), char(10), ''), char(13), '')) AS "sql!" FROM sqlite_schema WHERE name = 'vec_content' AND type = 'table')sql";
  static constexpr int column_count = 1;
  static constexpr bool read_only = true;

  struct Params {};
  struct Row {
    std::string sql;
  };

  static std::array<param::Argument, 0> arguments(const Params&) { return {}; }
  static Row read(const cairn::sqlite::Statement& row) {
    return {row.get<std::string>(0)};
  }
};
#endif

}  // namespace cairn_sql
