// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_a13ef1973ad19195_71675a44879a6a8d
#define CAIRN_SQL_q_a13ef1973ad19195_71675a44879a6a8d
struct q_a13ef1973ad19195_71675a44879a6a8d {
  static constexpr std::string_view sql =
      R"sql(UPDATE content SET metadata = nullif(:metadata, '') WHERE id = :id)sql";
  static constexpr int column_count = 0;
  static constexpr bool read_only = false;

  struct Params {
    param::Required<param::Text> metadata;
    param::Required<param::Integer> id;
  };
  struct Row {};

  static std::array<param::Argument, 2> arguments(const Params& p) {
    return {p.metadata, p.id};
  }
};
#endif

}  // namespace cairn_sql
