// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_7f3e9730b686ed96_4237eb4e345a98cd
#define CAIRN_SQL_q_7f3e9730b686ed96_4237eb4e345a98cd
struct q_7f3e9730b686ed96_4237eb4e345a98cd {
  static constexpr std::string_view sql =
      R"sql(SELECT id, namespace, path, title, doc_type, bytes, (SELECT count(*) FROM content WHERE document_id = d.id) AS chunks, modified_ns / 1000000000 AS modified_at, ingested_ns / 1000000000 AS ingested_at FROM documents d WHERE id = :id)sql";
  static constexpr int column_count = 9;
  static constexpr bool read_only = true;

  struct Params {
    param::Required<param::Integer> id;
  };
  struct Row {
    std::int64_t id;
    std::string namespace_;
    std::string path;
    std::string title;
    std::string doc_type;
    std::int64_t bytes;
    std::int64_t chunks;
    std::int64_t modified_at;
    std::int64_t ingested_at;
  };

  static std::array<param::Argument, 1> arguments(const Params& p) {
    return {p.id};
  }
  static Row read(const cairn::sqlite::Statement& row) {
    return {row.get<std::int64_t>(0),
            row.get<std::string>(1),
            row.get<std::string>(2),
            row.get<std::string>(3),
            row.get<std::string>(4),
            row.get<std::int64_t>(5),
            row.get<std::int64_t>(6),
            row.get<std::int64_t>(7),
            row.get<std::int64_t>(8)};
  }
};
#endif

}  // namespace cairn_sql
