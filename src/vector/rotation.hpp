// A random orthogonal map: it keeps lengths and dot products, and makes every direction of space alike, so
// that the signs of a vector's elements say equally much about it whatever the data.
//
//   Rotation rotation(384, seed);
//   std::vector<float> rotated(rotation.padded());
//   rotation(row, rotated.data());
//
// It goes from dims() to padded() dimensions: padded() is the next multiple of 64, and the elements that are
// added count as zeros. The same seed gives the same map on every machine, for ever: files keep codes that
// were made with it.
//
// Immutable; may be called from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cairn::vector {

class Rotation {
 public:
  // REQUIRES: 1 <= dims <= 8192.
  Rotation(std::size_t dims, std::uint64_t seed);

  std::size_t dims() const noexcept { return dims_; }
  std::size_t padded() const noexcept { return padded_; }

  // `in` holds dims() floats, `out` padded(); they do not overlap. Lengths are kept but for the rounding of
  // float32. What is not finite spreads to other elements.
  void operator()(const float* in, float* out) const;
  std::vector<float> operator()(const float* in) const;

 private:
  std::size_t dims_, padded_;
  std::size_t transformed_;   // the largest power of two that padded_ has room for
  std::vector<float> signs_;  // 1 or -1, padded_ for each round
};

}  // namespace cairn::vector
