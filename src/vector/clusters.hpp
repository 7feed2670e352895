// Centroids for rows, and the nearest centroid of a row: how rows are divided into lists.
//
//   std::vector<float> centroids = find_centroids(rows, count, dims, 316, seed);
//   NearestCentroid nearest(std::move(centroids), dims);
//   std::size_t list = nearest(row);
//
// Distances are squared L2. For cosine the caller passes rows of unit length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cairn::vector {

// Rows to look at for each centroid. Of half as many, means are so rough that a search scans 3 to 8 % more.
inline constexpr std::size_t kSampledPerCentroid = 64;

// At most k centroids, packed, so placed that lists around them are short and of similar size. Looks at
// kSampledPerCentroid * k rows at most, chosen by `seed`; the same arguments give the same centroids. Rows
// that are not finite, or whose squares are not, are ignored; there are fewer centroids than k if few rows
// differ, and none without a finite row. A small k splits a list.
std::vector<float> find_centroids(const float* rows, std::size_t count, std::size_t dims, std::size_t k,
                                  std::uint64_t seed);

// Finds the centroid nearest to a row. Many are looked at by codes of four bits per dimension, for their
// vectors would be read out of memory rather than out of the processor's caches; of these the few that look
// nearest are compared. So the answer is nearly always the nearest: a row in another list is one that nobody
// looks for there. Not thread-safe: it keeps buffers.
class NearestCentroid {
 public:
  // REQUIRES: there is a centroid.
  NearestCentroid(std::vector<float> centroids, std::size_t dims);

  // A row that is not finite gets some centroid.
  std::size_t operator()(const float* row);

 private:
  struct Terms {
    float scale;   // what a step of the code is worth
    float square;  // what does not depend on the row
    std::size_t group;
  };
  struct Glance {
    float square;
    std::size_t number;
  };

  std::size_t nearest_exactly(const float* row, const std::vector<float>& centroids,
                              std::vector<float>& squares) const;
  void add_code(const float* centroid);
  void glance(const float* row);

  std::vector<float> centroids_;
  std::size_t dims_;
  // Where there are many: their codes, relative to the middles of groups.
  std::vector<float> center_, groups_;
  std::size_t bytes_ = 0;  // of a code, for two dimensions each
  std::vector<std::uint8_t> codes_;
  std::vector<Terms> terms_;
  // Of the row at hand.
  std::vector<float> rest_;
  std::vector<std::int8_t> low_, high_;
  std::vector<std::int32_t> dots_;
  std::vector<float> group_squares_, squares_;  // of its distances
};

}  // namespace cairn::vector
