// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_1b8318f7d520e261_dcc6f77dd3319d72
#define CAIRN_SQL_q_1b8318f7d520e261_dcc6f77dd3319d72
struct q_1b8318f7d520e261_dcc6f77dd3319d72 {
  static constexpr std::string_view sql =
      R"sql(SELECT people.name, count(tasks.id) AS open
  FROM people LEFT JOIN tasks ON tasks.owner = people.id AND NOT tasks.done
 GROUP BY people.id
 ORDER BY open DESC, people.name)sql";
  static constexpr int column_count = 2;
  static constexpr bool read_only = true;

  struct Params {};
  struct Row {
    std::string name;
    std::int64_t open;
  };

  static std::array<param::Argument, 0> arguments(const Params&) { return {}; }
  static Row read(const cairn::sqlite::Statement& row) {
    return {row.get<std::string>(0),
            row.get<std::int64_t>(1)};
  }
};
#endif

}  // namespace cairn_sql
