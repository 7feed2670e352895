#include <algorithm>
#include <bit>
#include <cstdlib>

#include "simd/kernels_test.hpp"

namespace cairn::simd {
namespace {

// How elements are drawn. Extremes make the largest sums that there are, and find what saturates or wraps.
enum class Draw { any, extreme, lowest };
constexpr Draw kDraws[] = {Draw::any, Draw::extreme, Draw::lowest};

class IntegerKernels : public EveryVariant {
 protected:
  int draw(Draw how, int low, int high) {
    if (how == Draw::lowest) return low;
    if (how == Draw::extreme) return random() % 2 ? low : high;
    return std::uniform_int_distribution<int>(low, high)(random);
  }
};

TEST_P(IntegerKernels, Int8DistancesAreExact) {
  for (const std::size_t dims : lengths()) {
    for (const Draw how : kDraws) {
      SCOPED_TRACE(testing::Message() << "dims " << dims << ", draw " << static_cast<int>(how));
      Shifted<std::int8_t> query(dims, dims % 3), rows(dims * kRows, dims % 5);
      query.fill([&] { return draw(how, -128, 127); });
      rows.fill([&] { return draw(how, -128, 127); });
      for (std::size_t d = 0; d < dims; ++d) rows[d] = query[d] < 0 ? 127 : -128;  // as far as can be
      std::vector<std::int32_t> l2(kRows), dots(kRows), norms(kRows), l1(kRows);
      k.l2_squared_i8(query.data(), rows.data(), kRows, dims, l2.data());
      k.dot_norm_i8(query.data(), rows.data(), kRows, dims, dots.data(), norms.data());
      k.l1_i8(query.data(), rows.data(), kRows, dims, l1.data());
      for (std::size_t i = 0; i < kRows; ++i) {
        int square = 0, dot = 0, norm = 0, absolute = 0;
        for (std::size_t d = 0; d < dims; ++d) {
          const int q = query[d], r = rows[i * dims + d];
          square += (q - r) * (q - r);
          dot += q * r;
          norm += r * r;
          absolute += std::abs(q - r);
        }
        EXPECT_EQ(l2[i], square);
        EXPECT_EQ(dots[i], dot);
        EXPECT_EQ(norms[i], norm);
        EXPECT_EQ(l1[i], absolute);
      }
    }
  }
}

TEST_P(IntegerKernels, HammingCountsEveryDifferingBit) {
  for (const std::size_t bytes : lengths()) {
    for (const Draw how : kDraws) {
      SCOPED_TRACE(testing::Message() << "bytes " << bytes << ", draw " << static_cast<int>(how));
      Shifted<std::uint8_t> query(bytes, bytes % 3), rows(bytes * kRows, bytes % 5);
      query.fill([&] { return draw(how, 0, 255); });
      rows.fill([&] { return draw(how, 0, 255); });
      for (std::size_t b = 0; b < bytes; ++b) rows[b] = static_cast<std::uint8_t>(~query[b]);
      std::vector<std::int32_t> got(kRows);
      k.hamming(query.data(), rows.data(), kRows, bytes, got.data());
      for (std::size_t i = 0; i < kRows; ++i) {
        int differing = 0;
        for (std::size_t b = 0; b < bytes; ++b)
          differing += std::popcount(static_cast<unsigned>(query[b] ^ rows[i * bytes + b]));
        EXPECT_EQ(got[i], differing);
      }
    }
  }
}

TEST_P(IntegerKernels, NibbleCodesAreExact) {
  for (const std::size_t bytes : lengths()) {
    for (const Draw how : kDraws) {
      SCOPED_TRACE(testing::Message() << "bytes " << bytes << ", draw " << static_cast<int>(how));
      Shifted<std::uint8_t> rows(bytes * kRows, bytes % 5);
      Shifted<std::int8_t> low(bytes, bytes % 3), high(bytes, bytes % 7);
      rows.fill([&] { return draw(how, 0, 255); });
      low.fill([&] { return draw(how, -128, 127); });
      high.fill([&] { return draw(how, -128, 127); });
      for (std::size_t b = 0; b < bytes; ++b) rows[b] = 255;
      std::vector<std::int32_t> got(kRows);
      k.dot_nibbles(rows.data(), kRows, bytes, low.data(), high.data(), got.data());
      for (std::size_t i = 0; i < kRows; ++i) {
        int dot = 0;
        for (std::size_t b = 0; b < bytes; ++b)
          dot += rows[i * bytes + b] % 16 * low[b] + rows[i * bytes + b] / 16 * high[b];
        EXPECT_EQ(got[i], dot);
      }
    }
  }
}

TEST_P(IntegerKernels, SplitCodesAreExactUpToTheLargestQueryAllowed) {
  for (const std::size_t bytes : lengths()) {
    for (const Draw how : kDraws) {
      SCOPED_TRACE(testing::Message() << "bytes " << bytes << ", draw " << static_cast<int>(how));
      const auto pairs = static_cast<int>(std::max<std::size_t>(bytes, 1));
      const int largest = std::min(32767, 0x7FFFFFFF / 255 / 2 / pairs);
      Shifted<std::uint8_t> upper(bytes, bytes % 3), lower(bytes, bytes % 5);
      Shifted<std::int16_t> low(bytes, bytes % 2), high(bytes, bytes % 7);
      upper.fill([&] { return 255 - draw(how, 0, 255); });
      lower.fill([&] { return 255 - draw(how, 0, 255); });
      low.fill([&] { return draw(how, -largest, largest); });
      high.fill([&] { return draw(how, -largest, largest); });
      int dot = 0;
      for (std::size_t b = 0; b < bytes; ++b) {
        dot += (upper[b] % 16 * 16 + lower[b] % 16) * low[b];
        dot += (upper[b] / 16 * 16 + lower[b] / 16) * high[b];
      }
      EXPECT_EQ(k.dot_split_bytes(upper.data(), lower.data(), bytes, low.data(), high.data()), dot);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Simd, IntegerKernels, every_variant(), variant_name);

}  // namespace
}  // namespace cairn::simd
