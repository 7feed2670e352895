// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_0845ee644f590762_bcf0606ce118c184
#define CAIRN_SQL_q_0845ee644f590762_bcf0606ce118c184
struct q_0845ee644f590762_bcf0606ce118c184 {
  static constexpr std::string_view sql =
      R"sql(UPDATE content SET doc_type = :doc_type WHERE document_id = :document)sql";
  static constexpr int column_count = 0;
  static constexpr bool read_only = false;

  struct Params {
    param::Required<param::Text> doc_type;
    param::Required<param::Integer> document;
  };
  struct Row {};

  static std::array<param::Argument, 2> arguments(const Params& p) {
    return {p.doc_type, p.document};
  }
};
#endif

}  // namespace cairn_sql
