// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>
#include <vector>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_41580f22e9f6b826_97015406aa2acfd8
#define CAIRN_SQL_q_41580f22e9f6b826_97015406aa2acfd8
struct q_41580f22e9f6b826_97015406aa2acfd8 {
  static constexpr std::string_view sql =
      R"sql(SELECT vector FROM vec_content WHERE content_id = :id)sql";
  static constexpr int column_count = 1;
  static constexpr bool read_only = true;

  struct Params {
    param::Required<param::Integer> id;
  };
  struct Row {
    std::vector<float> vector;
  };

  static std::array<param::Argument, 1> arguments(const Params& p) {
    return {p.id};
  }
  static Row read(const cairn::sqlite::Statement& row) {
    return {row.get<std::vector<float>>(0)};
  }
};
#endif

}  // namespace cairn_sql
