// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_032dd1cdd62a36d0_42262be4468c2743
#define CAIRN_SQL_q_032dd1cdd62a36d0_42262be4468c2743
struct q_032dd1cdd62a36d0_42262be4468c2743 {
  static constexpr std::string_view sql =
      R"sql(SELECT c.id, CAST(c.text AS TEXT) AS text, CAST(c.doc_type AS TEXT) AS doc_type, c.namespace, coalesce(CAST(c.metadata AS TEXT), '') AS metadata, CAST(c.created_at AS INTEGER) AS created_at, c.updated_at, c.document_id, coalesce(d.path, '') AS path, coalesce(d.title, '') AS title, c.heading, c.line_start, c.line_end, c.byte_start, c.byte_end FROM content c LEFT JOIN documents d ON d.id = c.document_id WHERE c.id = :id)sql";
  static constexpr int column_count = 15;
  static constexpr bool read_only = true;

  struct Params {
    param::Required<param::Integer> id;
  };
  struct Row {
    std::int64_t id;
    std::string text;
    std::string doc_type;
    std::string namespace_;
    std::string metadata;
    std::int64_t created_at;
    std::optional<std::int64_t> updated_at;
    std::optional<std::int64_t> document_id;
    std::string path;
    std::string title;
    std::string heading;
    std::int64_t line_start;
    std::int64_t line_end;
    std::int64_t byte_start;
    std::int64_t byte_end;
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
            row.get<std::optional<std::int64_t>>(6),
            row.get<std::optional<std::int64_t>>(7),
            row.get<std::string>(8),
            row.get<std::string>(9),
            row.get<std::string>(10),
            row.get<std::int64_t>(11),
            row.get<std::int64_t>(12),
            row.get<std::int64_t>(13),
            row.get<std::int64_t>(14)};
  }
};
#endif

}  // namespace cairn_sql
