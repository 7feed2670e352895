// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_51cdf28dc3ae175a_fc1e50b3245392d3
#define CAIRN_SQL_q_51cdf28dc3ae175a_fc1e50b3245392d3
struct q_51cdf28dc3ae175a_fc1e50b3245392d3 {
  static constexpr std::string_view sql =
      R"sql(DELETE FROM content_relationships WHERE source_id = :source AND target_id = :target AND relationship_type = :type)sql";
  static constexpr int column_count = 0;
  static constexpr bool read_only = false;

  struct Params {
    param::Required<param::Integer> source;
    param::Required<param::Integer> target;
    param::Required<param::Text> type;
  };
  struct Row {};

  static std::array<param::Argument, 3> arguments(const Params& p) {
    return {p.source, p.target, p.type};
  }
};
#endif

}  // namespace cairn_sql
