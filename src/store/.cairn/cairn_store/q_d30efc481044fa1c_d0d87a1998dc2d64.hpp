// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_d30efc481044fa1c_d0d87a1998dc2d64
#define CAIRN_SQL_q_d30efc481044fa1c_d0d87a1998dc2d64
struct q_d30efc481044fa1c_d0d87a1998dc2d64 {
  static constexpr std::string_view sql =
      R"sql(INSERT INTO vec_content(content_id, vector) VALUES (:id, :vector))sql";
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
