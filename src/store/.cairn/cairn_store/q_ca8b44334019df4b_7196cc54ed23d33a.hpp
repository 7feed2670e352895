// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_ca8b44334019df4b_7196cc54ed23d33a
#define CAIRN_SQL_q_ca8b44334019df4b_7196cc54ed23d33a
struct q_ca8b44334019df4b_7196cc54ed23d33a {
  static constexpr std::string_view sql =
      R"sql(INSERT INTO app_metadata(key, value) VALUES (:key, :id) ON CONFLICT(key) DO UPDATE SET value = excluded.value)sql";
  static constexpr int column_count = 0;
  static constexpr bool read_only = false;

  struct Params {
    param::Nullable<param::Text> key;
    param::Required<param::Text> id;
  };
  struct Row {};

  static std::array<param::Argument, 2> arguments(const Params& p) {
    return {p.key, p.id};
  }
};
#endif

}  // namespace cairn_sql
