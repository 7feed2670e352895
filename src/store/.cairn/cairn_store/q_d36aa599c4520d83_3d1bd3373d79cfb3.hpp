// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_d36aa599c4520d83_3d1bd3373d79cfb3
#define CAIRN_SQL_q_d36aa599c4520d83_3d1bd3373d79cfb3
struct q_d36aa599c4520d83_3d1bd3373d79cfb3 {
  static constexpr std::string_view sql =
      R"sql(DELETE FROM content WHERE document_id = :id)sql";
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
