// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>
#include <cairn/sql/time.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_588f6ab0485f1ce6_8790f210dc0f3e0a
#define CAIRN_SQL_q_588f6ab0485f1ce6_8790f210dc0f3e0a
struct q_588f6ab0485f1ce6_8790f210dc0f3e0a {
  static constexpr std::string_view sql =
      R"sql(SELECT count(*) FROM tasks WHERE NOT done AND due < :now)sql";
  static constexpr int column_count = 1;
  static constexpr bool read_only = true;

  struct Params {
    param::Required<param::Exactly<cairn::sql::UnixSeconds>> now;
  };
  struct Row {
    std::int64_t value;
  };

  static std::array<param::Argument, 1> arguments(const Params& p) {
    return {p.now};
  }
  static Row read(const cairn::sqlite::Statement& row) {
    return {row.get<std::int64_t>(0)};
  }
};
#endif

}  // namespace cairn_sql
