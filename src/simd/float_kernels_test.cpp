#include <cmath>
#include <limits>

#include "simd/kernels_test.hpp"

namespace cairn::simd {
namespace {

// Where a test tries every position in a vector.
constexpr std::size_t kFewLengths[] = {1, 2, 7, 8, 9, 16, 33, 100, 127};
constexpr float kInfinity = std::numeric_limits<float>::infinity();

// The error that kernels.hpp promises, for sums of `dims` terms whose magnitudes add up to `magnitude`.
double float_error(std::size_t dims, double magnitude) {
  const auto n = static_cast<double>(dims);
  return (n + 2) * std::ldexp(1.01, -24) * magnitude + n * std::ldexp(1.0, -149);
}
double double_error(std::size_t dims, double magnitude) {
  return static_cast<double>(dims + 2) * std::ldexp(1.01, -53) * magnitude;
}

// All float kernels over the same rows.
struct Results {
  Results(const Kernels& k, const float* query, const float* rows, std::size_t count, std::size_t dims)
      : l2(count), dots(count), norms(count), l1(count) {
    k.l2_squared_f32(query, rows, count, dims, l2.data());
    k.dot_norm_f32(query, rows, count, dims, dots.data(), norms.data());
    k.l1_f32(query, rows, count, dims, l1.data());
  }
  std::vector<float> l2, dots, norms;
  std::vector<double> l1;
};

class FloatKernels : public EveryVariant {
 protected:
  void expect_the_promised_error(Shifted<float>& query, Shifted<float>& rows, std::size_t dims) {
    const Results got(k, query.data(), rows.data(), kRows, dims);
    for (std::size_t i = 0; i < kRows; ++i) {
      double square = 0, dot = 0, magnitude = 0, norm = 0, absolute = 0;
      for (std::size_t d = 0; d < dims; ++d) {
        const double q = query[d], r = rows[i * dims + d];
        square += (q - r) * (q - r);
        dot += q * r;
        magnitude += std::abs(q * r);
        norm += r * r;
        absolute += std::abs(q - r);
      }
      EXPECT_LE(std::abs(got.l2[i] - square), float_error(dims, square));
      EXPECT_LE(std::abs(got.dots[i] - dot), float_error(dims, magnitude));
      EXPECT_LE(std::abs(got.norms[i] - norm), float_error(dims, norm));
      EXPECT_LE(std::abs(got.l1[i] - absolute), 2 * double_error(dims, absolute));  // the reference errs too
    }
  }
};

// From sums of ordinary numbers to those whose inputs, or only their squares, are denormal.
TEST_P(FloatKernels, KeepThePromisedError) {
  std::normal_distribution<float> normal;
  for (const std::size_t dims : lengths()) {
    for (const float scale : {1.0f, 1e-20f, 1e-40f, 1e15f}) {
      const std::size_t shift = dims % 4;
      SCOPED_TRACE(testing::Message() << "dims " << dims << ", scale " << scale << ", shift " << shift);
      Shifted<float> query(dims, shift), rows(dims * kRows, shift);
      query.fill([&] { return scale * normal(random); });
      rows.fill([&] { return scale * normal(random); });
      for (std::size_t d = 0; d < dims; ++d) {
        rows[d] = 0.0f;                  // a row of zeros
        rows[dims + d] = query[d];       // one at no distance
        rows[2 * dims + d] *= 1e-3f;     // and one of another magnitude
        rows[3 * dims + d] = -query[d];  // whose dot product cancels nothing
      }
      expect_the_promised_error(query, rows, dims);
    }
  }
}

// The worst case: at 2^24 a float counts in twos, and each one and a bit that is added to it rounds up. The
// scalar loop comes within two hundredths of what is promised.
TEST_P(FloatKernels, KeepThePromisedErrorWhereEveryStepRoundsUp) {
  for (const std::size_t dims : lengths()) {
    SCOPED_TRACE(testing::Message() << "dims " << dims);
    Shifted<float> query(dims, 1), rows(dims * kRows, 1);
    query.fill([] { return 1.0f; });
    rows.fill([] { return 1.0f + std::ldexp(1.0f, -23); });
    for (std::size_t i = 0; i < kRows && dims > 0; ++i) query[0] = rows[i * dims] = 4096.0f;
    expect_the_promised_error(query, rows, dims);
  }
}

// Every row's result is its own, whatever rows are beside it: one pair is a scan of one row.
TEST_P(FloatKernels, GiveARowTheSameResultAloneAndAmongOthers) {
  std::normal_distribution<float> normal;
  for (const std::size_t dims : lengths()) {
    Shifted<float> query(dims, 1), rows(dims * kRows, 3);
    query.fill([&] { return normal(random); });
    rows.fill([&] { return normal(random); });
    const Results all(k, query.data(), rows.data(), kRows, dims);
    for (std::size_t i = 0; i < kRows; ++i) {
      const Results one(k, query.data(), rows.data() + i * dims, 1, dims);
      EXPECT_EQ(one.l2[0], all.l2[i]) << dims;
      EXPECT_EQ(one.dots[0], all.dots[i]) << dims;
      EXPECT_EQ(one.norms[0], all.norms[i]) << dims;
      EXPECT_EQ(one.l1[0], all.l1[i]) << dims;
    }
  }
}

TEST_P(FloatKernels, OverflowToInfinityAndNoSooner) {
  for (const std::size_t dims : kFewLengths) {
    std::vector<float> query(dims), row(dims);
    for (std::size_t d = 0; d < dims; ++d) {
      query.assign(dims, 0.0f);
      row.assign(dims, 0.0f);
      row[d] = 1.8e19f;  // its square is 3.24e38, and the largest float 3.40e38
      Results got(k, query.data(), row.data(), 1, dims);
      EXPECT_EQ(got.l2[0], row[d] * row[d]);
      EXPECT_EQ(got.norms[0], row[d] * row[d]);
      query[d] = row[d] = std::numeric_limits<float>::max();
      got = Results(k, query.data(), row.data(), 1, dims);
      EXPECT_EQ(got.l2[0], 0.0f);
      EXPECT_EQ(got.dots[0], kInfinity);
      EXPECT_EQ(got.norms[0], kInfinity);
      query[d] = -row[d];
      got = Results(k, query.data(), row.data(), 1, dims);
      EXPECT_EQ(got.l2[0], kInfinity);
      EXPECT_EQ(got.dots[0], -kInfinity);
      EXPECT_EQ(got.l1[0], 2.0 * std::numeric_limits<float>::max());
    }
  }
}

TEST_P(FloatKernels, NanStaysNan) {
  for (const std::size_t dims : kFewLengths) {
    for (std::size_t d = 0; d < dims; ++d) {
      std::vector<float> query(dims, 1.0f), row(dims, 1.0f);
      row[d] = std::numeric_limits<float>::quiet_NaN();
      const Results got(k, query.data(), row.data(), 1, dims);
      EXPECT_TRUE(std::isnan(got.l2[0]) && std::isnan(got.dots[0])) << dims << ", at " << d;
      EXPECT_TRUE(std::isnan(got.norms[0]) && std::isnan(got.l1[0])) << dims << ", at " << d;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Simd, FloatKernels, every_variant(), variant_name);

}  // namespace
}  // namespace cairn::simd
