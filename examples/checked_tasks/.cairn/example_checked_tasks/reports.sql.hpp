// Generated from examples/checked_tasks/queries/reports.sql.
#pragma once

#include <cairn/sql/checked.hpp>
#include <cairn/sql/time.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

// examples/checked_tasks/queries/reports.sql:3
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

// examples/checked_tasks/queries/reports.sql:9
#ifndef CAIRN_SQL_q_588f6ab0485f1ce6_8790f210dc0f3e0a
#define CAIRN_SQL_q_588f6ab0485f1ce6_8790f210dc0f3e0a
struct q_588f6ab0485f1ce6_8790f210dc0f3e0a {
  static constexpr std::string_view sql =
      R"sql(SELECT count(*) FROM tasks WHERE NOT done AND due < :now)sql";
  static constexpr int column_count = 1;
  static constexpr bool read_only = true;

  struct Params {
    param::Required<param::Exactly<cairn::sql::UnixSeconds>> now;
  };
  struct Row {
    std::int64_t value;
  };

  static std::array<param::Argument, 1> arguments(const Params& p) {
    return {p.now};
  }
  static Row read(const cairn::sqlite::Statement& row) {
    return {row.get<std::int64_t>(0)};
  }
};
#endif

}  // namespace cairn_sql

namespace reports {

// examples/checked_tasks/queries/reports.sql:3
//
//   SELECT people.name, count(tasks.id) AS open
//     FROM people LEFT JOIN tasks ON tasks.owner = people.id AND NOT tasks.done
//    GROUP BY people.id
//    ORDER BY open DESC, people.name
inline constexpr cairn::sql::CheckedCall<cairn_sql::q_1b8318f7d520e261_dcc6f77dd3319d72, cairn::sql::Form::all> workload{};
using workload_row = cairn_sql::q_1b8318f7d520e261_dcc6f77dd3319d72::Row;

// examples/checked_tasks/queries/reports.sql:9
//
//   SELECT count(*) FROM tasks WHERE NOT done AND due < :now
inline constexpr cairn::sql::CheckedCall<cairn_sql::q_588f6ab0485f1ce6_8790f210dc0f3e0a, cairn::sql::Form::scalar> overdue{};
using overdue_row = cairn_sql::q_588f6ab0485f1ce6_8790f210dc0f3e0a::Row;

}  // namespace reports
