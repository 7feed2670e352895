// What the lists' codes are made and read with: every variant gives what the definition says, exactly.
#include <bit>
#include <cmath>
#include <limits>

#include "simd/kernels_test.hpp"

namespace cairn::simd {
namespace {

class ListKernels : public EveryVariant {};

// Element i of the transform of v is the sum of v[j], negative where i and j share an odd number of bits.
TEST_P(ListKernels, HadamardIsItsDefinition) {
  for (std::size_t size = 64; size <= 8192; size *= 2) {
    Shifted<float> values(size, size / 64 % 3);
    values.fill([&] { return static_cast<int>(random() % 201) - 100; });  // all sums are exact
    std::vector<float> before(values.data(), values.data() + size);
    k.hadamard(values.data(), size, 0.5f);
    for (std::size_t i = 0; i < size; i += size / 64 + 1) {
      float sum = 0;
      for (std::size_t j = 0; j < size; ++j) sum += std::popcount(i & j) % 2 ? -before[j] : before[j];
      ASSERT_EQ(values[i], sum * 0.5f) << size << ' ' << i;
    }
  }
}

TEST_P(ListKernels, HadamardRoundsAsTheScalar) {
  std::normal_distribution<float> normal;
  for (std::size_t size = 64; size <= 8192; size *= 2) {
    std::vector<float> values(size);
    for (float& x : values) x = normal(random);
    std::vector<float> expected = values;
    const auto scale = static_cast<float>(1 / std::sqrt(static_cast<double>(size)));
    k.hadamard(values.data(), size, scale);
    available_kernels().front()->hadamard(expected.data(), size, scale);
    ASSERT_EQ(values, expected) << size;
  }
}

// Numbers are small and scales powers of two, so that no variant has anything to round. Also where every
// entry is the largest, and 16 bits overflow.
TEST_P(ListKernels, BlocksAreScannedExactly) {
  for (const std::size_t groups : {16u, 32u, 48u, 96u, 192u, 240u, 256u, 272u, 384u, 512u, 528u, 2048u})
    for (const bool is_largest : {false, true}) {
      Shifted<std::uint8_t> block(16 * groups + 3 * 32 * sizeof(float), 0), table(16 * groups, groups % 5);
      block.fill([&] { return random(); });
      table.fill([&] { return is_largest ? 255 : random(); });
      auto* const factors = reinterpret_cast<float*>(block.data() + 16 * groups);
      for (int i = 0; i < 96; ++i) factors[i] = static_cast<float>(random() % 64) - 32;
      std::vector<float> expected(32);  // the sums
      constexpr std::size_t kByteOfRow[] = {0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15};
      for (std::size_t g = 0; g < groups; ++g)
        for (std::size_t row = 0; row < 32; ++row) {
          const unsigned byte = block[16 * g + kByteOfRow[row % 16]];
          expected[row] += table[16 * g + (row < 16 ? byte % 16 : byte / 16)];
        }
      std::vector<float> expected_lows(32);
      for (std::size_t row = 0; row < 32; ++row) {
        expected[row] = factors[row] + 5 + factors[32 + row] * (0.125f * expected[row] - 7);
        expected_lows[row] = expected[row] + factors[32 + row] * 3 - (4 * factors[64 + row] + 0.5f);
      }
      Kernels::BlockTerms terms{0.125f, -7, 3, 5, 4, 0.5f, expected_lows[9], expected[11]};
      std::uint32_t expected_rows = 0;
      for (std::size_t row = 0; row < 32; ++row)
        expected_rows |=
            std::uint32_t{expected_lows[row] <= terms.most_low || expected[row] < terms.most_estimate} << row;
      std::vector<float> estimates(32), lows(32);
      const std::uint32_t rows =
          k.scan_block(block.data(), groups, table.data(), terms, estimates.data(), lows.data());
      ASSERT_EQ(estimates, expected) << groups;
      ASSERT_EQ(lows, expected_lows) << groups;
      ASSERT_EQ(rows, expected_rows) << groups;
    }
}

TEST_P(ListKernels, WhateverABlockHoldsItsBoundsAreNumbers) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  std::vector<std::uint8_t> block(16 * 16 + 3 * 32 * sizeof(float)), table(16 * 16, 1);
  const float kinds[] = {0, -1, kInfinity, -kInfinity, std::nanf("")};
  for (int round = 0; round < 200; ++round) {
    auto* const factors = reinterpret_cast<float*>(block.data() + 16 * 16);
    for (int i = 0; i < 96; ++i) factors[i] = kinds[random() % 5];
    const Kernels::BlockTerms terms{kinds[random() % 5], 1,         2, kinds[random() % 5], 1, 1,
                                    -kInfinity,          -kInfinity};
    float estimates[32], lows[32];
    const std::uint32_t rows = k.scan_block(block.data(), 16, table.data(), terms, estimates, lows);
    for (int row = 0; row < 32; ++row) {
      ASSERT_FALSE(std::isnan(estimates[row]) || std::isnan(lows[row]));
      // What has no bound is always wanted.
      ASSERT_EQ(rows >> row & 1, lows[row] == -kInfinity ? 1u : 0u);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Simd, ListKernels, every_variant(), variant_name);

}  // namespace
}  // namespace cairn::simd
