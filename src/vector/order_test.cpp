#include "vector/order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

namespace cairn::vector {

static bool operator==(const Scored& a, const Scored& b) {
  return a.distance == b.distance && a.rank == b.rank;
}

namespace {

constexpr unsigned kSeed = 99;

// Few distinct distances, so that ties are common.
std::vector<Scored> generate(std::size_t count, std::mt19937& random) {
  std::vector<Scored> entries(count);
  for (std::size_t i = 0; i < count; ++i) entries[i] = {static_cast<float>(random() % 50), i};
  if (count > 3) entries[3].distance = std::numeric_limits<float>::infinity();
  std::shuffle(entries.begin(), entries.end(), random);
  return entries;
}

TEST(TopK, KeepsTheFirstKInOrder) {
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  for (const std::size_t count : std::initializer_list<std::size_t>{0, 1, 10, 1000, 5000}) {
    for (const std::size_t k :
         {std::size_t{0}, std::size_t{1}, std::size_t{10}, std::size_t{999}, std::size_t{1} << 62}) {
      auto entries = generate(count, random);
      TopK top(k);
      for (const Scored& entry : entries) top.push(entry);
      std::sort(entries.begin(), entries.end());
      entries.resize(std::min(k, count));
      EXPECT_EQ(top.take_sorted(), entries) << count << ' ' << k;
    }
  }
}

TEST(Ascending, GivesEveryEntryInOrderAndAgain) {
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  for (const std::size_t count : std::initializer_list<std::size_t>{0, 1, 63, 64, 65, 3000}) {
    auto expected = generate(count, random);
    Ascending stream(expected);
    std::sort(expected.begin(), expected.end());
    for (std::size_t i = 0; i < count / 2; ++i) EXPECT_EQ(*stream.at(i), expected[i]);
    for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(*stream.at(i), expected[i]);
    EXPECT_EQ(stream.at(count), nullptr);
    Ascending from_behind(expected);
    for (std::size_t i = count; i > 0; --i) EXPECT_EQ(*from_behind.at(i - 1), expected[i - 1]);
  }
}

}  // namespace
}  // namespace cairn::vector
