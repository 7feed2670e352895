// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_4d5f21bf18cadc05_db53af77aceb5b7c
#define CAIRN_SQL_q_4d5f21bf18cadc05_db53af77aceb5b7c
struct q_4d5f21bf18cadc05_db53af77aceb5b7c {
  static constexpr std::string_view sql =
      R"sql(SELECT text_hash FROM content WHERE document_id = :document AND text_hash IS NOT NULL)sql";
  static constexpr int column_count = 1;
  static constexpr bool read_only = true;

  struct Params {
    param::Required<param::Integer> document;
  };
  struct Row {
    std::string text_hash;
  };

  static std::array<param::Argument, 1> arguments(const Params& p) {
    return {p.document};
  }
  static Row read(const cairn::sqlite::Statement& row) {
    return {row.get<std::string>(0)};
  }
};
#endif

}  // namespace cairn_sql
