// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_45f3429ca9301ab1_f81cee32ecf879c5
#define CAIRN_SQL_q_45f3429ca9301ab1_f81cee32ecf879c5
struct q_45f3429ca9301ab1_f81cee32ecf879c5 {
  static constexpr std::string_view sql =
      R"sql(SELECT count(*) FROM (SELECT 1 FROM content_fts WHERE content_fts MATCH :term LIMIT :most))sql";
  static constexpr int column_count = 1;
  static constexpr bool read_only = true;

  struct Params {
    param::Required<param::Text> term;
    param::Required<param::Integer> most;
  };
  struct Row {
    std::int64_t value;
  };

  static std::array<param::Argument, 2> arguments(const Params& p) {
    return {p.term, p.most};
  }
  static Row read(const cairn::sqlite::Statement& row) {
    return {row.get<std::int64_t>(0)};
  }
};
#endif

}  // namespace cairn_sql
