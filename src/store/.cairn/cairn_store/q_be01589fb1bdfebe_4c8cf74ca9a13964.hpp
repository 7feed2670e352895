// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_be01589fb1bdfebe_4c8cf74ca9a13964
#define CAIRN_SQL_q_be01589fb1bdfebe_4c8cf74ca9a13964
struct q_be01589fb1bdfebe_4c8cf74ca9a13964 {
  static constexpr std::string_view sql =
      R"sql(SELECT id, text, heading, line_start, line_end, byte_start, byte_end, text_hash, doc_type FROM content WHERE document_id = :document ORDER BY byte_start, id)sql";
  static constexpr int column_count = 9;
  static constexpr bool read_only = true;

  struct Params {
    param::Required<param::Integer> document;
  };
  struct Row {
    std::int64_t id;
    std::string text;
    std::string heading;
    std::int64_t line_start;
    std::int64_t line_end;
    std::int64_t byte_start;
    std::int64_t byte_end;
    std::optional<std::string> text_hash;
    std::string doc_type;
  };

  static std::array<param::Argument, 1> arguments(const Params& p) {
    return {p.document};
  }
  static Row read(const cairn::sqlite::Statement& row) {
    return {row.get<std::int64_t>(0),
            row.get<std::string>(1),
            row.get<std::string>(2),
            row.get<std::int64_t>(3),
            row.get<std::int64_t>(4),
            row.get<std::int64_t>(5),
            row.get<std::int64_t>(6),
            row.get<std::optional<std::string>>(7),
            row.get<std::string>(8)};
  }
};
#endif

}  // namespace cairn_sql
