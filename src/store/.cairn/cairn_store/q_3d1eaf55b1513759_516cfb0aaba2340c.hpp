// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_3d1eaf55b1513759_516cfb0aaba2340c
#define CAIRN_SQL_q_3d1eaf55b1513759_516cfb0aaba2340c
struct q_3d1eaf55b1513759_516cfb0aaba2340c {
  static constexpr std::string_view sql =
      R"sql(DELETE FROM content_relationships WHERE source_id NOT IN (SELECT id FROM content) OR target_id NOT IN (SELECT id FROM content))sql";
  static constexpr int column_count = 0;
  static constexpr bool read_only = false;

  struct Params {};
  struct Row {};

  static std::array<param::Argument, 0> arguments(const Params&) { return {}; }
};
#endif

}  // namespace cairn_sql
