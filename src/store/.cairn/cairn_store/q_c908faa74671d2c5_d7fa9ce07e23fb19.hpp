// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_c908faa74671d2c5_d7fa9ce07e23fb19
#define CAIRN_SQL_q_c908faa74671d2c5_d7fa9ce07e23fb19
struct q_c908faa74671d2c5_d7fa9ce07e23fb19 {
  static constexpr std::string_view sql =
      R"sql(SELECT EXISTS (SELECT 1 FROM documents WHERE id = :id))sql";
  static constexpr int column_count = 1;
  static constexpr bool read_only = true;

  struct Params {
    param::Required<param::Integer> id;
  };
  struct Row {
    std::int64_t value;
  };

  static std::array<param::Argument, 1> arguments(const Params& p) {
    return {p.id};
  }
  static Row read(const cairn::sqlite::Statement& row) {
    return {row.get<std::int64_t>(0)};
  }
};
#endif

}  // namespace cairn_sql
