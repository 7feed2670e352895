// The k nearest rows by lists, as many of them as a promised recall needs.
//
//   ListSearch search(rotation, Metric::l2, query, lists);
//   TopK nearest(10);
//   ListOutcome outcome = search.run(0.95, nearest, [&](std::uint64_t row) { return scored(row); });
//
// Lists are scanned in the order of their centroids' distances, their one-bit codes choose the rows that are
// measured, and it ends when the share of the true k nearest that was found is expected to be the one asked:
// on average over queries, not for each. list_search.cpp says how that is known. Nothing is set by hand. Of N
// rows some 2 sqrt(N) lists serve best: with half as many a quarter more rows are scanned.
//
// Whatever a list of a damaged file holds, this ends and crashes nowhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "vector/distance.hpp"
#include "vector/list_codes.hpp"
#include "vector/order.hpp"

namespace cairn::vector {

struct ListView {
  const float* centroid;      // rotation.dims() floats
  const std::byte* blocks;    // of list_codes.hpp: kBlockRows entries each, the last one's rest unused
  const std::uint64_t* rows;  // what the caller calls each entry
  std::size_t count;          // of entries
  float spread;               // root mean square distance of the entries from the centroid
};

struct ListOutcome {
  std::size_t lists = 0;     // that were scanned,
  std::size_t scanned = 0;   // their entries,
  std::size_t measured = 0;  // and those of them whose vector was looked at
  double expected_recall = 1;
};

class ListSearch {
 public:
  // The row's distance as DistanceTo gives it, or nothing if the row is gone or not wanted.
  using Measure = std::function<std::optional<Scored>(std::uint64_t row)>;

  // For cosine the query, the centroids and the coded rows are of unit length. Everything must outlive this.
  // REQUIRES: metric is l2 or cosine.
  ListSearch(const Rotation& rotation, Metric metric, std::span<const float> query,
             std::span<const ListView> lists);

  // Adds to `nearest`, which may hold other rows already, what the lists have. `recall` is over 0 and at
  // most 1, which means every list.
  ListOutcome run(double recall, TopK& nearest, const Measure& measure);

 private:
  // A list as the query sees it. The reach of an entry at the squared distance s is how far it comes towards
  // the query, in spreads: (middle - s) * scale.
  struct Seen {
    float centroid_square;  // from the query
    float middle;           // mean square distance of the entries from the query
    float scale;
    float entries;
    std::uint32_t list;
  };

  void sort_up_to(std::size_t count);

  const Rotation& rotation_;
  Metric metric_;
  std::span<const float> query_;
  std::span<const ListView> lists_;
  std::vector<Seen> seen_;  // the first sorted_ are the nearest, in order
  std::size_t sorted_ = 0;
};

}  // namespace cairn::vector
