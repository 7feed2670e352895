// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_99ec8ef18510fb66_56e2f66a77e0935c
#define CAIRN_SQL_q_99ec8ef18510fb66_56e2f66a77e0935c
struct q_99ec8ef18510fb66_56e2f66a77e0935c {
  static constexpr std::string_view sql =
      R"sql(SELECT NOT EXISTS (SELECT value FROM json_each(:names) EXCEPT SELECT name FROM pragma_table_info(:table)))sql";
  static constexpr int column_count = 1;
  static constexpr bool read_only = true;

  struct Params {
    param::Required<param::List> names;
    param::Required<param::Text> table;
  };
  struct Row {
    std::int64_t value;
  };

  static std::array<param::Argument, 2> arguments(const Params& p) {
    return {p.names, p.table};
  }
  static Row read(const cairn::sqlite::Statement& row) {
    return {row.get<std::int64_t>(0)};
  }
};
#endif

}  // namespace cairn_sql
