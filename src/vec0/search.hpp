// One search: every row that satisfies the conditions with its distance, or the k nearest of them, in
// ascending distance; ties by chunk, then by descending slot, as sqlite-vec has them.
// All distances are computed in the constructor, in one pass; ordering is lazy.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "vec0/condition.hpp"
#include "vec0/row_reader.hpp"
#include "vec0/storage.hpp"
#include "vector/distance.hpp"
#include "vector/order.hpp"

namespace cairn::vec0 {

struct SearchRequest {
  std::size_t vector_column = 0;
  vector::Vector query;
  std::vector<Condition> conditions;
  std::optional<std::size_t> k;  // none: all
};

class Search {
 public:
  Search(Storage& storage, SearchRequest request);

  // The row at that place in the order, or nothing behind the last.
  std::optional<Row> row(std::size_t place);
  // The row if it is among the results, at logarithmic cost.
  std::optional<Row> find(std::int64_t rowid);

 private:
  struct ChunkRows {
    std::int64_t id;
    std::vector<std::int64_t> rowids;  // by slot
  };
  template <class Sink>
  void scan(Storage& storage, const SearchRequest& request, Sink sink);
  Row row_of(const vector::Scored& entry) const;

  std::vector<ChunkRows> chunks_;  // those with a candidate
  vector::Ascending order_;
  std::vector<std::pair<std::int64_t, vector::Scored>> by_rowid_;  // sorted; made at the first find
};

}  // namespace cairn::vec0
