// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_8439b990d54d7f58_8f23a4f36f39e0ed
#define CAIRN_SQL_q_8439b990d54d7f58_8f23a4f36f39e0ed
struct q_8439b990d54d7f58_8f23a4f36f39e0ed {
  static constexpr std::string_view sql =
      R"sql(SELECT id, path FROM documents WHERE namespace = :namespace AND path > :begin AND path < :end AND ingested_ns < :started)sql";
  static constexpr int column_count = 2;
  static constexpr bool read_only = true;

  struct Params {
    param::Required<param::Text> namespace_;
    param::Required<param::Text> begin;
    param::Required<param::Text> end;
    param::Required<param::Integer> started;
  };
  struct Row {
    std::int64_t id;
    std::string path;
  };

  static std::array<param::Argument, 4> arguments(const Params& p) {
    return {p.namespace_, p.begin, p.end, p.started};
  }
  static Row read(const cairn::sqlite::Statement& row) {
    return {row.get<std::int64_t>(0),
            row.get<std::string>(1)};
  }
};
#endif

}  // namespace cairn_sql
