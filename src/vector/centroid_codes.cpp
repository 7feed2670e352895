#include "vector/centroid_codes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "simd/kernels.hpp"

namespace cairn::vector {
namespace {

constexpr float kMostCode = 127;
// An element of a vector of length 1 is rounded to steps of some 3 / (127 sqrt(dims)), of whose square a 12th
// is the variance. Both vectors are rounded, and the dot product counts twice.
constexpr float kError = 0.02f;

float square_of(const float* vector, std::size_t dims) {
  float dot, square;
  simd::kernels().dot_norm_f32(vector, vector, 1, dims, &dot, &square);
  return square;
}

// Returns the scale. REQUIRES: all elements are finite.
float encode(const float* vector, std::size_t dims, std::int8_t* codes) {
  float largest = 0;
  for (std::size_t d = 0; d < dims; ++d) largest = std::max(largest, std::abs(vector[d]));
  const float scale = largest / kMostCode;
  const float inverse = scale > std::numeric_limits<float>::min() ? 1 / scale : 0;
  for (std::size_t d = 0; d < dims; ++d) {
    const float steps = vector[d] * inverse;
    codes[d] = static_cast<std::int8_t>(static_cast<std::int32_t>(steps + std::copysign(0.5f, steps)));
  }
  return scale;
}

}  // namespace

void CentroidCodes::add(const float* centroid) {
  const float square = square_of(centroid, dims_);
  codes_.resize(codes_.size() + dims_);
  const bool is_finite = std::isfinite(square);
  scales_.push_back(is_finite ? encode(centroid, dims_, codes_.data() + codes_.size() - dims_) : 0);
  lengths_.push_back(is_finite ? std::sqrt(square) : std::numeric_limits<float>::infinity());
}

void CentroidCodes::distances(const float* query, float* squares, float* errors) const {
  const float square = square_of(query, dims_);
  if (!std::isfinite(square)) {
    std::fill_n(squares, count(), std::numeric_limits<float>::quiet_NaN());
    std::fill_n(errors, count(), std::numeric_limits<float>::infinity());
    return;
  }
  std::vector<std::int8_t> coded(dims_);
  const float twice_scale = 2 * encode(query, dims_, coded.data());
  std::vector<std::int32_t> dots(count()), norms(count());
  simd::kernels().dot_norm_i8(coded.data(), codes_.data(), count(), dims_, dots.data(), norms.data());
  const float error = kError * std::sqrt(square / static_cast<float>(dims_));
  for (std::size_t i = 0; i < count(); ++i) {
    const float dot = twice_scale * scales_[i] * static_cast<float>(dots[i]);
    squares[i] = std::max(0.0f, square + lengths_[i] * lengths_[i] - dot);
    errors[i] = error * lengths_[i];
  }
}

}  // namespace cairn::vector
