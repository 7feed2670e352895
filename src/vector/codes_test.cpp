// The bounds against the kernels' own distances: a bound that errs once fails.
#include "vector/codes.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "simd/kernels.hpp"
#include "vector/generated_rows.hpp"

namespace cairn::vector {
namespace {

constexpr unsigned kSeed = 4711;

// What a distance must not exceed, or fall below, in the key's terms.
float key_of(Metric metric, float distance) {
  return metric == Metric::l2 ? distance * distance : distance;
}

std::vector<float> mean_of(const testing::GeneratedRows& rows) {
  std::vector<float> mean(rows.dims);
  for (std::size_t i = 0; i < rows.count; ++i)
    for (std::size_t d = 0; d < rows.dims; ++d) mean[d] += rows.row(i)[d] / static_cast<float>(rows.count);
  for (float& x : mean)
    if (!std::isfinite(x)) x = 0;
  return mean;
}

TEST(Codes, BoundsHoldForRowsOfEveryKind) {
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  for (const char* kind : testing::kKinds)
    for (const std::size_t dims : {64u, 65u, 100u, 384u, 1000u, 2048u, 8192u})
      for (const Metric metric : {Metric::l2, Metric::cosine}) {
        const auto made = testing::generate_rows(kind, dims, dims > 2000 ? 20 : 100, random);
        const auto center = random() % 2 ? mean_of(made) : std::vector<float>(dims);
        const testing::OwnedCodes owned(metric, center, made.rows.data(), made.count);
        const CodedRows& coded = owned.coded;
        const CodeBounds bounds(metric, center, from_floats(made.query));
        if (!bounds.is_usable()) continue;
        std::vector<float> distances(made.count), lower(made.count);
        DistanceTo(metric, from_floats(made.query))(reinterpret_cast<const std::byte*>(made.rows.data()),
                                                    made.count, distances.data());
        bounds.lower(coded, lower.data());
        for (std::size_t i = 0; i < made.count; ++i) {
          const auto interval = bounds.interval(coded, i);
          SCOPED_TRACE(::testing::Message()
                       << kind << ' ' << dims << " row " << i << " distance " << distances[i] << " from "
                       << interval.low << " to " << interval.high);
          ASSERT_LE(lower[i], bounds.reach(distances[i]));
          ASSERT_LE(interval.low, bounds.reach(distances[i]));
          ASSERT_GE(bounds.reach_of_key(interval.high), key_of(metric, distances[i]));
        }
      }
}

// Loose bounds would be right and useless. The figures are those of the design: a few hundredths of the
// length for eight bits, a tenth for four.
TEST(Codes, BoundsAreTight) {
  std::mt19937 random(kSeed);
  const auto made = testing::generate_rows("unit", 384, 200, random);
  const auto center = mean_of(made);
  const testing::OwnedCodes owned(Metric::cosine, center, made.rows.data(), made.count);
  const CodedRows& coded = owned.coded;
  const CodeBounds bounds(Metric::cosine, center, from_floats(made.query));
  std::vector<float> distances(made.count), lower(made.count);
  DistanceTo(Metric::cosine, from_floats(made.query))(reinterpret_cast<const std::byte*>(made.rows.data()),
                                                      made.count, distances.data());
  bounds.lower(coded, lower.data());
  for (std::size_t i = 0; i < made.count; ++i) {
    const auto interval = bounds.interval(coded, i);
    EXPECT_GT(lower[i], distances[i] - 0.25f);
    EXPECT_LT(interval.high - interval.low, 0.03f);
  }
}

TEST(Codes, RowsThatCannotBeBoundedAreAlwaysCandidates) {
  std::vector<float> rows(3 * 64, 0.0f), query(64, 1.0f), lower(3);
  rows[5] = INFINITY;
  rows[64 + 5] = NAN;
  rows[128 + 5] = 1e30f;
  const testing::OwnedCodes owned(Metric::l2, std::vector<float>(64), rows.data(), 3);
  const CodedRows& coded = owned.coded;
  const CodeBounds bounds(Metric::l2, std::vector<float>(64), from_floats(query));
  bounds.lower(coded, lower.data());
  for (const float low : lower) EXPECT_EQ(low, -INFINITY);
  EXPECT_FALSE(
      CodeBounds(Metric::cosine, std::vector<float>(64), from_floats(std::vector<float>(64))).is_usable());
}

}  // namespace
}  // namespace cairn::vector
