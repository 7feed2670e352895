// What the lists' codes are made and read with: every variant gives what the definition says, exactly.
#include <bit>
#include <cmath>

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

// Also where every entry is the largest, and 16 bits overflow.
TEST_P(ListKernels, LookupsAreSummedExactly) {
  for (const std::size_t groups : {16u, 32u, 48u, 96u, 192u, 240u, 256u, 272u, 384u, 512u, 528u, 2048u})
    for (const bool is_largest : {false, true}) {
      Shifted<std::uint8_t> codes(16 * groups, groups % 7), table(16 * groups, groups % 5);
      codes.fill([&] { return random(); });
      table.fill([&] { return is_largest ? 255 : random(); });
      std::vector<std::int32_t> sums(32, -1), expected(32);
      k.sum_lookups(codes.data(), groups, table.data(), sums.data());
      constexpr std::size_t kByteOfRow[] = {0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15};
      for (std::size_t g = 0; g < groups; ++g)
        for (std::size_t row = 0; row < 32; ++row) {
          const unsigned byte = codes[16 * g + kByteOfRow[row % 16]];
          expected[row] += table[16 * g + (row < 16 ? byte % 16 : byte / 16)];
        }
      ASSERT_EQ(sums, expected) << groups;
    }
}

INSTANTIATE_TEST_SUITE_P(Simd, ListKernels, every_variant(), variant_name);

}  // namespace
}  // namespace cairn::simd
