// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_979aeed6a260de6f_fadad3083c46f6fc
#define CAIRN_SQL_q_979aeed6a260de6f_fadad3083c46f6fc
struct q_979aeed6a260de6f_fadad3083c46f6fc {
  static constexpr std::string_view sql =
      R"sql(UPDATE content SET text = :text, text_hash = :hash, updated_at = :now WHERE id = :id)sql";
  static constexpr int column_count = 0;
  static constexpr bool read_only = false;

  struct Params {
    param::Required<param::Text> text;
    param::Nullable<param::Text> hash;
    param::Nullable<param::Integer> now;
    param::Required<param::Integer> id;
  };
  struct Row {};

  static std::array<param::Argument, 4> arguments(const Params& p) {
    return {p.text, p.hash, p.now, p.id};
  }
};
#endif

}  // namespace cairn_sql
