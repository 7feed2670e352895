// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_e1d6ec05c3cd0568_a2ff3b9466b5f84f
#define CAIRN_SQL_q_e1d6ec05c3cd0568_a2ff3b9466b5f84f
struct q_e1d6ec05c3cd0568_a2ff3b9466b5f84f {
  static constexpr std::string_view sql =
      R"sql(SELECT count(*) FROM content WHERE text_hash = '' OR id NOT IN (SELECT content_id FROM vec_content))sql";
  static constexpr int column_count = 1;
  static constexpr bool read_only = true;

  struct Params {};
  struct Row {
    std::int64_t value;
  };

  static std::array<param::Argument, 0> arguments(const Params&) { return {}; }
  static Row read(const cairn::sqlite::Statement& row) {
    return {row.get<std::int64_t>(0)};
  }
};
#endif

}  // namespace cairn_sql
