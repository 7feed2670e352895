// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_24e7366260ef157c_68d3dade7857ee28
#define CAIRN_SQL_q_24e7366260ef157c_68d3dade7857ee28
struct q_24e7366260ef157c_68d3dade7857ee28 {
  static constexpr std::string_view sql =
      R"sql(SELECT id FROM content WHERE document_id = :document AND line_end >= :first AND (:last = 0 OR line_start <= :last) ORDER BY byte_start, id)sql";
  static constexpr int column_count = 1;
  static constexpr bool read_only = true;

  struct Params {
    param::Required<param::Integer> document;
    param::Required<param::Integer> first;
    param::Required<param::Integer> last;
  };
  struct Row {
    std::int64_t id;
  };

  static std::array<param::Argument, 3> arguments(const Params& p) {
    return {p.document, p.first, p.last};
  }
  static Row read(const cairn::sqlite::Statement& row) {
    return {row.get<std::int64_t>(0)};
  }
};
#endif

}  // namespace cairn_sql
