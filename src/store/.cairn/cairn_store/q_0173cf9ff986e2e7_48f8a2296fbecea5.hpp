// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_0173cf9ff986e2e7_48f8a2296fbecea5
#define CAIRN_SQL_q_0173cf9ff986e2e7_48f8a2296fbecea5
struct q_0173cf9ff986e2e7_48f8a2296fbecea5 {
  static constexpr std::string_view sql =
      R"sql(INSERT OR REPLACE INTO vec_content(content_id, vector) VALUES (:id, :vector))sql";
  static constexpr int column_count = 0;
  static constexpr bool read_only = false;

  struct Params {
    param::Nullable<param::Integer> id;
    param::Required<param::Vector> vector;
  };
  struct Row {};

  static std::array<param::Argument, 2> arguments(const Params& p) {
    return {p.id, p.vector};
  }
};
#endif

}  // namespace cairn_sql
