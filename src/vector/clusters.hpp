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

// At most k centroids, packed, so placed that lists around them are short and of similar size. Looks at some
// 64 rows per centroid, chosen by `seed`; the same arguments give the same centroids. Rows that are not
// finite, or whose squares are not, are ignored; there are fewer centroids than k if few rows differ, and
// none without a finite row. With k = 2 this splits a list.
std::vector<float> find_centroids(const float* rows, std::size_t count, std::size_t dims, std::size_t k,
                                  std::uint64_t seed);

// Finds the centroid nearest to a row. Of many, only those of the groups that lie nearest are compared: the
// answer is then nearly always the nearest, and otherwise one that is hardly farther.
// Not thread-safe: it keeps buffers.
class NearestCentroid {
 public:
  // REQUIRES: count > 0.
  NearestCentroid(const float* centroids, std::size_t count, std::size_t dims);

  // The lower number where two are equally near. A row that is not finite gets some centroid.
  std::size_t operator()(const float* row);

 private:
  std::size_t dims_;
  std::vector<float> group_centers_;
  std::vector<std::size_t> starts_;  // of each group in what follows; then the end
  std::vector<float> centroids_;     // a group's together
  std::vector<std::size_t> numbers_;
  std::vector<float> to_groups_, to_centroids_;  // squared distances of the row at hand
};

}  // namespace cairn::vector
