// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_bab2f5f2d39d5fa8_5135a1fe49601ba6
#define CAIRN_SQL_q_bab2f5f2d39d5fa8_5135a1fe49601ba6
struct q_bab2f5f2d39d5fa8_5135a1fe49601ba6 {
  static constexpr std::string_view sql =
      R"sql(INSERT INTO tasks(title, owner) VALUES (:title, (SELECT id FROM people WHERE name IS :owner)) RETURNING id)sql";
  static constexpr int column_count = 1;
  static constexpr bool read_only = false;

  struct Params {
    param::Required<param::Text> title;
    param::Nullable<param::Text> owner;
  };
  struct Row {
    std::int64_t id;
  };

  static std::array<param::Argument, 2> arguments(const Params& p) {
    return {p.title, p.owner};
  }
  static Row read(const cairn::sqlite::Statement& row) {
    return {row.get<std::int64_t>(0)};
  }
};
#endif

}  // namespace cairn_sql
