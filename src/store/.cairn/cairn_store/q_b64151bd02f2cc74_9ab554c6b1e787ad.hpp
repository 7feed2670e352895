// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_b64151bd02f2cc74_9ab554c6b1e787ad
#define CAIRN_SQL_q_b64151bd02f2cc74_9ab554c6b1e787ad
struct q_b64151bd02f2cc74_9ab554c6b1e787ad {
  static constexpr std::string_view sql =
      R"sql(SELECT count(*) FROM content)sql";
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
