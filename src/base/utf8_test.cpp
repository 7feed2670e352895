#include "base/utf8.hpp"

#include <gtest/gtest.h>

#include <random>

namespace cairn::utf8 {
namespace {

TEST(Utf8, EveryCodePointSurvivesEncodeAndDecode) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text;
    append(text, c);
    const Decoded d = decode(text, 0);
    ASSERT_TRUE(d.valid) << static_cast<std::uint32_t>(c);
    ASSERT_EQ(d.code_point, c);
    ASSERT_EQ(d.length, text.size());
  }
}

TEST(Utf8, RefusesWhatRfc3629Refuses) {
  for (const char* bad : {"\x80", "\xC0\xAF", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
                          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82", "a\xFF"}) {
    EXPECT_FALSE(is_valid(bad)) << bad;
    EXPECT_TRUE(is_valid(sanitize(bad)));
  }
  EXPECT_TRUE(is_valid("plain ascii, long enough for the fast path, then \xE2\x82\xAC"));
  EXPECT_EQ(sanitize("a\xFFz"), "a\xEF\xBF\xBDz");
}

TEST(Utf8, FloorBoundaryNeverSplitsACodePoint) {
  const std::string text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z";
  for (std::size_t at = 0; at <= text.size(); ++at) {
    const std::size_t cut = floor_boundary(text, at);
    EXPECT_LE(cut, at);
    EXPECT_TRUE(is_valid(std::string_view(text).substr(0, cut)));
  }
}

TEST(Utf8, RandomBytesAreSanitizedToValidText) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random() % 40, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    const std::string clean = sanitize(bytes);
    ASSERT_TRUE(is_valid(clean));
    ASSERT_EQ(clean == bytes, is_valid(bytes));
  }
}

}  // namespace
}  // namespace cairn::utf8
