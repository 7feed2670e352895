// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_38e9a7553846bdaf_5f2e2e9fe0a61f1e
#define CAIRN_SQL_q_38e9a7553846bdaf_5f2e2e9fe0a61f1e
struct q_38e9a7553846bdaf_5f2e2e9fe0a61f1e {
  static constexpr std::string_view sql =
      R"sql(SELECT count(*) FROM documents)sql";
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
