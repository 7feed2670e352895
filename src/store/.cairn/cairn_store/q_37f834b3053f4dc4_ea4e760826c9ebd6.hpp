// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_37f834b3053f4dc4_ea4e760826c9ebd6
#define CAIRN_SQL_q_37f834b3053f4dc4_ea4e760826c9ebd6
struct q_37f834b3053f4dc4_ea4e760826c9ebd6 {
  static constexpr std::string_view sql =
      R"sql(UPDATE content SET text_hash = :hash WHERE id = :id)sql";
  static constexpr int column_count = 0;
  static constexpr bool read_only = false;

  struct Params {
    param::Nullable<param::Text> hash;
    param::Required<param::Integer> id;
  };
  struct Row {};

  static std::array<param::Argument, 2> arguments(const Params& p) {
    return {p.hash, p.id};
  }
};
#endif

}  // namespace cairn_sql
