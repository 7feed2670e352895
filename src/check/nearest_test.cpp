#include "check/nearest.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace cairn::check {
namespace {

using Names = std::vector<std::string>;

TEST(Nearest, FindsTheMisspelt) {
  const Names columns = {"id", "title", "owner", "due", "done", "created_at"};
  EXPECT_EQ(nearest("titel", columns), Names{"title"});   // two letters swapped
  EXPECT_EQ(nearest("titles", columns), Names{"title"});  // one too many
  EXPECT_EQ(nearest("ttle", columns), Names{"title"});    // one too few
  EXPECT_EQ(nearest("owmer", columns), Names{"owner"});   // another one
  EXPECT_EQ(nearest("createdat", columns), Names{"created_at"});
  EXPECT_EQ(nearest("OWNR", columns), Names{"owner"});
  EXPECT_EQ(nearest("Title", columns), Names{"title"});  // a member of C++ is written in one way only
}

TEST(Nearest, IsSilentAboutOtherWords) {
  const Names columns = {"id", "title", "x"};
  for (const char* name : {"", "y", "tit", "author", "titular"})
    EXPECT_EQ(nearest(name, columns), Names{}) << name;
  EXPECT_EQ(nearest("title", {}), Names{});
}

TEST(Nearest, PutsTheNearestFirstAndEachOnce) {
  EXPECT_EQ(nearest("orders", Names{"order_", "Order", "orders2", "orders", "orders2", "borders"}),
            (Names{"orders", "order_", "Order"}));
}

// By the definition, word by word: slow and obvious.
std::size_t reference(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return a.size() + b.size();
  std::size_t best = reference(a.substr(1), b.substr(1)) + (a[0] == b[0] ? 0 : 1);
  best = std::min({best, reference(a.substr(1), b) + 1, reference(a, b.substr(1)) + 1});
  if (a.size() > 1 && b.size() > 1 && a[0] == b[1] && a[1] == b[0])
    best = std::min(best, reference(a.substr(2), b.substr(2)) + 1);
  return best;
}

TEST(Nearest, AgreesWithTheDefinition) {
  const auto seed = static_cast<unsigned>(std::random_device()());
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto word = [&](std::size_t most) {
    std::string letters(1 + random() % most, 'a');
    for (char& c : letters) c = "abc"[random() % 3];
    return letters;
  };
  for (int round = 0; round < 200; ++round) {
    const std::string name = word(7);
    const Names candidates = {word(7), word(7), word(7)};
    Names expected;
    for (std::size_t apart = 0; apart <= name.size() / 3; ++apart)
      for (const std::string& candidate : candidates)
        if (reference(name, candidate) == apart && apart < std::max(name.size(), candidate.size()) &&
            std::ranges::find(expected, candidate) == expected.end())
          expected.push_back(candidate);
    ASSERT_EQ(nearest(name, candidates), expected) << name;
  }
}

}  // namespace
}  // namespace cairn::check
