// The k nearest of many coded rows, exactly: bounds choose candidates, the full vectors decide. Gives what a
// scan of all distances would give, ties included.
//
//   BoundedSearch search(bounds);
//   for (const CodedRows& block : blocks) search.add(block);
//   auto nearest = search.nearest(10, [&](std::size_t block, std::size_t slot) { return distance(block,
//   slot); });
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
  // The distance of a row that was added, which DistanceTo gives.
  using Distance = std::function<float(std::size_t block, std::size_t slot)>;

  // REQUIRES: bounds.is_usable(). `bounds` and every block must outlive this.
  explicit BoundedSearch(const CodeBounds& bounds) : bounds_(bounds) {}

  // Blocks are numbered as they come, their rows by slot.
  void add(const CodedRows& rows);
  // Bounds all rows, in as many threads. Comes after the last add() and before what follows.
  void bound(std::size_t threads);
  // Rows that are not searched: all of a block but these, which ascend; or one.
  void keep_only(std::size_t block, std::span<const std::uint16_t> slots);
  void exclude(std::size_t block, std::size_t slot);

  // The k first rows in order, fewer if there are no more. Ranks are rank_of(block, slot).
  // May be called again, with another k.
  std::vector<Scored> nearest(std::size_t k, const Distance& distance);

 private:
  struct Candidate {
    std::uint32_t row;
    CodeBounds::Interval key;
  };
  std::size_t block_of(std::size_t row) const;
  void summarise();
  std::vector<std::uint32_t> rows_that_look_nearest(std::size_t count) const;
  float first_reach(std::size_t k, const Distance& distance) const;
  std::vector<Candidate> candidates(float reach) const;
  float measure(std::size_t row, const Distance& distance) const;

  const CodeBounds& bounds_;
  std::vector<const CodedRows*> blocks_;
  std::vector<std::size_t> starts_;  // of each block's rows in lower_, multiples of a group; then the end
  std::vector<float> lower_;         // by row; +infinity: not searched, or without bounds
  std::vector<float> least_;         // by group; made by summarise()
  std::vector<std::uint32_t> without_bounds_;  // rows that are always measured
  std::size_t searched_ = 0;                   // rows with a bound
};

}  // namespace cairn::vector
