#include "vector/rotation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace cairn::vector {
namespace {

constexpr unsigned kSeed = 20261125;
constexpr std::size_t kDims[] = {1, 2, 3, 63, 64, 65, 100, 128, 192, 384, 768, 1000, 1536, 3072, 8191, 8192};

std::vector<float> rotate(const Rotation& rotation, const std::vector<float>& v) {
  std::vector<float> out(rotation.padded());
  rotation(v.data(), out.data());
  return out;
}

double dot(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

std::vector<float> random_vector(std::size_t dims, std::mt19937& random) {
  std::normal_distribution<float> normal;
  std::vector<float> v(dims);
  for (float& x : v) x = normal(random);
  return v;
}

TEST(Rotation, KeepsLengthsAndDotProducts) {
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  for (const std::size_t dims : kDims) {
    SCOPED_TRACE(dims);
    const Rotation rotation(dims, random());
    EXPECT_EQ(rotation.padded() % 64, 0u);
    EXPECT_GE(rotation.padded(), dims);
    EXPECT_LT(rotation.padded(), dims + 64);
    const auto a = random_vector(dims, random), b = random_vector(dims, random);
    const auto ra = rotate(rotation, a), rb = rotate(rotation, b);
    const double scale = std::sqrt(dot(a, a) * dot(b, b));
    EXPECT_NEAR(dot(ra, ra), dot(a, a), 2e-6 * dot(a, a));
    EXPECT_NEAR(dot(ra, rb), dot(a, b), 2e-6 * scale);
  }
}

// What makes the codes' error known: whatever the row, its elements end up like those of a random direction,
// with a fourth moment of 3 / padded^2.
TEST(Rotation, SpreadsEveryAxisOverAllElements) {
  for (const std::size_t dims : {64u, 100u, 192u, 320u, 384u, 448u, 576u, 768u, 960u, 1536u, 1984u}) {
    const Rotation rotation(dims, 7);
    const auto size = static_cast<double>(rotation.padded());
    double fourth = 0, largest = 0;
    for (std::size_t axis = 0; axis < dims; axis += 5) {
      std::vector<float> v(dims);
      v[axis] = 1;
      for (const float x : rotate(rotation, v)) {
        largest = std::max(largest, static_cast<double>(std::abs(x)) * std::sqrt(size));
        fourth += std::pow(static_cast<double>(x), 4);
      }
    }
    EXPECT_NEAR(fourth / static_cast<double>((dims + 4) / 5) * size, 3.0, 0.3) << dims;
    EXPECT_LE(largest, 7) << dims;
  }
}

// Files depend on it: a change here makes every stored code meaningless.
TEST(Rotation, ASeedMeansTheSameEverywhere) {
  const auto first = rotate(Rotation(100, 42), std::vector<float>(100, 1.0f));
  const auto second = rotate(Rotation(384, 42), std::vector<float>(384, 1.0f));
  const auto near = [](float got, float expected) { EXPECT_NEAR(got, expected, 1e-6f); };
  near(first[0], -0.0605469f);
  near(first[127], 0.376953f);
  near(second[0], -0.475098f);
  near(second[383], 0.0253907f);
}

TEST(Rotation, SeedsDiffer) {
  const std::vector<float> v(384, 1.0f);
  EXPECT_NE(rotate(Rotation(384, 1), v), rotate(Rotation(384, 2), v));
}

TEST(Rotation, HugeElementsStayFiniteAndNotFiniteOnesShow) {
  const Rotation rotation(384, 3);
  double square = 0;
  for (const float x : rotate(rotation, std::vector<float>(384, 1e35f)))
    square += std::pow(static_cast<double>(x), 2);
  EXPECT_NEAR(std::sqrt(square), 1e35 * std::sqrt(384), 1e30);
  std::vector<float> bad(384, 1.0f);
  bad[5] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(std::isnan(dot(rotate(rotation, bad), std::vector<float>(384, 1.0f))));
}

}  // namespace
}  // namespace cairn::vector
