// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_9320a524b1f40aac_0a27c301a5bab57b
#define CAIRN_SQL_q_9320a524b1f40aac_0a27c301a5bab57b
struct q_9320a524b1f40aac_0a27c301a5bab57b {
  static constexpr std::string_view sql =
      R"sql(UPDATE documents SET title = :title, doc_type = :doc_type, bytes = :bytes, modified_ns = :modified, ingested_ns = :ingested, content_hash = :hash WHERE id = :id)sql";
  static constexpr int column_count = 0;
  static constexpr bool read_only = false;

  struct Params {
    param::Required<param::Text> title;
    param::Required<param::Text> doc_type;
    param::Required<param::Integer> bytes;
    param::Required<param::Integer> modified;
    param::Required<param::Integer> ingested;
    param::Required<param::Text> hash;
    param::Required<param::Integer> id;
  };
  struct Row {};

  static std::array<param::Argument, 7> arguments(const Params& p) {
    return {p.title, p.doc_type, p.bytes, p.modified, p.ingested, p.hash, p.id};
  }
};
#endif

}  // namespace cairn_sql
