// Halves and floats: all halves there are, and every float at and beside the middle of two halves.
#include <bit>
#include <cmath>
#include <limits>

#include "simd/kernels_test.hpp"

namespace cairn::simd {
namespace {

class HalfKernels : public EveryVariant {
 protected:
  float to_float(std::uint16_t half) {
    float out;
    k.half_to_float(&half, 1, &out);
    return out;
  }
  std::uint16_t to_half(float value) {
    std::uint16_t out;
    k.float_to_half(&value, 1, &out);
    return out;
  }
};

// What the bits of a half mean.
double value_of(std::uint16_t half) {
  const int exponent = half >> 10 & 31, fraction = half & 1023;
  const double sign = half >> 15 ? -1 : 1;
  if (exponent == 31) return fraction ? std::numeric_limits<double>::quiet_NaN() : sign * INFINITY;
  return sign * (exponent ? std::ldexp(1024 + fraction, exponent - 25) : std::ldexp(fraction, -24));
}

std::vector<std::uint16_t> all_halves() {
  std::vector<std::uint16_t> all(65536);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint16_t>(i);
  return all;
}

TEST_P(HalfKernels, EveryHalfIsItsValueAndComesBack) {
  const auto halves = all_halves();
  std::vector<float> floats(halves.size());
  std::vector<std::uint16_t> back(halves.size());
  k.half_to_float(halves.data(), halves.size(), floats.data());
  k.float_to_half(floats.data(), floats.size(), back.data());
  for (std::size_t i = 0; i < halves.size(); ++i) {
    const double value = value_of(halves[i]);
    if (std::isnan(value)) {
      ASSERT_TRUE(std::isnan(floats[i])) << i;
      ASSERT_TRUE(std::isnan(value_of(back[i]))) << i;
    } else {
      ASSERT_EQ(static_cast<double>(floats[i]), value) << i;
      ASSERT_EQ(std::signbit(floats[i]), halves[i] >= 0x8000) << i;
      ASSERT_EQ(back[i], halves[i]);
    }
  }
}

TEST_P(HalfKernels, FloatsRoundToTheNearestAndTiesToEven) {
  for (std::uint16_t half = 0; half < 0x7C00; ++half) {
    const auto next = static_cast<std::uint16_t>(half + 1);
    // The step above the largest half is as long as the one below it.
    const double after = next == 0x7C00 ? 65536 : value_of(next);
    const auto middle = static_cast<float>((value_of(half) + after) / 2);  // exact
    const std::uint16_t even = half % 2 == 0 ? half : next;
    for (const bool is_negative : {false, true}) {
      const auto sign = static_cast<std::uint16_t>(is_negative ? 0x8000 : 0);
      const float one = is_negative ? -1.0f : 1.0f;
      ASSERT_EQ(to_half(one * middle), even | sign) << half;
      ASSERT_EQ(to_half(one * std::nextafter(middle, 0.0f)), half | sign) << half;
      ASSERT_EQ(to_half(one * std::nextafter(middle, INFINITY)), next | sign) << half;
    }
  }
}

TEST_P(HalfKernels, ExtremesAndWhatIsNotFinite) {
  EXPECT_EQ(to_half(std::numeric_limits<float>::max()), 0x7C00);
  EXPECT_EQ(to_half(-std::numeric_limits<float>::max()), 0xFC00);
  EXPECT_EQ(to_half(INFINITY), 0x7C00);
  EXPECT_EQ(to_half(std::numeric_limits<float>::denorm_min()), 0);
  EXPECT_EQ(to_half(-std::numeric_limits<float>::denorm_min()), 0x8000);
  for (const std::uint32_t nan : {0x7F800001u, 0x7FC00000u, 0x7FFFFFFFu, 0xFF801000u})
    EXPECT_TRUE(std::isnan(value_of(to_half(std::bit_cast<float>(nan)))));
}

// Every variant gives the scalar's very bits, NaN included, at every length and without the elements beside.
TEST_P(HalfKernels, EqualTheScalarAtEveryLength) {
  const Kernels& scalar = *available_kernels().front();
  for (const std::size_t count : lengths()) {
    Shifted<std::uint16_t> halves(count, count % 3), back(count, count % 5), expected_back(count, 0);
    Shifted<float> floats(count, count % 3), expected(count, 0);
    halves.fill([&] { return random(); });
    k.half_to_float(halves.data(), count, floats.data());
    scalar.half_to_float(halves.data(), count, expected.data());
    for (std::size_t i = 0; i < count; ++i)
      ASSERT_EQ(std::bit_cast<std::uint32_t>(floats[i]), std::bit_cast<std::uint32_t>(expected[i]));
    floats.fill([&] { return std::bit_cast<float>(static_cast<std::uint32_t>(random())); });
    k.float_to_half(floats.data(), count, back.data());
    scalar.float_to_half(floats.data(), count, expected_back.data());
    for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(back[i], expected_back[i]) << floats[i];
  }
}

INSTANTIATE_TEST_SUITE_P(Simd, HalfKernels, every_variant(), variant_name);

}  // namespace
}  // namespace cairn::simd
