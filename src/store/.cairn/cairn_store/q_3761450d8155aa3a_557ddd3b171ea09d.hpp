// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_3761450d8155aa3a_557ddd3b171ea09d
#define CAIRN_SQL_q_3761450d8155aa3a_557ddd3b171ea09d
struct q_3761450d8155aa3a_557ddd3b171ea09d {
  static constexpr std::string_view sql =
      R"sql(UPDATE content SET document_id = NULL WHERE document_id NOT IN (SELECT id FROM documents))sql";
  static constexpr int column_count = 0;
  static constexpr bool read_only = false;

  struct Params {};
  struct Row {};

  static std::array<param::Argument, 0> arguments(const Params&) { return {}; }
};
#endif

}  // namespace cairn_sql
