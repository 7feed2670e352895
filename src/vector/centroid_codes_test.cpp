#include "vector/centroid_codes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>

#include "vector/generated_rows.hpp"

namespace cairn::vector {
namespace {

constexpr unsigned kSeed = 2718;

double square_distance(const float* a, const float* b, std::size_t dims) {
  double sum = 0;
  for (std::size_t d = 0; d < dims; ++d) {
    const double difference = static_cast<double>(a[d]) - static_cast<double>(b[d]);
    sum += difference * difference;
  }
  return sum;
}

TEST(CentroidCodes, DistancesAreNearlyRight) {
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  for (const char* kind : {"normal", "unit", "grid"})
    for (const std::size_t dims : {1u, 7u, 64u, 100u, 384u, 1536u}) {
      const auto made = testing::generate_rows(kind, dims, 200, random);
      const std::vector<float> origin(dims);
      CentroidCodes codes(dims);
      for (std::size_t i = 0; i < made.count; ++i) codes.add(made.row(i));
      ASSERT_EQ(codes.count(), made.count);
      std::vector<float> squares(made.count), errors(made.count);
      codes.distances(made.query.data(), squares.data(), errors.data());
      const double size = square_distance(made.query.data(), origin.data(), dims);
      for (std::size_t i = 0; i < made.count; ++i) {
        const double right = square_distance(made.query.data(), made.row(i), dims);
        const double sizes = std::sqrt(size * square_distance(made.row(i), origin.data(), dims));
        // On a grid all elements of a value are off by the same.
        const double most = kind == std::string("grid") ? 0.02 * sizes : 6 * static_cast<double>(errors[i]);
        EXPECT_NEAR(static_cast<double>(squares[i]), right, most + 1e-6) << kind << ' ' << dims;
        EXPECT_NEAR(static_cast<double>(errors[i]), 0.02 * sizes / std::sqrt(static_cast<double>(dims)),
                    1e-4 * sizes);
        EXPECT_GE(squares[i], 0);
      }
    }
}

TEST(CentroidCodes, WhatIsNotFiniteIsFarOrNothing) {
  const float infinity = std::numeric_limits<float>::infinity();
  std::vector<float> ones(64, 1), zeros(64), broken(64, 1), huge(64, 3e38f);
  broken[5] = std::nanf("");
  CentroidCodes codes(64);
  for (const auto* row : {&ones, &zeros, &broken, &huge}) codes.add(row->data());
  std::vector<float> squares(4), errors(4);
  codes.distances(ones.data(), squares.data(), errors.data());
  EXPECT_NEAR(squares[0], 0, 1e-4f);
  EXPECT_EQ(squares[1], 64);
  EXPECT_EQ(squares[2], infinity);
  EXPECT_EQ(squares[3], infinity);
  codes.distances(broken.data(), squares.data(), errors.data());
  EXPECT_TRUE(std::all_of(squares.begin(), squares.end(), [](float x) { return std::isnan(x); }));
}

}  // namespace
}  // namespace cairn::vector
