// Estimates and bounds against the squared distance in double.
#include "vector/list_codes.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>

#include "vector/generated_rows.hpp"

namespace cairn::vector {
namespace {

constexpr unsigned kSeed = 1931;

double square_distance(const float* a, const float* b, std::size_t dims) {
  double sum = 0;
  for (std::size_t d = 0; d < dims; ++d)
    sum += std::pow(static_cast<double>(a[d]) - static_cast<double>(b[d]), 2);
  return sum;
}

double square_norm(const float* v, std::size_t dims) {
  return square_distance(v, std::vector<float>(dims).data(), dims);
}

// Blocks of floats' alignment that end where their allocation does.
struct Blocks {
  Blocks(const Rotation& rotation, std::size_t rows)
      : bytes(list_block_bytes(rotation.padded())), memory((rows + 31) / 32 * bytes / sizeof(float)) {}
  std::byte* of(std::size_t row) {
    return reinterpret_cast<std::byte*>(memory.data()) + row / kBlockRows * bytes;
  }
  std::size_t bytes;
  std::vector<float> memory;
};

struct Estimates {
  std::vector<float> estimates, lows;
};

// Encodes all rows as one list and estimates their distances.
Estimates estimate(const Rotation& rotation, const std::vector<float>& centroid,
                   const testing::GeneratedRows& made, float epsilon) {
  Blocks blocks(rotation, made.count);
  ListEncoder encoder(rotation(centroid.data()));
  for (std::size_t i = 0; i < made.count; ++i) {
    const double square = encoder.encode(rotation(made.row(i)).data(), blocks.of(i), i % kBlockRows);
    const double expected = square_distance(made.row(i), centroid.data(), made.dims);
    if (std::isfinite(square)) {
      EXPECT_NEAR(square, expected, 1e-3 * expected + 1e-9 * square_norm(made.row(i), made.dims) + 1e-37);
    }
  }
  const ListQuery query(rotation, made.query.data(), epsilon);
  const auto centroid_square =
      static_cast<float>(square_distance(made.query.data(), centroid.data(), made.dims));
  const std::size_t places = (made.count + 31) / 32 * 32;
  Estimates out{std::vector<float>(places), std::vector<float>(places)};
  for (std::size_t i = 0; i < places; i += kBlockRows)
    query.scan(blocks.of(i), query.in_list(centroid_square), out.estimates.data() + i, out.lows.data() + i);
  return out;
}

std::vector<float> mean_of(const testing::GeneratedRows& made) {
  std::vector<float> mean(made.dims);
  for (std::size_t i = 0; i < made.count; ++i)
    for (std::size_t d = 0; d < made.dims; ++d) mean[d] += made.row(i)[d] / static_cast<float>(made.count);
  return mean;
}

// The sine of the angle at `corner` between the directions of a and b.
double sine(const float* corner, const float* a, const float* b, std::size_t dims) {
  const double from_a = square_distance(corner, a, dims), from_b = square_distance(corner, b, dims);
  const double cosine = (from_a + from_b - square_distance(a, b, dims)) / (2 * std::sqrt(from_a * from_b));
  return std::sqrt(1 - cosine * cosine);
}

// The error in standard deviations: no bias, the spread that is claimed, and tails as a normal distribution
// has them. What is claimed supposes that q - c is at a right angle to r, where the error is largest. Rows
// and queries are random, and so is the rotation each time.
TEST(ListCodes, ErrorsAreAsClaimed) {
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  for (const char* kind : {"normal", "grid", "sparse", "unit"})
    for (const std::size_t dims : {64u, 100u, 384u, 768u, 1536u}) {
      double sum = 0, square = 0, beyond = 0, count = 0;
      for (int round = 0; round < 40; ++round) {
        const auto made = testing::generate_rows(kind, dims, 32, random);
        const auto centroid = mean_of(made);
        constexpr float kEpsilon = 1.9f;
        const auto got = estimate(Rotation(dims, random()), centroid, made, kEpsilon);
        for (std::size_t i = 0; i < made.count; ++i) {
          const double distance = square_distance(made.query.data(), made.row(i), dims);
          if (distance <= 0) continue;  // the query is this row
          const auto estimate = static_cast<double>(got.estimates[i]);
          const auto low = static_cast<double>(got.lows[i]);
          const double deviation = (estimate - low) / static_cast<double>(kEpsilon) *
                                   sine(centroid.data(), made.query.data(), made.row(i), dims);
          const double deviations = (estimate - distance) / deviation;
          sum += deviations;
          square += deviations * deviations;
          beyond += std::abs(deviations) > static_cast<double>(kEpsilon);
          ++count;
        }
      }
      SCOPED_TRACE(::testing::Message() << kind << ' ' << dims);
      EXPECT_NEAR(sum / count, 0, 4 / std::sqrt(count));
      EXPECT_NEAR(square / count, 1, 0.12);
      EXPECT_NEAR(beyond / count, 0.057, 0.015);
    }
}

// An estimate is useful if its error is far below the distances: 1.5 |r| |q - c| / sqrt(dims).
TEST(ListCodes, ErrorsAreSmall) {
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  for (const std::size_t dims : {64u, 384u, 1536u}) {
    const auto made = testing::generate_rows("unit", dims, 320, random);
    const std::vector<float> centroid(dims);
    const auto got = estimate(Rotation(dims, 1), centroid, made, 1.0f);
    float sum = 0;
    for (std::size_t i = 0; i < made.count; ++i) sum += got.estimates[i] - got.lows[i];
    EXPECT_LE(sum / static_cast<float>(made.count), 1.6f / std::sqrt(static_cast<float>(dims)));
  }
}

TEST(ListCodes, RowsOfEveryKindHaveEstimatesAndBounds) {
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  for (const char* kind : testing::kKinds)
    for (const std::size_t dims : {1u, 2u, 64u, 65u, 100u, 384u, 1000u, 1028u, 2048u, 8192u}) {
      SCOPED_TRACE(::testing::Message() << kind << ' ' << dims);
      const auto made = testing::generate_rows(kind, dims, 40, random);
      auto centroid = mean_of(made);
      for (float& x : centroid)
        if (!std::isfinite(x)) x = 0;
      const auto got = estimate(Rotation(dims, random()), centroid, made, 8.0f);
      for (std::size_t i = 0; i < made.count; ++i) {
        ASSERT_FALSE(std::isnan(got.estimates[i]));
        ASSERT_FALSE(std::isnan(got.lows[i]));
        const double distance = square_distance(made.query.data(), made.row(i), dims);
        if (!std::isfinite(distance))
          ASSERT_EQ(got.lows[i], -INFINITY);
        else
          ASSERT_LE(static_cast<double>(got.lows[i]), distance * (1 + 1e-6)) << "row " << i;
      }
    }
}

TEST(ListCodes, ARowThatIsTheCentroidIsKnownExactly) {
  std::mt19937 random(kSeed);
  auto made = testing::generate_rows("normal", 384, 32, random);
  const std::vector<float> centroid(made.row(7), made.row(7) + 384);
  const auto got = estimate(Rotation(384, 1), centroid, made, 3.0f);
  const double distance = square_distance(made.query.data(), made.row(7), 384);
  EXPECT_NEAR(static_cast<double>(got.estimates[7]), distance, 1e-6 * distance);
  EXPECT_NEAR(static_cast<double>(got.lows[7]), distance, 3e-6 * distance);
}

TEST(ListCodes, APlaceCanBeWrittenAgain) {
  std::mt19937 random(kSeed);
  const auto made = testing::generate_rows("normal", 128, 32, random);
  const Rotation rotation(128, 1);
  ListEncoder encoder(std::vector<float>(128));
  Blocks once(rotation, 32), again(rotation, 32);
  for (std::size_t i = 0; i < 32; ++i) encoder.encode(made.row(i), once.of(0), i);
  for (std::size_t i = 0; i < 32; ++i) encoder.encode(made.row(31 - i), again.of(0), i);
  for (std::size_t i = 32; i-- > 0;) encoder.encode(made.row(i), again.of(0), i);
  EXPECT_EQ(once.memory, again.memory);
}

TEST(ListCodes, WhatIsNotFiniteHasNoBound) {
  std::mt19937 random(kSeed);
  for (const float bad : {NAN, INFINITY, 3e38f}) {
    auto made = testing::generate_rows("normal", 384, 32, random);
    made.rows[5 * 384 + 9] = bad;
    const auto rows = estimate(Rotation(384, 1), std::vector<float>(384), made, 3.0f);
    EXPECT_EQ(rows.lows[5], -INFINITY);
    EXPECT_TRUE(std::isfinite(rows.lows[6]));
    EXPECT_TRUE(std::isfinite(rows.estimates[5]));

    std::vector<float> centroid(384);
    centroid[3] = bad;
    for (const float low : estimate(Rotation(384, 1), centroid, made, 3.0f).lows) EXPECT_EQ(low, -INFINITY);

    made.query[3] = bad;
    const auto query = estimate(Rotation(384, 1), std::vector<float>(384), made, 3.0f);
    for (const float low : query.lows) EXPECT_FALSE(low > -1e38f);
    for (const float x : query.estimates) EXPECT_FALSE(std::isnan(x));
  }
}

TEST(ListCodes, DamagedBlocksGiveNumbers) {
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  const auto made = testing::generate_rows("normal", 100, 1, random);
  const Rotation rotation(100, 1);
  const ListQuery query(rotation, made.query.data(), 3.0f);
  Blocks block(rotation, 32);
  float estimates[kBlockRows], lows[kBlockRows];
  for (int round = 0; round < 2000; ++round) {
    for (float& x : block.memory) x = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
    for (const float square : {0.0f, 1.0f, 1e38f, INFINITY, NAN, -1.0f}) {
      query.scan(block.of(0), query.in_list(square), estimates, lows);
      for (std::size_t i = 0; i < kBlockRows; ++i) {
        ASSERT_FALSE(std::isnan(estimates[i]));
        ASSERT_FALSE(std::isnan(lows[i]));
      }
    }
  }
}

TEST(ListCodes, ACopyIsWhatEncodingThereGives) {
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  for (const std::size_t dims : {64u, 100u, 384u}) {
    const auto made = testing::generate_rows("normal", dims, 64, random);
    const Rotation rotation(dims, random());
    ListEncoder encoder(rotation(mean_of(made).data()));
    const auto rotated = [&](std::size_t i) { return rotation(made.row(i)); };
    Blocks from(rotation, 32), to(rotation, 32), expected(rotation, 32);
    for (std::size_t i = 0; i < 32; ++i) {
      encoder.encode(rotated(i).data(), from.of(0), i);
      encoder.encode(rotated(32 + i).data(), to.of(0), i);
      encoder.encode(rotated(32 + i).data(), expected.of(0), i);
    }
    for (int n = 0; n < 40; ++n) {
      const std::size_t i = random() % 32, j = random() % 32;
      copy_list_code(rotation.padded(), from.of(0), i, to.of(0), j);
      encoder.encode(rotated(i).data(), expected.of(0), j);
      EXPECT_EQ(std::memcmp(to.of(0), expected.of(0), to.bytes), 0) << i << " to " << j;
    }
  }
}

TEST(ListCodes, KnowTheirRow) {
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  const auto made = testing::generate_rows("normal", 128, 32, random);
  const Rotation rotation(128, random());
  ListEncoder encoder(mean_of(made));  // rows as if they were rotated
  Blocks blocks(rotation, 32);
  for (std::size_t i = 0; i < 32; ++i) encoder.encode(made.row(i), blocks.of(0), i);
  for (std::size_t i = 0; i < 32; ++i) {
    EXPECT_TRUE(encoder.is_code_of(made.row(i), blocks.of(0), i));
    EXPECT_FALSE(encoder.is_code_of(made.row(i), blocks.of(0), (i + 1) % 32));
  }
  // The factors come last: 32 of each of three kinds.
  for (std::size_t factor = 0; factor < 3; ++factor) {
    float& one = blocks.memory[blocks.memory.size() - 96 + factor * 32 + 5];
    const float right = one;
    for (const float wrong : {right * 2, std::numeric_limits<float>::quiet_NaN()}) {
      one = wrong;
      EXPECT_FALSE(encoder.is_code_of(made.row(5), blocks.of(0), 5)) << factor;
    }
    one = right;
  }
}

}  // namespace
}  // namespace cairn::vector
