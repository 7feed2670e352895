// Making codes: every variant against what the header says a code is, computed in double.
#include <cmath>
#include <limits>

#include "simd/kernels_test.hpp"

namespace cairn::simd {
namespace {

class EncodeKernels : public EveryVariant {};

TEST_P(EncodeKernels, SubtractGivesTheDifferencesAndTheirSums) {
  std::normal_distribution<float> normal(0.0f, 3.0f);
  for (const std::size_t dims : lengths())
    for (std::size_t shift = 0; shift < 2; ++shift) {
      Shifted<float> row(dims, shift), center(dims, shift), rest(dims, shift);
      row.fill([&] { return normal(random); });
      center.fill([&] { return normal(random); });
      const auto sums = k.subtract(row.data(), center.data(), dims, rest.data());
      double square = 0, row_square = 0, largest = 0;
      for (std::size_t d = 0; d < dims; ++d) {
        ASSERT_EQ(rest[d], row[d] - center[d]);
        square += std::pow(static_cast<double>(rest[d]), 2);
        row_square += std::pow(static_cast<double>(row[d]), 2);
        largest = std::max(largest, std::abs(static_cast<double>(rest[d])));
      }
      const double gamma = static_cast<double>(dims + 2) * 0x1p-24 * 1.01;
      EXPECT_NEAR(static_cast<double>(sums.square), square, gamma * square);
      EXPECT_NEAR(static_cast<double>(sums.row_square), row_square, gamma * row_square);
      EXPECT_EQ(static_cast<double>(sums.largest), largest);
    }
}

TEST_P(EncodeKernels, WhatIsNotFiniteShowsInTheSum) {
  for (const std::size_t dims : {1u, 8u, 100u})
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
      std::vector<float> row(dims, 1.0f), center(dims), rest(dims);
      row[dims / 2] = bad;
      EXPECT_FALSE(std::isfinite(k.subtract(row.data(), center.data(), dims, rest.data()).square));
    }
}

TEST_P(EncodeKernels, CodesAreTheNearestAndWhatTheyLoseIsSummed) {
  std::normal_distribution<float> normal(0.0f, 1.0f);
  for (const std::size_t bytes : {32u, 64u, 192u, 4096u}) {
    std::vector<float> rest(2 * bytes);
    float largest = 0;
    for (float& x : rest) {
      x = normal(random);
      largest = std::max(largest, std::abs(x));
    }
    rest[1] = largest;
    rest[2] = -largest;
    rest[3] = 0;
    const float scale = largest / 127;
    std::vector<std::uint8_t> upper(bytes), lower(bytes);
    const auto lost = k.encode(rest.data(), bytes, scale, 1 / scale, upper.data(), lower.data());
    double square8 = 0, square4 = 0;
    for (std::size_t b = 0; b < bytes; ++b)
      for (const bool is_high : {false, true}) {
        const int shift = is_high ? 4 : 0;
        const int code = ((upper[b] >> shift) & 15) * 16 + ((lower[b] >> shift) & 15);
        const auto x = static_cast<double>(rest[2 * b - b % 32 + (is_high ? 32 : 0)]);
        const double lost8 = x - static_cast<double>(scale) * (code - 128);
        const double lost4 = x - static_cast<double>(scale) * ((code & 0xF0) - 120.5);
        ASSERT_LE(std::abs(lost8), static_cast<double>(scale) * 0.5001) << "code " << code;
        square8 += lost8 * lost8;
        square4 += lost4 * lost4;
      }
    EXPECT_NEAR(static_cast<double>(lost.square8), square8, square8 * 1e-3);
    EXPECT_NEAR(static_cast<double>(lost.square4), square4, square4 * 1e-3);
  }
}

INSTANTIATE_TEST_SUITE_P(Simd, EncodeKernels, every_variant(), variant_name);

}  // namespace
}  // namespace cairn::simd
