// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_3193fc48260db2c7_e3b378878d3603df
#define CAIRN_SQL_q_3193fc48260db2c7_e3b378878d3603df
struct q_3193fc48260db2c7_e3b378878d3603df {
  static constexpr std::string_view sql =
      R"sql(UPDATE content SET doc_type = :doc_type, line_start = :line_start, line_end = :line_end, byte_start = :byte_start, byte_end = :byte_end, text_hash = :text_hash WHERE id = :id)sql";
  static constexpr int column_count = 0;
  static constexpr bool read_only = false;

  struct Params {
    param::Required<param::Text> doc_type;
    param::Required<param::Integer> line_start;
    param::Required<param::Integer> line_end;
    param::Required<param::Integer> byte_start;
    param::Required<param::Integer> byte_end;
    param::Nullable<param::Text> text_hash;
    param::Required<param::Integer> id;
  };
  struct Row {};

  static std::array<param::Argument, 7> arguments(const Params& p) {
    return {p.doc_type, p.line_start, p.line_end, p.byte_start, p.byte_end, p.text_hash, p.id};
  }
};
#endif

}  // namespace cairn_sql
