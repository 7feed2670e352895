// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_c4430cf5a54a0a01_ee248895e4bc50cc
#define CAIRN_SQL_q_c4430cf5a54a0a01_ee248895e4bc50cc
struct q_c4430cf5a54a0a01_ee248895e4bc50cc {
  static constexpr std::string_view sql =
      R"sql(SELECT max(coalesce((SELECT max(seq) FROM sqlite_sequence WHERE name = 'content'), 0), coalesce((SELECT max(id) FROM content), 0)) AS "id: std::int64_t")sql";
  static constexpr int column_count = 1;
  static constexpr bool read_only = true;

  struct Params {};
  struct Row {
    std::int64_t id;
  };

  static std::array<param::Argument, 0> arguments(const Params&) { return {}; }
  static Row read(const cairn::sqlite::Statement& row) {
    return {row.get<std::int64_t>(0)};
  }
};
#endif

}  // namespace cairn_sql
