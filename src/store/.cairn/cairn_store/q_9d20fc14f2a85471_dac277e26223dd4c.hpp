// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_9d20fc14f2a85471_dac277e26223dd4c
#define CAIRN_SQL_q_9d20fc14f2a85471_dac277e26223dd4c
struct q_9d20fc14f2a85471_dac277e26223dd4c {
  static constexpr std::string_view sql =
      R"sql(DELETE FROM vec_content WHERE content_id NOT IN (SELECT id FROM content))sql";
  static constexpr int column_count = 0;
  static constexpr bool read_only = false;

  struct Params {};
  struct Row {};

  static std::array<param::Argument, 0> arguments(const Params&) { return {}; }
};
#endif

}  // namespace cairn_sql
