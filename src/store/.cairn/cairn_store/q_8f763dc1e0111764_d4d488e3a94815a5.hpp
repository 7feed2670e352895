// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_8f763dc1e0111764_d4d488e3a94815a5
#define CAIRN_SQL_q_8f763dc1e0111764_d4d488e3a94815a5
struct q_8f763dc1e0111764_d4d488e3a94815a5 {
  static constexpr std::string_view sql =
      R"sql(SELECT id, CAST(text AS TEXT) AS text, heading FROM content WHERE id > :after AND (text_hash = '' OR id NOT IN (SELECT content_id FROM vec_content)) ORDER BY id LIMIT :batch)sql";
  static constexpr int column_count = 3;
  static constexpr bool read_only = true;

  struct Params {
    param::Required<param::Integer> after;
    param::Required<param::Integer> batch;
  };
  struct Row {
    std::int64_t id;
    std::string text;
    std::string heading;
  };

  static std::array<param::Argument, 2> arguments(const Params& p) {
    return {p.after, p.batch};
  }
  static Row read(const cairn::sqlite::Statement& row) {
    return {row.get<std::int64_t>(0),
            row.get<std::string>(1),
            row.get<std::string>(2)};
  }
};
#endif

}  // namespace cairn_sql
