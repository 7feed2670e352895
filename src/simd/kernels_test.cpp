#include "simd/kernels.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

namespace cairn::simd {
namespace {

constexpr unsigned kSeed = 20240611;
const std::size_t kDims[] = {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 127, 384, 768, 1001};
constexpr std::size_t kRows = 5;

// Values one element past the vector's own alignment, so that no kernel may rely on more than that.
template <class T>
struct Shifted {
  explicit Shifted(std::size_t n) : storage(n + 1) {}
  T* data() { return storage.data() + 1; }
  std::vector<T> storage;
};

struct Floats {
  Floats(std::size_t dims, float scale, std::mt19937& random) : query(dims), rows(dims * kRows) {
    std::normal_distribution<float> normal(0.0f, scale);
    for (std::size_t d = 0; d < dims; ++d) query.data()[d] = normal(random);
    for (std::size_t d = 0; d < dims * kRows; ++d) rows.data()[d] = normal(random);
    for (std::size_t d = 0; d < dims; ++d) rows.data()[d] = 0.0f;  // the first row is a zero vector
  }
  Shifted<float> query;
  Shifted<float> rows;
};

// Error of a float32 sum of `dims` terms in any order: dims rounding errors of the sum of magnitudes.
double tolerance(std::size_t dims, double magnitude) {
  return static_cast<double>(dims + 2) * std::numeric_limits<float>::epsilon() * magnitude +
         static_cast<double>(dims + 2) * std::numeric_limits<float>::denorm_min();
}

class EveryIsa : public testing::TestWithParam<const Kernels*> {};

TEST_P(EveryIsa, FloatKernelsAgreeWithADoubleSum) {
  const Kernels& k = *GetParam();
  SCOPED_TRACE(testing::Message() << k.name << ", seed " << kSeed);
  std::mt19937 random(kSeed);
  for (const std::size_t dims : kDims) {
    for (const float scale : {1.0f, 1e-20f, 1e15f}) {  // 1e-20 squared is a denormal float
      Floats in(dims, scale, random);
      std::vector<float> l2(kRows), dots(kRows), norms(kRows);
      std::vector<double> l1(kRows);
      k.l2_squared_f32(in.query.data(), in.rows.data(), kRows, dims, l2.data());
      k.dot_norm_f32(in.query.data(), in.rows.data(), kRows, dims, dots.data(), norms.data());
      k.l1_f32(in.query.data(), in.rows.data(), kRows, dims, l1.data());
      for (std::size_t i = 0; i < kRows; ++i) {
        double square = 0, dot = 0, magnitude = 0, norm = 0, absolute = 0;
        for (std::size_t d = 0; d < dims; ++d) {
          const double q = in.query.data()[d], r = in.rows.data()[i * dims + d];
          square += (q - r) * (q - r);
          dot += q * r;
          magnitude += std::abs(q * r);
          norm += r * r;
          absolute += std::abs(q - r);
        }
        EXPECT_NEAR(l2[i], square, 4 * tolerance(dims, square)) << "dims " << dims << " scale " << scale;
        EXPECT_NEAR(dots[i], dot, tolerance(dims, magnitude)) << "dims " << dims << " scale " << scale;
        EXPECT_NEAR(norms[i], norm, tolerance(dims, norm)) << "dims " << dims << " scale " << scale;
        EXPECT_NEAR(l1[i], absolute, 1e-12 * absolute) << "dims " << dims << " scale " << scale;
      }
      EXPECT_EQ(norms[0], 0.0f);
    }
  }
}

TEST_P(EveryIsa, IntegerKernelsAreExact) {
  const Kernels& k = *GetParam();
  SCOPED_TRACE(testing::Message() << k.name << ", seed " << kSeed);
  std::mt19937 random(kSeed);
  std::uniform_int_distribution<int> byte(-128, 127);
  for (const std::size_t dims :
       {std::size_t{8192}, std::size_t{1}, std::size_t{13}, std::size_t{32}, std::size_t{77}}) {
    Shifted<std::int8_t> query(dims), rows(dims * kRows);
    for (std::size_t d = 0; d < dims; ++d) query.data()[d] = static_cast<std::int8_t>(byte(random));
    for (std::size_t d = 0; d < dims * kRows; ++d) rows.data()[d] = static_cast<std::int8_t>(byte(random));
    // The largest sums that there are: -128 against 127.
    for (std::size_t d = 0; d < dims; ++d) rows.data()[d] = query.data()[d] < 0 ? 127 : -128;
    std::vector<std::int32_t> got[4];
    for (auto& out : got) out.resize(kRows);
    std::vector<std::int32_t> bits(kRows);
    k.l2_squared_i8(query.data(), rows.data(), kRows, dims, got[0].data());
    k.dot_norm_i8(query.data(), rows.data(), kRows, dims, got[1].data(), got[2].data());
    k.l1_i8(query.data(), rows.data(), kRows, dims, got[3].data());
    k.hamming(reinterpret_cast<const std::uint8_t*>(query.data()),
              reinterpret_cast<const std::uint8_t*>(rows.data()), kRows, dims, bits.data());
    for (std::size_t i = 0; i < kRows; ++i) {
      int square = 0, dot = 0, norm = 0, absolute = 0, differing = 0;
      for (std::size_t d = 0; d < dims; ++d) {
        const int q = query.data()[d], r = rows.data()[i * dims + d];
        square += (q - r) * (q - r);
        dot += q * r;
        norm += r * r;
        absolute += std::abs(q - r);
        for (int bit = 0; bit < 8; ++bit) differing += ((q >> bit) & 1) != ((r >> bit) & 1);
      }
      EXPECT_EQ(got[0][i], square) << dims;
      EXPECT_EQ(got[1][i], dot) << dims;
      EXPECT_EQ(got[2][i], norm) << dims;
      EXPECT_EQ(got[3][i], absolute) << dims;
      EXPECT_EQ(bits[i], differing) << dims;
    }
  }
}

// Query elements and codes at random, and in one run the largest sums that there are.
TEST_P(EveryIsa, NibbleKernelsAreExact) {
  const Kernels& k = *GetParam();
  SCOPED_TRACE(testing::Message() << k.name << ", seed " << kSeed);
  std::mt19937 random(kSeed);
  std::vector<std::size_t> lengths{96, 192, 384, 416, 512, 1001, 4096};
  for (std::size_t bytes = 0; bytes <= 130; ++bytes) lengths.push_back(bytes);
  for (const std::size_t bytes : lengths) {
    for (const bool extreme : {false, true}) {
      Shifted<std::uint8_t> rows(bytes * kRows), lower(bytes);
      Shifted<std::int8_t> low(bytes), high(bytes);
      Shifted<std::int16_t> wide_low(bytes), wide_high(bytes);
      const int largest = bytes == 0 ? 0 : std::min(32767, (1 << 22) / static_cast<int>(bytes));
      std::uniform_int_distribution<int> wide(-largest, largest);
      for (std::size_t b = 0; b < bytes * kRows; ++b) rows.data()[b] = static_cast<std::uint8_t>(random());
      for (std::size_t b = 0; b < bytes; ++b) {
        lower.data()[b] = extreme ? 255 : static_cast<std::uint8_t>(random());
        low.data()[b] = static_cast<std::int8_t>(extreme ? -128 : static_cast<int>(random() % 256) - 128);
        high.data()[b] = static_cast<std::int8_t>(extreme ? -128 : static_cast<int>(random() % 256) - 128);
        wide_low.data()[b] = static_cast<std::int16_t>(extreme ? -largest : wide(random));
        wide_high.data()[b] = static_cast<std::int16_t>(extreme ? -largest : wide(random));
        rows.data()[b] = 255;
      }
      std::vector<std::int32_t> got(kRows);
      k.dot_nibbles(rows.data(), kRows, bytes, low.data(), high.data(), got.data());
      for (std::size_t i = 0; i < kRows; ++i) {
        const std::uint8_t* row = rows.data() + i * bytes;
        int nibbles = 0, split = 0;
        for (std::size_t b = 0; b < bytes; ++b) {
          nibbles += row[b] % 16 * low.data()[b] + row[b] / 16 * high.data()[b];
          split += (row[b] % 16 * 16 + lower.data()[b] % 16) * wide_low.data()[b];
          split += (row[b] / 16 * 16 + lower.data()[b] / 16) * wide_high.data()[b];
        }
        EXPECT_EQ(got[i], nibbles) << bytes;
        EXPECT_EQ(k.dot_split_bytes(row, lower.data(), bytes, wide_low.data(), wide_high.data()), split)
            << bytes;
      }
    }
  }
}

TEST_P(EveryIsa, NanStaysNan) {
  const Kernels& k = *GetParam();
  for (const std::size_t dims : kDims) {
    std::vector<float> query(dims, 1.0f), row(dims, 1.0f);
    row[dims - 1] = std::numeric_limits<float>::quiet_NaN();
    float l2 = 0, dot = 0, norm = 0;
    k.l2_squared_f32(query.data(), row.data(), 1, dims, &l2);
    k.dot_norm_f32(query.data(), row.data(), 1, dims, &dot, &norm);
    EXPECT_TRUE(std::isnan(l2) && std::isnan(dot) && std::isnan(norm)) << dims;
  }
}

INSTANTIATE_TEST_SUITE_P(Simd, EveryIsa,
                         testing::ValuesIn(available_kernels().begin(), available_kernels().end()),
                         [](const auto& param_info) { return std::string(param_info.param->name); });

TEST(Dispatch, TheChosenKernelsAreAvailable) {
  bool found = false;
  for (const Kernels* k : available_kernels()) found |= k == &kernels();
  EXPECT_TRUE(found);
  EXPECT_STREQ(available_kernels().front()->name, "scalar");
}

}  // namespace
}  // namespace cairn::simd
