// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_63e84782131cd6c6_930f305ec5331fa6
#define CAIRN_SQL_q_63e84782131cd6c6_930f305ec5331fa6
struct q_63e84782131cd6c6_930f305ec5331fa6 {
  static constexpr std::string_view sql =
      R"sql(UPDATE content SET namespace = :namespace WHERE id = :id)sql";
  static constexpr int column_count = 0;
  static constexpr bool read_only = false;

  struct Params {
    param::Required<param::Text> namespace_;
    param::Required<param::Integer> id;
  };
  struct Row {};

  static std::array<param::Argument, 2> arguments(const Params& p) {
    return {p.namespace_, p.id};
  }
};
#endif

}  // namespace cairn_sql
