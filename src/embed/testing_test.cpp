#include "cairn/testing/embeddings.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "cairn/error.hpp"

namespace cairn::testing {
namespace {

TEST(FakeEmbedder, TableFirstThenTheTextAlone) {
  const auto embedder = fake_embedder(3, {{"cat", {1, 0, 0}}});
  EXPECT_EQ(embedder->info().dimension, 3u);
  EXPECT_EQ(embedder->embed("cat", TextRole::query), (std::vector<float>{1, 0, 0}));
  const std::vector<float> dog = embedder->embed("dog", TextRole::document);
  EXPECT_EQ(dog, fake_embedder(3)->embed("dog", TextRole::query));
  EXPECT_NE(dog, embedder->embed("dogs", TextRole::document));
  EXPECT_NEAR(std::sqrt(dog[0] * dog[0] + dog[1] * dog[1] + dog[2] * dog[2]), 1.0, 1e-6);
}

TEST(FakeEmbedder, RefusesWhatCannotBe) {
  EXPECT_THROW(fake_embedder(0), Error);
  EXPECT_THROW(fake_embedder(8193), Error);
  EXPECT_THROW(fake_embedder(2, {{"x", {1}}}), Error);
}

TEST(TestEmbedding, IsTheGuides) {
  const std::vector<float> v = test_embedding(4, 0.5F);
  EXPECT_EQ(v[0], 0.0F);
  EXPECT_FLOAT_EQ(v[3], std::sin(1.5F));
}

}  // namespace
}  // namespace cairn::testing
