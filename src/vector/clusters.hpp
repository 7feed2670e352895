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
#include <span>
#include <vector>

#include "vector/codes.hpp"

namespace cairn::vector {

// At most k centroids, packed, so placed that lists around them are short and of similar size. Looks at some
// 64 rows per centroid, chosen by `seed`; the same arguments give the same centroids. Rows that are not
// finite, or whose squares are not, are ignored; there are fewer centroids than k if few rows differ, and
// none without a finite row. With k = 2 this splits a list.
std::vector<float> find_centroids(const float* rows, std::size_t count, std::size_t dims, std::size_t k,
                                  std::uint64_t seed);

// Finds the centroid nearest to a row, by bounds where there are codes for such dimensions.
// Not thread-safe: it keeps buffers.
class NearestCentroid {
 public:
  // Copies nothing: `centroids` must outlive this. REQUIRES: count > 0.
  NearestCentroid(const float* centroids, std::size_t count, std::size_t dims);

  // The lower number where two are equally near. A row that is not finite gets some centroid.
  std::size_t operator()(const float* row);

 private:
  std::size_t measured(const float* row);
  std::size_t bounded(const float* row, const CodeBounds& bounds);

  const float* centroids_;
  std::size_t count_, dims_;
  std::vector<float> center_;  // of the codes: the mean of the centroids
  std::vector<std::byte> memory_;
  std::vector<CodedRows> coded_;  // one, or none without codes
  std::vector<float> keys_;
};

}  // namespace cairn::vector
