// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_1f8955c0600cd9d2_c6518fa2d8cad595
#define CAIRN_SQL_q_1f8955c0600cd9d2_c6518fa2d8cad595
struct q_1f8955c0600cd9d2_c6518fa2d8cad595 {
  static constexpr std::string_view sql =
      R"sql(DELETE FROM document_relationships WHERE coalesce(source_id, -source_document_id) = :source AND coalesce(target_id, -target_document_id) = :target AND relationship_type = :type)sql";
  static constexpr int column_count = 0;
  static constexpr bool read_only = false;

  struct Params {
    param::Required<param::Integer> source;
    param::Required<param::Integer> target;
    param::Required<param::Text> type;
  };
  struct Row {};

  static std::array<param::Argument, 3> arguments(const Params& p) {
    return {p.source, p.target, p.type};
  }
};
#endif

}  // namespace cairn_sql
