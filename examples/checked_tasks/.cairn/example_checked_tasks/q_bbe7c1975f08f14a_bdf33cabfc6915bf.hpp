// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_bbe7c1975f08f14a_bdf33cabfc6915bf
#define CAIRN_SQL_q_bbe7c1975f08f14a_bdf33cabfc6915bf
struct q_bbe7c1975f08f14a_bdf33cabfc6915bf {
  static constexpr std::string_view sql =
      R"sql(INSERT INTO people(name) VALUES (:name) ON CONFLICT DO NOTHING)sql";
  static constexpr int column_count = 0;
  static constexpr bool read_only = false;

  struct Params {
    param::Required<param::Text> name;
  };
  struct Row {};

  static std::array<param::Argument, 1> arguments(const Params& p) {
    return {p.name};
  }
};
#endif

}  // namespace cairn_sql
