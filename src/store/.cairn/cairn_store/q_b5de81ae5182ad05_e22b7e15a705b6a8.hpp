// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_b5de81ae5182ad05_e22b7e15a705b6a8
#define CAIRN_SQL_q_b5de81ae5182ad05_e22b7e15a705b6a8
struct q_b5de81ae5182ad05_e22b7e15a705b6a8 {
  static constexpr std::string_view sql =
      R"sql(UPDATE documents SET bytes = :bytes, modified_ns = :modified, ingested_ns = :ingested WHERE id = :id AND content_hash = :hash)sql";
  static constexpr int column_count = 0;
  static constexpr bool read_only = false;

  struct Params {
    param::Required<param::Integer> bytes;
    param::Required<param::Integer> modified;
    param::Required<param::Integer> ingested;
    param::Required<param::Integer> id;
    param::Required<param::Text> hash;
  };
  struct Row {};

  static std::array<param::Argument, 5> arguments(const Params& p) {
    return {p.bytes, p.modified, p.ingested, p.id, p.hash};
  }
};
#endif

}  // namespace cairn_sql
