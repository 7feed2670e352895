// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_245642447430c6d4_04a3d61e4eade26f
#define CAIRN_SQL_q_245642447430c6d4_04a3d61e4eade26f
struct q_245642447430c6d4_04a3d61e4eade26f {
  static constexpr std::string_view sql =
      R"sql(SELECT id, bytes, modified_ns, ingested_ns, content_hash, doc_type FROM documents WHERE namespace = :namespace AND path = :path)sql";
  static constexpr int column_count = 6;
  static constexpr bool read_only = true;

  struct Params {
    param::Required<param::Text> namespace_;
    param::Required<param::Text> path;
  };
  struct Row {
    std::int64_t id;
    std::int64_t bytes;
    std::int64_t modified_ns;
    std::int64_t ingested_ns;
    std::string content_hash;
    std::string doc_type;
  };

  static std::array<param::Argument, 2> arguments(const Params& p) {
    return {p.namespace_, p.path};
  }
  static Row read(const cairn::sqlite::Statement& row) {
    return {row.get<std::int64_t>(0),
            row.get<std::int64_t>(1),
            row.get<std::int64_t>(2),
            row.get<std::int64_t>(3),
            row.get<std::string>(4),
            row.get<std::string>(5)};
  }
};
#endif

}  // namespace cairn_sql
