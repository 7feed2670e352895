// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_0d89b6c43ab961b1_476e0a0c19768232
#define CAIRN_SQL_q_0d89b6c43ab961b1_476e0a0c19768232
struct q_0d89b6c43ab961b1_476e0a0c19768232 {
  static constexpr std::string_view sql =
      R"sql(INSERT INTO vec_content(vec_content) VALUES ('integrity'))sql";
  static constexpr int column_count = 0;
  static constexpr bool read_only = false;

  struct Params {};
  struct Row {};

  static std::array<param::Argument, 0> arguments(const Params&) { return {}; }
};
#endif

}  // namespace cairn_sql
