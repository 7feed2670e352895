#include "text/snippet.hpp"

#include <gtest/gtest.h>

#include <random>

#include "base/utf8.hpp"

namespace cairn::text {
namespace {

// The snippet with its matches in brackets.
std::string marked(std::string_view text, std::string_view query, std::size_t max_bytes = 240) {
  const Snippet s = snippet(text, query, max_bytes);
  std::string out;
  std::size_t at = 0;
  for (const SnippetRange& range : s.matches) {
    out +=
        s.text.substr(at, range.begin - at) + "[" + s.text.substr(range.begin, range.end - range.begin) + "]";
    at = range.end;
  }
  return out + s.text.substr(at);
}

TEST(Snippet, MarksTheWordsOfTheQuery) {
  EXPECT_EQ(marked("The Deploy  key\nrotates.", "deploy KEY"), "The [Deploy] [key] rotates.");
  EXPECT_EQ(marked("call foo_bar() now", "foo_bar"), "call [foo]_[bar]() now");
  EXPECT_EQ(marked("caf\u00e9 au lait", "CAFE"), "[caf\u00e9] au lait");
  EXPECT_EQ(marked("\u3053\u308c\u306f\u65e5\u672c\u8a9e\u3067\u3059", "\u65e5\u672c"),
            "\u3053\u308c\u306f[\u65e5\u672c]\u8a9e\u3067\u3059");
  EXPECT_EQ(marked("nothing here", "absent"), "nothing here");
  EXPECT_EQ(marked("", "x"), "");
  EXPECT_EQ(marked("x", ""), "x");
}

TEST(Snippet, ShowsTheWindowWithTheMostDifferentWords) {
  std::string text = "alpha alpha alpha ";
  for (int i = 0; i < 60; ++i) text += "filler ";
  text += "here alpha meets beta today ";
  for (int i = 0; i < 60; ++i) text += "filler ";
  const std::string shown = marked(text, "alpha beta", 80);
  EXPECT_NE(shown.find("here [alpha] meets [beta] today"), std::string::npos) << shown;
  EXPECT_TRUE(shown.starts_with("\u2026"));
  EXPECT_TRUE(shown.ends_with("filler\u2026"));
  EXPECT_TRUE(snippet(text, "absent", 80).text.starts_with("alpha"));
}

TEST(Snippet, PromisesHoldOverRandomTexts) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const std::vector<std::string> parts = {"word",
                                          " ",
                                          "\n",
                                          "caf\u00e9",
                                          "\u65e5\u672c",
                                          "\U0001F600",
                                          "-",
                                          "x",
                                          "longer_identifier",
                                          "\t  ",
                                          "...",
                                          std::string(50, 'y'),
                                          "beta",
                                          "\u2026"};
  for (int round = 0; round < 5000; ++round) {
    std::string text, query;
    for (std::size_t i = 0, n = random() % 60; i < n; ++i) text += parts[random() % parts.size()];
    for (std::size_t i = 0, n = random() % 4; i < n; ++i) query += parts[random() % parts.size()] + " ";
    const std::size_t max_bytes = 16 + random() % 100;
    const Snippet s = snippet(text, query, max_bytes);
    ASSERT_LE(s.text.size(), max_bytes) << text;
    ASSERT_TRUE(utf8::is_valid(s.text)) << text;
    std::size_t previous = 0;
    for (const SnippetRange& range : s.matches) {
      ASSERT_LE(previous, range.begin);
      ASSERT_LT(range.begin, range.end);
      ASSERT_LE(range.end, s.text.size());
      ASSERT_NE(text.find(s.text.substr(range.begin, range.end - range.begin)), std::string::npos);
      previous = range.end;
    }
  }
}

}  // namespace
}  // namespace cairn::text
