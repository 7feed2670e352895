// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_615a477ffe1f2865_cef03090f670fb8e
#define CAIRN_SQL_q_615a477ffe1f2865_cef03090f670fb8e
struct q_615a477ffe1f2865_cef03090f670fb8e {
  static constexpr std::string_view sql =
      R"sql(SELECT CAST(value AS TEXT) AS value FROM app_metadata WHERE key = :key)sql";
  static constexpr int column_count = 1;
  static constexpr bool read_only = true;

  struct Params {
    param::Required<param::Text> key;
  };
  struct Row {
    std::string value;
  };

  static std::array<param::Argument, 1> arguments(const Params& p) {
    return {p.key};
  }
  static Row read(const cairn::sqlite::Statement& row) {
    return {row.get<std::string>(0)};
  }
};
#endif

}  // namespace cairn_sql
