#include "text/query.hpp"

#include <gtest/gtest.h>

#include "text/unspaced.hpp"
#include "text/words.hpp"

namespace cairn::text {
namespace {

// tests/fts5_query_test.cpp runs the expressions in SQLite.

TEST(Query, Words) {
  EXPECT_EQ(fts5_any("When does the deploy key rotate?"), R"("deploy" OR "key" OR "rotate")");
  EXPECT_EQ(fts5_any("deploy key, KEY"), R"("deploy" OR "key")");
  EXPECT_EQ(fts5_any("to be or not to be"), R"("not")");
  EXPECT_EQ(fts5_any("what is it"), R"("what" OR "is" OR "it")") << "nothing but stop words";
  for (const char* nothing : {"", "  ", "!?", "\"\"", "\" \"", "-", "*", "\xE2\x80\xA6", "^(){}[]:"}) {
    EXPECT_EQ(fts5_any(nothing), "") << nothing;
  }
}

TEST(Query, OperatorsAreWords) {
  EXPECT_EQ(fts5_any("cats NEAR dogs AND -birds"), R"("cats" OR "NEAR" OR "dogs" OR "birds")");
  EXPECT_EQ(fts5_any("text:foo* ^bar"), R"("text foo" OR "text" OR "foo" OR "bar")");
  EXPECT_EQ(fts5_any("'; DROP TABLE x; --"), R"("DROP" OR "TABLE" OR "x")");
}

TEST(Query, IdentifiersArePhrases) {
  EXPECT_EQ(fts5_any("foo_bar.baz()"), R"("foo bar baz" OR "foo" OR "bar" OR "baz")");
  EXPECT_EQ(fts5_any("std::vector<int>"), R"("std vector int" OR "std" OR "vector" OR "int")");
  EXPECT_EQ(fts5_any("--no-install"), R"("no install" OR "no" OR "install")");
  EXPECT_EQ(fts5_any("CONFIG_X86_64"), R"("CONFIG X86 64" OR "CONFIG" OR "X86" OR "64")");
  EXPECT_EQ(fts5_any("/proc/sys/vm"), R"("proc sys vm" OR "proc" OR "sys" OR "vm")");
  EXPECT_EQ(fts5_any("C++"), R"("C")");
  EXPECT_EQ(fts5_any("do_the_thing"), R"("do the thing" OR "thing")");
}

TEST(Query, QuotedPhrases) {
  EXPECT_EQ(fts5_any(R"(a "page fault" b)"), R"("page fault" OR "page" OR "fault" OR "b")");
  EXPECT_EQ(fts5_any(R"("the who")"), R"("the who")");
  EXPECT_EQ(fts5_any(R"(5" disk)"), R"("5" OR "disk")");
  EXPECT_EQ(fts5_any(R"("one" "two)"), R"("one" OR "two")");
}

TEST(Query, ScriptsWithoutSpaces) {
  EXPECT_EQ(fts5_any("\u65e5\u672c\u8a9e text"), "\"\u65e5\u672c\u8a9e\" OR \"text\"");
  EXPECT_EQ(fts5_any("\U0001F600"), "");
  EXPECT_EQ(ideograph_terms("a\u65e5\u672cb \u0e01\u0e02 \U0001F600\u2764\uFE0F x \u65e5\u672c"),
            (std::vector<std::string>{"\u65e5\u672c", "\u0e01\u0e02", "\U0001F600\u2764"}));
  EXPECT_TRUE(ideograph_terms("plain caf\u00e9 \u043c\u043e\u0440\u0435").empty());
}

TEST(Query, LongQueriesAreCapped) {
  std::string words, quote = "\"", quotes, solid(1 << 20, 'x'), ideographs;
  for (int i = 0; words.size() < 1 << 20; ++i) words += "word" + std::to_string(i) + " ";
  for (int i = 0; i < 1 << 19; ++i) quotes += "\" ", ideographs += "\u65e5";
  quote += words + "\"";
  EXPECT_EQ(query_terms(words).size(), kMaxQueryTerms);
  EXPECT_LE(query_terms(quote).size(), kMaxQueryTerms);
  EXPECT_EQ(query_terms(quotes).size(), 0u);
  EXPECT_LT(fts5_any(solid).size(), 300u);
  EXPECT_LE(ideograph_terms(ideographs)[0].size(), 256u);
  EXPECT_LE(ideograph_terms(ideographs).size(), kMaxQueryTerms);
}

TEST(Words, LettersAndDigits) {
  for (const char32_t c :
       {U'a', U'Z', U'0', U'\u00e9', U'\u03b1', U'\u0416', U'\u05d0', U'\u0627', U'\u4e00'}) {
    EXPECT_TRUE(is_token_char(c)) << static_cast<std::uint32_t>(c);
  }
  for (const char32_t c : {U'_', U'-', U'"', U'\u00a0', U'\u00d7', U'\u2019', U'\u2026', U'\u20ac', U'\u3002',
                           U'\u2192', U'\U0001F600'}) {
    EXPECT_FALSE(is_token_char(c)) << static_cast<std::uint32_t>(c);
  }
}

}  // namespace
}  // namespace cairn::text
