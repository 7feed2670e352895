// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_0856ecc4faab284b_bb4020f72f6c7562
#define CAIRN_SQL_q_0856ecc4faab284b_bb4020f72f6c7562
struct q_0856ecc4faab284b_bb4020f72f6c7562 {
  static constexpr std::string_view sql =
      R"sql(SELECT value FROM app_metadata WHERE key = :key)sql";
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
