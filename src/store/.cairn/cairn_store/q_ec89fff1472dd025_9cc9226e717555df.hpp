// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_ec89fff1472dd025_9cc9226e717555df
#define CAIRN_SQL_q_ec89fff1472dd025_9cc9226e717555df
struct q_ec89fff1472dd025_9cc9226e717555df {
  static constexpr std::string_view sql =
      R"sql(SELECT coalesce(CAST(doc_type AS TEXT), '') AS name, count(*) AS count FROM content GROUP BY doc_type)sql";
  static constexpr int column_count = 2;
  static constexpr bool read_only = true;

  struct Params {};
  struct Row {
    std::string name;
    std::int64_t count;
  };

  static std::array<param::Argument, 0> arguments(const Params&) { return {}; }
  static Row read(const cairn::sqlite::Statement& row) {
    return {row.get<std::string>(0),
            row.get<std::int64_t>(1)};
  }
};
#endif

}  // namespace cairn_sql
