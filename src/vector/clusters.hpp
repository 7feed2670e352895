// Centroids for rows, and the nearest centroid of a row: how rows are divided into lists.
//
//   std::vector<float> centroids = find_centroids(rows, count, dims, 316, seed);
//   NearestCentroid nearest(centroids.data(), centroids.size() / dims, dims);
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

// Finds the centroid nearest to a row. Of many, those of the groups that lie nearest are compared, by codes
// of four bits per dimension: the answer is then nearly always the nearest, and otherwise one that is hardly
// farther. What it is for asks for no more, and vectors would be read out of memory rather than out of the
// processor's caches.
// Not thread-safe: it keeps buffers.
class NearestCentroid {
 public:
  // REQUIRES: count > 0.
  NearestCentroid(const float* centroids, std::size_t count, std::size_t dims);

  // A row that is not finite gets some centroid.
  std::size_t operator()(const float* row);

 private:
  std::size_t nearest_exactly(const float* row);
  void add_code(const float* centroid, const float* center);
  void glance(const float* row, std::size_t group);

  std::size_t dims_;
  std::vector<float> exact_;    // the centroids, or where they are many the centers of their groups
  std::vector<float> squares_;  // of distances from these
  // The centroids of the groups, one group after the other: what the caller calls them, and their codes,
  // relative to the group's center.
  std::vector<std::size_t> starts_;  // of each group in the following; then the end
  std::vector<std::size_t> numbers_;
  std::size_t bytes_;  // of a code, for two dimensions each
  std::vector<std::uint8_t> codes_;
  struct Terms {
    float scale, square;  // what a step of the code is worth; the squared distance from the center
  };
  std::vector<Terms> terms_;
  // Of the row at hand and a group.
  std::vector<float> rest_;
  std::vector<std::int8_t> low_, high_;
  std::vector<std::int32_t> dots_;
  std::vector<float> glances_;
};

}  // namespace cairn::vector
