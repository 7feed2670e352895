// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_15f8bf5151da7eac_8277701051fd79dc
#define CAIRN_SQL_q_15f8bf5151da7eac_8277701051fd79dc
struct q_15f8bf5151da7eac_8277701051fd79dc {
  static constexpr std::string_view sql =
      R"sql(DELETE FROM documents WHERE id = :id)sql";
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
