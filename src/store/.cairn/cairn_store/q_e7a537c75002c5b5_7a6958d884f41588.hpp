// Generated: one query, as it was checked against the migrations.
#pragma once

#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_q_e7a537c75002c5b5_7a6958d884f41588
#define CAIRN_SQL_q_e7a537c75002c5b5_7a6958d884f41588
struct q_e7a537c75002c5b5_7a6958d884f41588 {
  static constexpr std::string_view sql =
      R"sql(INSERT INTO content_fts(content_fts, rank) VALUES ('integrity-check', 1))sql";
  static constexpr int column_count = 0;
  static constexpr bool read_only = false;

  struct Params {};
  struct Row {};

  static std::array<param::Argument, 0> arguments(const Params&) { return {}; }
};
#endif

}  // namespace cairn_sql
