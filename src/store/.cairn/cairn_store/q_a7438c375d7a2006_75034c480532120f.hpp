// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_a7438c375d7a2006_75034c480532120f
#define CAIRN_SQL_q_a7438c375d7a2006_75034c480532120f
struct q_a7438c375d7a2006_75034c480532120f {
  static constexpr std::string_view sql =
      R"sql(SELECT id FROM documents WHERE namespace = :namespace AND path = :path)sql";
  static constexpr int column_count = 1;
  static constexpr bool read_only = true;

  struct Params {
    param::Required<param::Text> namespace_;
    param::Required<param::Text> path;
  };
  struct Row {
    std::int64_t id;
  };

  static std::array<param::Argument, 2> arguments(const Params& p) {
    return {p.namespace_, p.path};
  }
  static Row read(const cairn::sqlite::Statement& row) {
    return {row.get<std::int64_t>(0)};
  }
};
#endif

}  // namespace cairn_sql
