// One search: every row that satisfies the conditions with its distance, or the k nearest of them, in
// ascending distance; ties by rowid, or in a flat() table by chunk, then by descending slot, as sqlite-vec
// has them.
//
// What the rows are is settled in the constructor. Where there are codes, in memory (resident.hpp) or in the
// file (code_scan.hpp), only as many of the nearest rows are found as are asked for; otherwise all distances
// are computed in one pass, and ordering is lazy.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "vec0/code_scan.hpp"
#include "vec0/condition.hpp"
#include "vec0/resident.hpp"
#include "vec0/row_distances.hpp"
#include "vec0/row_reader.hpp"
#include "vec0/storage.hpp"
#include "vector/nearest.hpp"
#include "vector/order.hpp"

namespace cairn::vec0 {

struct SearchRequest {
  std::size_t vector_column = 0;
  vector::Vector query;
  std::vector<Condition> conditions;
  std::optional<std::size_t> k;  // none: all
  double recall = 1;             // of the rows that belong into the answer, how many must be there on average
};

class Search {
 public:
  Search(Storage& storage, SearchRequest request);
  Search(const Search&) = delete;
  Search& operator=(const Search&) = delete;

  // The row at that place in the order, or nothing behind the last.
  std::optional<Row> row(std::size_t place);
  // What it did so far.
  const SearchReport& report() const noexcept { return report_; }
  // The row if it is among the results, at logarithmic cost.
  std::optional<Row> find(std::int64_t rowid);

 private:
  class ListedRows;
  // A chunk that has rows which satisfy the conditions.
  struct Candidates {
    std::shared_ptr<const Chunk> chunk;
    const ResidentVectors* memory;  // null: not from memory
    std::shared_ptr<const std::vector<std::uint16_t>> slots;
  };
  class Measured;
  void start();
  void scan();
  std::unique_ptr<CodeScan> make_code_scan() const;
  void choose_candidates();
  bool try_bounds(std::size_t wanted);
  bool try_lists(std::size_t wanted);
  void find_in_lists(std::size_t k);
  double bytes_worth_lists() const;
  void find_exactly(std::size_t k);
  void add_unfiled(vector::TopK& nearest);
  const Chunk& chunk_at(std::size_t block) const;
  void find_more(std::size_t least);
  void leave_out_what_came();
  void measure(std::size_t block, std::int64_t chunk, const std::byte* vectors,
               std::span<const std::uint16_t> slots, Measured& measured);
  void measure_all();
  void find_nearest(std::size_t k);
  vector::Scored scored(float distance, std::size_t block, std::size_t slot);
  const std::byte* vectors_of(const Candidates& chunk) const {
    return chunk.memory ? chunk.memory->vectors() : nullptr;
  }
  Row row_of(const vector::Scored& entry) const;

  Storage& storage_;
  SearchRequest request_;
  std::shared_ptr<const ResidentColumn> memory_;
  std::vector<Candidates> chunks_;  // by the block of a rank; without those that have no candidate
  std::vector<Predicate> by_distance_;
  RowDistances distances_;
  const bool ties_by_rowid_;
  std::unique_ptr<vector::CodeBounds> bounds_;      // of a search in memory
  std::unique_ptr<vector::BoundedSearch> bounded_;  // while it may find more
  std::vector<std::vector<bool>> wanted_;           // by lists: slots by chunk of memory_; empty: all
  bool by_lists_ = false;                           // places are those of memory_, and chunks_ is empty
  bool is_partial_ = false;                         // only found_ of the nearest are known
  std::size_t found_ = 0;
  std::size_t rows_ = 0;  // candidates
  vector::Ascending order_;
  SearchReport report_;
  std::vector<Row> given_;                                         // by lists: what was handed out, in order,
  vector::Scored last_{};                                          // the last of it,
  std::size_t base_ = 0;                                           // and how much of it order_ does not hold
  std::vector<std::pair<std::int64_t, vector::Scored>> by_rowid_;  // sorted; made at the first find
};

}  // namespace cairn::vec0
