// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_b01f5c802c6683ea_a4d8bf50b84d6968
#define CAIRN_SQL_q_b01f5c802c6683ea_a4d8bf50b84d6968
struct q_b01f5c802c6683ea_a4d8bf50b84d6968 {
  static constexpr std::string_view sql =
      R"sql(SELECT EXISTS (SELECT 1 FROM content WHERE id = :id))sql";
  static constexpr int column_count = 1;
  static constexpr bool read_only = true;

  struct Params {
    param::Required<param::Integer> id;
  };
  struct Row {
    std::int64_t value;
  };

  static std::array<param::Argument, 1> arguments(const Params& p) {
    return {p.id};
  }
  static Row read(const cairn::sqlite::Statement& row) {
    return {row.get<std::int64_t>(0)};
  }
};
#endif

}  // namespace cairn_sql
