// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_e7e26f44131d5e41_c30cb405c331bcf4
#define CAIRN_SQL_q_e7e26f44131d5e41_c30cb405c331bcf4
struct q_e7e26f44131d5e41_c30cb405c331bcf4 {
  static constexpr std::string_view sql =
      R"sql(SELECT source_id, target_id, relationship_type, coalesce(strength, 1.0) AS strength FROM content_relationships WHERE source_id = :node AND (:type IS NULL OR relationship_type = :type) AND coalesce(strength, 1.0) >= :min_strength)sql";
  static constexpr int column_count = 4;
  static constexpr bool read_only = true;

  struct Params {
    param::Required<param::Integer> node;
    param::Nullable<param::Text> type;
    param::Required<param::Real> min_strength;
  };
  struct Row {
    std::int64_t source_id;
    std::int64_t target_id;
    std::string relationship_type;
    double strength;
  };

  static std::array<param::Argument, 3> arguments(const Params& p) {
    return {p.node, p.type, p.min_strength};
  }
  static Row read(const cairn::sqlite::Statement& row) {
    return {row.get<std::int64_t>(0),
            row.get<std::int64_t>(1),
            row.get<std::string>(2),
            row.get<double>(3)};
  }
};
#endif

}  // namespace cairn_sql
