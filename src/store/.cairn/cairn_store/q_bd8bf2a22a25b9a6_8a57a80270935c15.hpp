// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_bd8bf2a22a25b9a6_8a57a80270935c15
#define CAIRN_SQL_q_bd8bf2a22a25b9a6_8a57a80270935c15
struct q_bd8bf2a22a25b9a6_8a57a80270935c15 {
  static constexpr std::string_view sql =
      R"sql(INSERT INTO content_relationships(source_id, target_id, relationship_type, strength, created_at) VALUES (:source, :target, :type, :strength, :now) ON CONFLICT DO UPDATE SET strength = excluded.strength)sql";
  static constexpr int column_count = 0;
  static constexpr bool read_only = false;

  struct Params {
    param::Required<param::Integer> source;
    param::Required<param::Integer> target;
    param::Required<param::Text> type;
    param::Nullable<param::Real> strength;
    param::Required<param::Integer> now;
  };
  struct Row {};

  static std::array<param::Argument, 5> arguments(const Params& p) {
    return {p.source, p.target, p.type, p.strength, p.now};
  }
};
#endif

}  // namespace cairn_sql
