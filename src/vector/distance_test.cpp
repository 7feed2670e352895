#include "vector/distance.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "vector/parse.hpp"

namespace cairn::vector {
namespace {

// Section 0.3 of the reference's description: this value is compared with == by its users.
TEST(Distance, CosineHasThePinnedValue) {
  EXPECT_EQ(distance(Metric::cosine, parse_float32("[1.1, 1.0]"), parse_float32("[1.2, 1.2]")),
            0.001131898257881403);
}

TEST(Distance, KnownValues) {
  EXPECT_EQ(distance(Metric::l1, parse_float32("[1.1,2]"), parse_float32("[3.3,5]")), 5.199999928474426);
  EXPECT_EQ(distance(Metric::l2, parse_int8("[1,2]"), parse_int8("[3,5]")), 3.605551242828369);
  EXPECT_EQ(distance(Metric::cosine, parse_int8("[1,2]"), parse_int8("[3,4]")), 0.01613008975982666);
  EXPECT_EQ(distance(Metric::l1, parse_int8("[1]"), parse_int8("[-2]")), 3);
  EXPECT_TRUE(std::isnan(distance(Metric::cosine, parse_float32("[0,0]"), parse_float32("[1,1]"))));
}

// The functions take longer vectors than a column does; 32-bit sums overflowed from 33,026 dimensions on.
TEST(Distance, LongInt8VectorsDoNotOverflow) {
  constexpr std::size_t kDims = 200000;
  const Vector high = from_int8s(std::vector<std::int8_t>(kDims, 127));
  const Vector low = from_int8s(std::vector<std::int8_t>(kDims, -128));
  EXPECT_FLOAT_EQ(static_cast<float>(distance(Metric::l2, high, low)), 255 * std::sqrt(float{kDims}));
  EXPECT_EQ(distance(Metric::l1, high, low), 255.0 * kDims);
  EXPECT_NEAR(distance(Metric::cosine, high, low), 2, 1e-6);
}

TEST(DistanceTo, AgreesWithOnePairAtATimeAndOrdersZeroVectorsLast) {
  constexpr unsigned seed = 7;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  for (const auto type : {ElementType::float32, ElementType::int8, ElementType::bit}) {
    for (const auto metric : {Metric::l2, Metric::cosine, Metric::l1, Metric::hamming}) {
      if (!is_defined(metric, type)) continue;
      const std::size_t dims = 40, rows = 9;
      std::vector<Vector> vectors(rows + 1);
      for (Vector& v : vectors) {
        v = {type, dims, std::vector<std::byte>(byte_size(type, dims))};
        if (type == ElementType::float32) {
          std::vector<float> values(dims);
          for (float& x : values) x = normal(random);
          v = from_floats(values);
        } else {
          for (std::byte& b : v.bytes) b = static_cast<std::byte>(random());
        }
      }
      vectors[0].bytes.assign(vectors[0].bytes.size(), std::byte{0});
      std::vector<std::byte> packed;
      for (std::size_t i = 0; i < rows; ++i)
        packed.insert(packed.end(), vectors[i].bytes.begin(), vectors[i].bytes.end());
      std::vector<float> got(rows);
      DistanceTo(metric, vectors[rows])(packed.data(), rows, got.data());
      for (std::size_t i = 0; i < rows; ++i) {
        const double expected = distance(metric, vectors[rows], vectors[i]);
        if (std::isnan(expected))
          EXPECT_TRUE(std::isinf(got[i]) && got[i] > 0);
        else
          EXPECT_EQ(got[i], static_cast<float>(expected));
      }
    }
  }
}

}  // namespace
}  // namespace cairn::vector
