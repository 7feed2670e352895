#include "vector/clusters.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "vector/generated_rows.hpp"

namespace cairn::vector {
namespace {

constexpr unsigned kSeed = 4712;

double square_between(const float* a, const float* b, std::size_t dims) {
  double sum = 0;
  for (std::size_t d = 0; d < dims; ++d)
    sum += (static_cast<double>(a[d]) - static_cast<double>(b[d])) *
           (static_cast<double>(a[d]) - static_cast<double>(b[d]));
  return sum;
}

struct Lists {
  std::vector<float> centroids;
  std::vector<std::size_t> sizes;
  double mean_square = 0;  // of rows to their centroids
};

Lists divide(const testing::GeneratedRows& rows, std::size_t k) {
  Lists lists;
  lists.centroids = find_centroids(rows.rows.data(), rows.count, rows.dims, k, kSeed);
  lists.sizes.resize(lists.centroids.size() / rows.dims);
  NearestCentroid nearest(lists.centroids, rows.dims);
  for (std::size_t i = 0; i < rows.count; ++i) {
    const std::size_t list = nearest(rows.row(i));
    ++lists.sizes[list];
    lists.mean_square += square_between(rows.row(i), lists.centroids.data() + list * rows.dims, rows.dims) /
                         static_cast<double>(rows.count);
  }
  return lists;
}

TEST(Centroids, AreFiniteAndTheSameEveryTime) {
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  for (const char* kind : testing::kKinds)
    for (const std::size_t dims : {1u, 20u, 100u})
      for (const std::size_t count : {0u, 1u, 3u, 700u}) {
        SCOPED_TRACE(::testing::Message() << kind << ' ' << dims << ' ' << count);
        const auto made = testing::generate_rows(kind, dims, count, random);
        const auto centroids = find_centroids(made.rows.data(), count, dims, 10, kSeed);
        ASSERT_EQ(centroids, find_centroids(made.rows.data(), count, dims, 10, kSeed));
        ASSERT_EQ(centroids.size() % dims, 0u);
        ASSERT_LE(centroids.size() / dims, std::min<std::size_t>(10, count));
        for (const float x : centroids) ASSERT_TRUE(std::isfinite(x));
        if (made.kind != "not finite" && made.kind != "huge") {
          ASSERT_EQ(centroids.empty(), count == 0);
        }
      }
}

TEST(Centroids, OneForEachDistinctRowAtMost) {
  const std::vector<float> rows{1, 1, 5, 5, 1, 1, 1, 1, 5, 5, 0, 0};  // of two dimensions
  auto centroids = find_centroids(rows.data(), 6, 2, 6, kSeed);
  EXPECT_LE(centroids.size() / 2, 3u);
  EXPECT_GE(centroids.size() / 2, 2u);
  const std::vector<float> equal(64 * 10, 3.0f);
  EXPECT_EQ(find_centroids(equal.data(), 10, 64, 4, kSeed), std::vector<float>(64, 3.0f));
}

TEST(Centroids, FindTheClustersThatThereAre) {
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  const auto made = testing::generate_rows("clusters", 100, 2000, random);  // five, 0.1 wide
  const Lists lists = divide(made, 10);
  EXPECT_LT(lists.mean_square, 1.2 * 0.01 * 100);
}

TEST(Centroids, GiveListsOfSimilarSize) {
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  for (const char* kind : {"normal", "unit", "clusters", "outlier"}) {
    SCOPED_TRACE(kind);
    const auto made = testing::generate_rows(kind, 64, 4000, random);
    const Lists lists = divide(made, 63);
    EXPECT_GE(lists.sizes.size(), 50u);
    EXPECT_LE(*std::max_element(lists.sizes.begin(), lists.sizes.end()), 6 * 4000u / 63);
  }
}

TEST(Centroids, OfTwoPartsSplitAList) {
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  for (const char* kind : {"normal", "unit", "clusters", "far cluster", "duplicates", "grid", "sparse"}) {
    SCOPED_TRACE(kind);
    const Lists lists = divide(testing::generate_rows(kind, 64, 300, random), 2);
    ASSERT_EQ(lists.sizes.size(), 2u);
    EXPECT_GE(std::min(lists.sizes[0], lists.sizes[1]), 300u / 8);
  }
}

TEST(NearestCentroid, IsTheNearestOfAll) {
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  for (const char* kind : testing::kKinds)
    for (const std::size_t dims : {3u, 64u, 200u}) {
      const auto made = testing::generate_rows(kind, dims, 300, random);
      const auto centroids = find_centroids(made.rows.data(), made.count, dims, 40, kSeed);
      if (centroids.empty()) continue;
      const std::size_t count = centroids.size() / dims;
      NearestCentroid nearest(centroids, dims);
      for (std::size_t i = 0; i < made.count; ++i) {
        const std::size_t found = nearest(made.row(i));
        ASSERT_LT(found, count);
        const double square = square_between(made.row(i), centroids.data() + found * dims, dims);
        if (!std::isfinite(square)) continue;
        for (std::size_t other = 0; other < count; ++other)
          ASSERT_LE(square * (1 - 1e-4),
                    square_between(made.row(i), centroids.data() + other * dims, dims) + 1e-37)
              << kind << ' ' << dims << " row " << i;
      }
    }
}

// Of more centroids than are compared by their vectors. A row of a cluster that stands in another list than
// the others is lost to a search that asks for a recall, so there may be few.
TEST(NearestCentroid, OfManyIsNearlyAlwaysTheNearest) {
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  constexpr std::size_t kDims = 64;
  std::vector<testing::GeneratedRows> all;
  for (const std::string kind : testing::kKinds)
    if (kind != "mixed sizes")  // the codes of its long rows say nothing of the short ones
      all.push_back(testing::generate_rows(kind, kDims, 4000, random));
  all.push_back(
      testing::generate_rows("normal", kDims, 4000, random));  // and twice as many clusters as lists
  std::normal_distribution<float> normal;
  for (std::size_t i = 400; i < 4000; ++i)
    for (std::size_t d = 0; d < kDims; ++d)
      all.back().rows[i * kDims + d] = all.back().rows[i % 400 * kDims + d] + 0.5f * normal(random);
  for (const auto& made : all) {
    SCOPED_TRACE(&made - all.data());
    const auto centroids = find_centroids(made.rows.data(), made.count, kDims, 200, kSeed);
    if (centroids.empty()) continue;
    const std::size_t count = centroids.size() / kDims;
    NearestCentroid nearest(centroids, kDims);
    std::size_t missed = 0;
    for (std::size_t i = 0; i < made.count; ++i) {
      const std::size_t list = nearest(made.row(i));
      ASSERT_LT(list, count);
      double best = INFINITY;
      for (std::size_t other = 0; other < count; ++other)
        best = std::min(best, square_between(made.row(i), centroids.data() + other * kDims, kDims));
      missed +=
          square_between(made.row(i), centroids.data() + list * kDims, kDims) > best * (1 + 1e-4) + 1e-37;
    }
    EXPECT_LE(missed, made.count / 100);
  }
}

}  // namespace
}  // namespace cairn::vector
