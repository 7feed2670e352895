// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_d48e86c6c8be8c1c_401c84585912e3c8
#define CAIRN_SQL_q_d48e86c6c8be8c1c_401c84585912e3c8
struct q_d48e86c6c8be8c1c_401c84585912e3c8 {
  static constexpr std::string_view sql =
      R"sql(UPDATE content SET text_hash = :hash WHERE id = :id AND text_hash = '')sql";
  static constexpr int column_count = 0;
  static constexpr bool read_only = false;

  struct Params {
    param::Nullable<param::Text> hash;
    param::Required<param::Integer> id;
  };
  struct Row {};

  static std::array<param::Argument, 2> arguments(const Params& p) {
    return {p.hash, p.id};
  }
};
#endif

}  // namespace cairn_sql
