// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_5c01363307ecb1ef_1e9941b8264a1fec
#define CAIRN_SQL_q_5c01363307ecb1ef_1e9941b8264a1fec
struct q_5c01363307ecb1ef_1e9941b8264a1fec {
  static constexpr std::string_view sql =
      R"sql(
         SELECT tasks.id, title, done, people.name
           FROM tasks LEFT JOIN people ON people.id = tasks.owner
          ORDER BY done, tasks.id)sql";
  static constexpr int column_count = 4;
  static constexpr bool read_only = true;

  struct Params {};
  struct Row {
    std::int64_t id;
    std::string title;
    bool done;
    std::optional<std::string> name;
  };

  static std::array<param::Argument, 0> arguments(const Params&) { return {}; }
  static Row read(const cairn::sqlite::Statement& row) {
    return {row.get<std::int64_t>(0),
            row.get<std::string>(1),
            row.get<bool>(2),
            row.get<std::optional<std::string>>(3)};
  }
};
#endif

}  // namespace cairn_sql
