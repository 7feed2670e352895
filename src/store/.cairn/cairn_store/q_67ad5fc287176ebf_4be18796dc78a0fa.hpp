// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_67ad5fc287176ebf_4be18796dc78a0fa
#define CAIRN_SQL_q_67ad5fc287176ebf_4be18796dc78a0fa
struct q_67ad5fc287176ebf_4be18796dc78a0fa {
  static constexpr std::string_view sql =
      R"sql(SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'vec_content' AND sql LIKE '%distance_metric=cosine, chunk_size=256)'))sql";
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
