// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_0ebe31405ce3a079_ea85eeb7fb7b89c2
#define CAIRN_SQL_q_0ebe31405ce3a079_ea85eeb7fb7b89c2
struct q_0ebe31405ce3a079_ea85eeb7fb7b89c2 {
  static constexpr std::string_view sql =
      R"sql(DELETE FROM document_relationships WHERE source_id NOT IN (SELECT id FROM content) OR target_id NOT IN (SELECT id FROM content) OR source_document_id NOT IN (SELECT id FROM documents) OR target_document_id NOT IN (SELECT id FROM documents))sql";
  static constexpr int column_count = 0;
  static constexpr bool read_only = false;

  struct Params {};
  struct Row {};

  static std::array<param::Argument, 0> arguments(const Params&) { return {}; }
};
#endif

}  // namespace cairn_sql
