// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_df74347c56f34b9e_8f7e5f1d3ef01aa1
#define CAIRN_SQL_q_df74347c56f34b9e_8f7e5f1d3ef01aa1
struct q_df74347c56f34b9e_8f7e5f1d3ef01aa1 {
  static constexpr std::string_view sql =
      R"sql(INSERT INTO document_relationships(source_id, source_document_id, target_id, target_document_id, relationship_type, strength, created_at) VALUES (:source, :source_document, :target, :target_document, :type, :strength, :now) ON CONFLICT DO UPDATE SET strength = excluded.strength)sql";
  static constexpr int column_count = 0;
  static constexpr bool read_only = false;

  struct Params {
    param::Nullable<param::Integer> source;
    param::Nullable<param::Integer> source_document;
    param::Nullable<param::Integer> target;
    param::Nullable<param::Integer> target_document;
    param::Required<param::Text> type;
    param::Required<param::Real> strength;
    param::Required<param::Integer> now;
  };
  struct Row {};

  static std::array<param::Argument, 7> arguments(const Params& p) {
    return {p.source, p.source_document, p.target, p.target_document, p.type, p.strength, p.now};
  }
};
#endif

}  // namespace cairn_sql
