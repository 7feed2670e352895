#include "check/diagnostic.hpp"

#include <gtest/gtest.h>

namespace cairn::check {
namespace {

Diagnostic at(int line, int column) {
  return {"a.cpp", {line, column}, "no such column: titel", ""};
}

TEST(Diagnostic, ShowsTheLineAndMarksTheWord) {
  Diagnostic diagnostic{"src/tasks.cpp", {2, 30}, "no such column: titel", "did you mean 'title'?"};
  EXPECT_EQ(to_string(diagnostic, "\n  auto q = CAIRN_SQL(\"SELECT titel FROM tasks\");\n\n"),
            "src/tasks.cpp:2:30: error: no such column: titel\n"
            "    2 |   auto q = CAIRN_SQL(\"SELECT titel FROM tasks\");\n"
            "      |                              ^~~~~\n"
            "src/tasks.cpp:2:30: note: did you mean 'title'?\n");
  diagnostic.severity = Severity::warning;
  EXPECT_EQ(to_string(diagnostic, ""),
            "src/tasks.cpp:2:30: warning: no such column: titel\n"
            "src/tasks.cpp:2:30: note: did you mean 'title'?\n");
}

// What stands below the message.
std::string excerpt(std::string_view source, int line, int column) {
  const std::string shown = to_string(at(line, column), source);
  return shown.substr(shown.find('\n') + 1);
}

TEST(Diagnostic, PutsTheCaretRightUnderTabsAndLetters) {
  EXPECT_EQ(excerpt("\tf(\tnope);", 1, 5), "    1 | \tf(\tnope);\n      | \t  \t^~~~\n");
  EXPECT_EQ(excerpt("é = größe + 1;", 1, 6), "    1 | é = größe + 1;\n      |     ^~~~~\n");
  EXPECT_EQ(excerpt("a + b", 1, 3), "    1 | a + b\n      |   ^\n");
  EXPECT_EQ(excerpt("\xEF\xBB\xBF"
                    "a + b",
                    1, 5),
            "    1 | a + b\n      |     ^\n");
}

TEST(Diagnostic, TakesTheEndOfALineAndWhatIsBeyond) {
  EXPECT_EQ(excerpt("ab\r\ncd\r\n", 2, 3), "    2 | cd\n      |   ^\n");
  EXPECT_EQ(excerpt("ab\n", 1, 99), "    1 | ab\n      |   ^\n");
  EXPECT_EQ(excerpt("ab\n", 7, 1), "    7 | \n      | ^\n");
  EXPECT_EQ(excerpt("ab\n", 0, 0), "    0 | \n      | ^\n");
}

TEST(Diagnostic, ShowsNothingThatUpsetsATerminal) {
  EXPECT_EQ(excerpt("a\x1B[31m \xFF b", 1, 9), "    1 | a [31m \xEF\xBF\xBD b\n      |         ^\n");
  Diagnostic diagnostic = at(1, 1);
  diagnostic.message = "unrecognized token: \"'a\nb\"";
  EXPECT_EQ(to_string(diagnostic, ""), "a.cpp:1:1: error: unrecognized token: \"'a b\"\n");
}

TEST(Diagnostic, ShortensALongLineAroundThePlace) {
  std::string line;
  for (int i = 0; i < 40; ++i) line += "größe, ";  // of 9 bytes and 7 columns each
  EXPECT_EQ(excerpt(line, 1, 1 + 20 * 9),
            "    1 | …"
            "öße, größe, größe, größe, größe, größe, größe, größe, "
            "größe, größe, größe, größe, größe, grö…\n"
            "      |                                                        ^~~~~\n");
  // A place that is not at the beginning of a character, as a broken caller would have it.
  for (int column = 1; column <= static_cast<int>(line.size()) + 1; ++column) {
    const std::string shown = excerpt(line, 1, column);
    EXPECT_LT(shown.size(), 350u);
  }
}

}  // namespace
}  // namespace cairn::check
