// The k nearest of many coded rows, exactly: bounds choose candidates, the full vectors decide. Gives what a
// scan of all distances would give, ties included.
//
//   BoundedSearch search(bounds);
//   for (const CodedRows& block : blocks) search.add(block);
//   auto nearest = search.nearest(10, [&](std::size_t block, std::size_t slot) { return scored(block, slot);
//   });
//
// Three passes, each over fewer rows: four bits per dimension of every row; eight bits of the rows that the
// first could not exclude; the vector itself of those that then still may be among the k (Seidl and Kriegel
// 1998 call this multi-step search). What excludes is the distance of the k-th of some rows that were
// measured, so it is never a guess.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "vector/codes.hpp"
#include "vector/order.hpp"

namespace cairn::vector {

class BoundedSearch {
 public:
  // A row that was added with its distance, which DistanceTo gives.
  using Measure = std::function<Scored(std::size_t block, std::size_t slot)>;

  // REQUIRES: bounds.is_usable(). `bounds` and every block must outlive this.
  explicit BoundedSearch(const CodeBounds& bounds) : bounds_(bounds) {}

  // Blocks are numbered as they come, their rows by slot.
  void add(const CodedRows& rows);
  // A block of rows without codes, all of which are measured.
  void add_uncoded(std::size_t count);
  // Bounds all rows, in as many threads. Comes after the last add() and before what follows.
  void bound(std::size_t threads);
  // Rows that are not searched: all of a block but these, which ascend; or one.
  void keep_only(std::size_t block, std::span<const std::uint16_t> slots);
  void exclude(std::size_t block, std::size_t slot);

  // The k first rows in order, fewer if there are no more. May be called again, with another k.
  std::vector<Scored> nearest(std::size_t k, const Measure& measure);

 private:
  struct Candidate {
    std::uint32_t row;
    CodeBounds::Interval key;
  };
  std::size_t block_of(std::size_t row) const;
  void summarise();
  std::vector<std::uint32_t> rows_that_look_nearest(std::size_t count) const;
  float first_reach(std::size_t k, const Measure& measure) const;
  std::vector<Candidate> candidates(float reach) const;
  Scored measured(std::size_t row, const Measure& measure) const;

  const CodeBounds& bounds_;
  std::vector<const CodedRows*> blocks_;  // null: without codes
  std::vector<std::size_t> counts_;       // of each block's rows
  std::vector<std::size_t> starts_;  // of each block's rows in lower_, multiples of a group; then the end
  std::vector<float> lower_;         // by row; +infinity: not searched, or without bounds
  std::vector<float> kept_;          // of keep_only()
  std::vector<float> least_;         // by group; made by summarise()
  std::vector<std::uint32_t> without_bounds_;  // rows that are always measured
  std::size_t searched_ = 0;                   // rows with a bound
};

}  // namespace cairn::vector
