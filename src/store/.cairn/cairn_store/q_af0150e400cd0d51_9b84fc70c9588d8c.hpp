// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_af0150e400cd0d51_9b84fc70c9588d8c
#define CAIRN_SQL_q_af0150e400cd0d51_9b84fc70c9588d8c
struct q_af0150e400cd0d51_9b84fc70c9588d8c {
  static constexpr std::string_view sql =
      R"sql(INSERT INTO app_metadata(key, value) VALUES (:key, :value) ON CONFLICT(key) DO UPDATE SET value = excluded.value)sql";
  static constexpr int column_count = 0;
  static constexpr bool read_only = false;

  struct Params {
    param::Nullable<param::Text> key;
    param::Required<param::Text> value;
  };
  struct Row {};

  static std::array<param::Argument, 2> arguments(const Params& p) {
    return {p.key, p.value};
  }
};
#endif

}  // namespace cairn_sql
