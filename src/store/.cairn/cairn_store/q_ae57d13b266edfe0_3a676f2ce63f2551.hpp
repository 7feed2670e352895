// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_ae57d13b266edfe0_3a676f2ce63f2551
#define CAIRN_SQL_q_ae57d13b266edfe0_3a676f2ce63f2551
struct q_ae57d13b266edfe0_3a676f2ce63f2551 {
  static constexpr std::string_view sql =
      R"sql(UPDATE content SET heading = :heading, updated_at = :now WHERE id = :id)sql";
  static constexpr int column_count = 0;
  static constexpr bool read_only = false;

  struct Params {
    param::Required<param::Text> heading;
    param::Nullable<param::Integer> now;
    param::Required<param::Integer> id;
  };
  struct Row {};

  static std::array<param::Argument, 3> arguments(const Params& p) {
    return {p.heading, p.now, p.id};
  }
};
#endif

}  // namespace cairn_sql
