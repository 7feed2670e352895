// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_bf1fa2d9284a7ad2_ca83bc33d2b9c776
#define CAIRN_SQL_q_bf1fa2d9284a7ad2_ca83bc33d2b9c776
struct q_bf1fa2d9284a7ad2_ca83bc33d2b9c776 {
  static constexpr std::string_view sql =
      R"sql(INSERT INTO documents(namespace, path, title, doc_type, bytes, modified_ns, ingested_ns, content_hash) VALUES (:namespace, :path, :title, :doc_type, :bytes, :modified, :ingested, :hash))sql";
  static constexpr int column_count = 0;
  static constexpr bool read_only = false;

  struct Params {
    param::Required<param::Text> namespace_;
    param::Required<param::Text> path;
    param::Required<param::Text> title;
    param::Required<param::Text> doc_type;
    param::Required<param::Integer> bytes;
    param::Required<param::Integer> modified;
    param::Required<param::Integer> ingested;
    param::Required<param::Text> hash;
  };
  struct Row {};

  static std::array<param::Argument, 8> arguments(const Params& p) {
    return {p.namespace_, p.path, p.title, p.doc_type, p.bytes, p.modified, p.ingested, p.hash};
  }
};
#endif

}  // namespace cairn_sql
