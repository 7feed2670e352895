// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_c9901e6642ed8536_d7b56af4ffc48749
#define CAIRN_SQL_q_c9901e6642ed8536_d7b56af4ffc48749
struct q_c9901e6642ed8536_d7b56af4ffc48749 {
  static constexpr std::string_view sql =
      R"sql(SELECT EXISTS (SELECT 1 FROM app_metadata WHERE key = :key))sql";
  static constexpr int column_count = 1;
  static constexpr bool read_only = true;

  struct Params {
    param::Required<param::Text> key;
  };
  struct Row {
    std::int64_t value;
  };

  static std::array<param::Argument, 1> arguments(const Params& p) {
    return {p.key};
  }
  static Row read(const cairn::sqlite::Statement& row) {
    return {row.get<std::int64_t>(0)};
  }
};
#endif

}  // namespace cairn_sql
