// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_a6908a88b28e2822_0f930eab2b51a67e
#define CAIRN_SQL_q_a6908a88b28e2822_0f930eab2b51a67e
struct q_a6908a88b28e2822_0f930eab2b51a67e {
  static constexpr std::string_view sql =
      R"sql(UPDATE content SET doc_type = :doc_type WHERE id = :id)sql";
  static constexpr int column_count = 0;
  static constexpr bool read_only = false;

  struct Params {
    param::Required<param::Text> doc_type;
    param::Required<param::Integer> id;
  };
  struct Row {};

  static std::array<param::Argument, 2> arguments(const Params& p) {
    return {p.doc_type, p.id};
  }
};
#endif

}  // namespace cairn_sql
