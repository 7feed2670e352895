#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "base/hash.hpp"
#include "base/utf8.hpp"
#include "cairn/embedder.hpp"
#include "cairn/error.hpp"

namespace cairn {
namespace {

double dot(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

double similarity(std::string_view a, std::string_view b) {
  const auto embedder = hashing_embedder();
  return dot(embedder->embed(a, TextRole::query), embedder->embed(b, TextRole::document));
}

TEST(HashingEmbedder, SharedWordsAndSpellingsAreNear) {
  EXPECT_GT(similarity("deploy key rotation", "the deploy key rotates every 90 days"),
            similarity("deploy key rotation", "paint the garden fence in spring") + 0.2);
  EXPECT_GT(similarity("configuration", "configure"), similarity("configuration", "elephant") + 0.2);
  EXPECT_GT(
      similarity("\u65e5\u672c\u8a9e\u306e\u6587\u66f8", "\u3053\u308c\u306f\u65e5\u672c\u8a9e\u3067\u3059"),
      similarity("\u65e5\u672c\u8a9e\u306e\u6587\u66f8", "\u4e2d\u56fd\u6599\u7406") + 0.1);
  EXPECT_NEAR(similarity("Caf\u00e9 CR\u00c8ME", "cafe creme"), 1.0, 1e-6);
  EXPECT_NEAR(similarity("one, two!", "two one"), 1.0, 1e-6) << "the order of words does not matter";
  EXPECT_NEAR(similarity("\U0001F600", "\U0001F600"), 1.0, 1e-6);
}

TEST(HashingEmbedder, UnitLengthOrAllZeros) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (const std::size_t dimension : {64u, 100u, 256u, 8192u}) {
    const auto embedder = hashing_embedder(dimension);
    EXPECT_EQ(embedder->info().dimension, dimension);
    for (const char* nothing : {"", " \n", "!?-", "\u2026"}) {
      const std::vector<float> zero = embedder->embed(nothing, TextRole::document);
      EXPECT_EQ(dot(zero, zero), 0) << nothing;
    }
    for (int round = 0; round < 100; ++round) {
      std::string bytes(random() % 300, '\0');
      for (char& c : bytes) c = static_cast<char>(random());
      const std::vector<float> v = embedder->embed(utf8::sanitize(bytes) + "x", TextRole::document);
      ASSERT_NEAR(dot(v, v), 1.0, 1e-5);
    }
  }
}

TEST(HashingEmbedder, ManyTextsAreEachAsAlone) {
  const auto embedder = hashing_embedder(128);
  std::vector<std::string> texts = {"first", "", "the second text", std::string(100000, 'x'), "\u65e5\u672c"};
  std::string many;
  for (int i = 0; i < 5000; ++i) many += "word" + std::to_string(i) + " ";
  texts.push_back(many);
  texts.push_back("last");
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  std::vector<float> rows(views.size() * 128);
  embedder->embed(views, TextRole::document, rows);
  for (std::size_t i = 0; i < views.size(); ++i) {
    const auto row = rows.begin() + static_cast<std::ptrdiff_t>(i * 128);
    EXPECT_EQ(std::vector<float>(row, row + 128), hashing_embedder(128)->embed(views[i], TextRole::query))
        << i;
  }
}

// The file remembers "cairn-hashing@1": whoever changes a vector must change that name.
TEST(HashingEmbedder, VectorsAreThoseOfThisIdentity) {
  const auto embedder = hashing_embedder();
  EXPECT_EQ(embedder->info().id, "cairn-hashing@1");
  const std::vector<float> v = embedder->embed(
      "The deploy key rotates every 90 days; caf\u00e9, \u65e5\u672c\u8a9e, the end.", TextRole::document);
  EXPECT_EQ(content_hash({reinterpret_cast<const char*>(v.data()), v.size() * sizeof(float)}),
            "4ec6685bf867052784e2aa942a414936");
}

TEST(HashingEmbedder, RefusesAnImpossibleDimension) {
  EXPECT_THROW(hashing_embedder(63), Error);
  EXPECT_THROW(hashing_embedder(8193), Error);
}

}  // namespace
}  // namespace cairn
