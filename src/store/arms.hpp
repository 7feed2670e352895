// The arms of a search: each ranks rows by one means, exactly, under the filter.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "cairn/sql/connection.hpp"
#include "store/filter_sql.hpp"

namespace cairn::store {

struct Found {
  std::int64_t id;
  double value;  // vector: distance; keyword: bm25, larger is better
};
using Ranking = std::vector<Found>;  // best first, each id once

// What one search needs throughout.
struct Query {
  sql::Connection& db;
  FilterSql filter;
  bool is_narrow;          // few rows satisfy the filter, and its condition names them
  std::size_t wanted;      // results that the caller is after
  std::size_t candidates;  // rows that each arm may contribute, at least `wanted`
  SearchReport& report;
  bool explain;  // note the query plans in the report
};

// Finds out whether few rows satisfy the filter. If so, they become the filter: then its conditions are
// evaluated once for both arms, and the arms start from those rows. If not, the arms meet enough of them on
// their way.
void narrow(Query& query);

// The nearest rows, streamed by vec0 through the join with `content`, so that the filter costs rows and
// never results.
Ranking vector_arm(const Query& query, std::span<const float> embedding);

// Full text by bm25. Runs of scripts without spaces go through the trigram index, or are looked for in the
// text itself where they are shorter than three characters.
Ranking keyword_arm(const Query& query, std::string_view text);

// Whether the keyword arm has anything to go by.
bool has_words(std::string_view text);

// For text without words (punctuation, nothing at all): rows that hold it literally; if there are none, the
// newest. The report says which.
Ranking wordless_arm(const Query& query, std::string_view text);

}  // namespace cairn::store
