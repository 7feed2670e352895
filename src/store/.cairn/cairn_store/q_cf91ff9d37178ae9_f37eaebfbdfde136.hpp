// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_cf91ff9d37178ae9_f37eaebfbdfde136
#define CAIRN_SQL_q_cf91ff9d37178ae9_f37eaebfbdfde136
struct q_cf91ff9d37178ae9_f37eaebfbdfde136 {
  static constexpr std::string_view sql =
      R"sql(INSERT INTO content_fts(content_fts) VALUES ('rebuild'))sql";
  static constexpr int column_count = 0;
  static constexpr bool read_only = false;

  struct Params {};
  struct Row {};

  static std::array<param::Argument, 0> arguments(const Params&) { return {}; }
};
#endif

}  // namespace cairn_sql
