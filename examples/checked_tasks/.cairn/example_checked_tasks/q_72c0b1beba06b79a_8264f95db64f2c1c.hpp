// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_72c0b1beba06b79a_8264f95db64f2c1c
#define CAIRN_SQL_q_72c0b1beba06b79a_8264f95db64f2c1c
struct q_72c0b1beba06b79a_8264f95db64f2c1c {
  static constexpr std::string_view sql =
      R"sql(UPDATE tasks SET done = 1 WHERE id = :id AND NOT done)sql";
  static constexpr int column_count = 0;
  static constexpr bool read_only = false;

  struct Params {
    param::Required<param::Integer> id;
  };
  struct Row {};

  static std::array<param::Argument, 1> arguments(const Params& p) {
    return {p.id};
  }
};
#endif

}  // namespace cairn_sql
