// Distances between vectors of one type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "vector/vector.hpp"

namespace cairn::vector {

enum class Metric : std::uint8_t { l2, cosine, l1, hamming };

// hamming is for bit vectors, and the only metric for them.
constexpr bool is_defined(Metric metric, ElementType type) noexcept {
  return (metric == Metric::hamming) == (type == ElementType::bit);
}

// One pair, as the SQL functions return it: rounded to float32 but for L1, which is a double sum.
// Cosine is 1 - cos, and NaN where a vector is zero. L2 is the root, not the square.
// REQUIRES: equal types and dimensions, is_defined(metric, type).
double distance(Metric metric, const Vector& a, const Vector& b);

// One query against many rows.
//
//   DistanceTo distance(Metric::cosine, query);
//   distance(rows, count, out);
//
// Not thread-safe: it keeps a buffer.
class DistanceTo {
 public:
  DistanceTo(Metric metric, Vector query);

  // `rows` holds `count` packed vectors and is aligned for the element type. out[i] is the distance that
  // distance() returns, as float; what has none (NaN: a zero vector under cosine, a NaN in a file) is
  // +infinity, so that it orders last.
  void operator()(const std::byte* rows, std::size_t count, float* out);

  const Vector& query() const noexcept { return query_; }

 private:
  void float_distances(const float* rows, std::size_t count, float* out);
  void int8_distances(const std::int8_t* rows, std::size_t count, float* out);

  Metric metric_;
  Vector query_;
  double query_norm_ = 0;  // |query|, for cosine
  std::vector<double> doubles_;
  std::vector<float> floats_;
  std::vector<std::int32_t> ints_;
};

}  // namespace cairn::vector
