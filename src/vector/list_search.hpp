// The k nearest rows by lists, as many of them as a promised recall needs.
//
//   ListSearch search(rotation, Metric::l2, query, lists, centroid_codes);
//   TopK nearest(10);
//   ListOutcome outcome = search.run(0.95, nearest, rows);   // a ListSearch::Rows measures them
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
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "vector/centroid_codes.hpp"
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
  bool gave_up = false;  // the rest then means nothing
};

class ListSearch {
 public:
  // The caller's rows.
  class Rows {
   public:
    virtual ~Rows() = default;
    // The row is looked at soon, so this is a good time to fetch it.
    virtual void prefetch(std::uint64_t /*row*/) {}
    // What the squared distance, for cosine twice the distance, is at least. Worth its while where a vector
    // is dear; +infinity for a row that is gone or not wanted.
    virtual float lower_bound(std::uint64_t /*row*/) { return -std::numeric_limits<float>::infinity(); }
    // The row's distance as DistanceTo gives it, or nothing if the row is gone or not wanted.
    virtual std::optional<Scored> measure(std::uint64_t row) = 0;
  };

  // For cosine the query, the centroids and the coded rows are of unit length. `centroids` has those of
  // `lists`, in order. Everything must outlive this. REQUIRES: metric is l2 or cosine.
  ListSearch(const Rotation& rotation, Metric metric, std::span<const float> query,
             std::span<const ListView> lists, const CentroidCodes& centroids);

  // Adds to `nearest`, which may hold other rows already, what the lists have. `recall` is over 0 and at
  // most 1, which means every list. Of rows that lie alike in all directions few can be left out, and each
  // that cannot is dear: after some `most_bytes` of memory it gives up, to be done another way.
  ListOutcome run(double recall, TopK& nearest, Rows& rows,
                  double most_bytes = std::numeric_limits<double>::infinity());

 private:
  // A list as the query sees it. The reach of an entry at the squared distance s is how far it comes towards
  // the query, in spreads: (middle - s) * scale.
  struct Seen {
    float centroid_square;  // from the query
    float middle;           // mean square distance of the entries from the query
    float scale;            // 0: not to be reckoned with
    float entries;

    float reach_at(float square) const { return (middle - square) * scale; }
    float square_at(float reach) const;
  };

  Seen see(const ListView& list, float centroid_square) const;
  bool is_rough(std::size_t list) const;
  void sort_up_to(std::size_t count);

  const Rotation& rotation_;
  Metric metric_;
  std::span<const float> query_;
  std::span<const ListView> lists_;
  float least_spread_;
  std::vector<Seen> seen_;            // as lists_
  std::vector<float> errors_;         // of their centroid_squares, until order_ is sorted up to there
  std::vector<std::uint64_t> order_;  // the lists, those that are sorted_ by distance; list_search.cpp
  std::size_t sorted_ = 0;
};

}  // namespace cairn::vector
