#include "text/document.hpp"

#include <gtest/gtest.h>

namespace cairn::text {
namespace {

// One line per section: "level path", indented by nothing.
std::vector<std::string> outline(std::string_view source, Format format) {
  const Document document = parse(source, format);
  std::vector<std::string> lines;
  for (const Section& section : document.sections) {
    std::string line = std::to_string(section.level) + " ";
    for (const std::string_view part : heading_path(document, section)) line += std::string(part) + "/";
    lines.push_back(line);
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST(Markdown, Headings) {
  EXPECT_EQ(
      outline("intro\n\n# A `b` #\n\n## [C](x.md) d {#anchor}\n### E\n## F\nTitle\nmore\n===\nx\nSub\n---\n",
              Format::markdown),
      (Lines{"0 ", "1 A b/", "2 A b/C d/", "3 A b/C d/E/", "2 A b/F/", "1 Title more/",
             "2 Title more/x Sub/"}));
  EXPECT_EQ(outline("\xEF\xBB\xBF# A\r\n\r\ntext\r\n\r\nB\r\n---\r\n", Format::markdown),
            (Lines{"1 A/", "2 A/B/"}));
}

TEST(Markdown, WhatIsNoHeading) {
  for (const char* source :
       {"#hash\n", "####### seven\n", "    # code\n", "```\n# fenced\n```\n",
        "~~~~\n# fenced\n~~~\n# more\n~~~~\n", "``` unclosed\n# fenced\n", "<!--\n# comment\n\n# more\n-->\n",
        "<pre>\n\n# x\n</pre>\n", "> # quoted\n", "- item\n---\n", "a | b\n--- | ---\n", "---\n",
        "text\n\n===\n", "1. ```\n   # x\n   ```\n"}) {
    EXPECT_EQ(outline(source, Format::markdown), Lines{"0 "}) << source;
  }
}

TEST(Markdown, FrontMatter) {
  const Document document = parse("---\ntitle: \"My page\"\nx: 1\n---\n\n# Heading\n", Format::markdown);
  EXPECT_EQ(document.title, "My page");
  EXPECT_FALSE(document.title_in_headings);
  EXPECT_EQ(outline("---\ntitle: x\n---\n# H\n", Format::markdown), (Lines{"0 ", "1 H/"}));
  EXPECT_EQ(parse("# First\n\n# Second\n", Format::markdown).title, "First");
}

TEST(RestructuredText, LevelsFollowTheOrderOfStyles) {
  EXPECT_EQ(outline("=====\nTitle\n=====\n\nA\n=\n\nB\n----\n\ntext\n\nC\n=\n\n=======\n  Two\n=======\n",
                    Format::restructured_text),
            (Lines{"1 Title/", "2 Title/A/", "3 Title/A/B/", "2 Title/C/", "1 Two/"}));
  EXPECT_EQ(outline(":mod:`json` --- the ``JSON`` module\n=====\n", Format::restructured_text),
            Lines{"1 json --- the JSON module/"});
}

TEST(RestructuredText, WhatIsNoHeading) {
  for (const char* source :
       {"text\n\n----\n\nmore\n", "Code::\n\n  Not\n  ===\n", ".. note::\n\n   Not\n   ===\n",
        "long title\n--\n", "=====  =====\nA      B\n=====  =====\n1      2\n=====  =====\n",
        ".. comment\n   ===\n", "- item\n  ====\n"}) {
    EXPECT_EQ(outline(source, Format::restructured_text), Lines{"0 "}) << source;
  }
}

TEST(RestructuredText, LabelsBelongToTheHeadingThatFollows) {
  const std::string source = "One\n===\n\ntext\n\n.. _two:\n.. index:: two\n\nTwo\n===\n";
  const Document document = parse(source, Format::restructured_text);
  ASSERT_EQ(document.sections.size(), 2u);
  EXPECT_EQ(document.sections[1].begin, source.find(".. _two"));
  EXPECT_EQ(outline(".. _a:\n\nA\n=\n", Format::restructured_text), Lines{"1 A/"});
}

TEST(Html, VisibleText) {
  const Document d = parse(
      "<!DOCTYPE html><html><head><title>T &amp; x</title><style>p{}</style></head><body>"
      "<nav>menu</nav><h1>One<a class=h>\xC2\xB6</a></h1><p>a&nbsp;<b>b</b>&#x20AC;&copy;\n c</p><!-- no -->"
      "<ul><li>x<li>y</ul><table><tr><td>1<td>2</table><pre>\n  code\n   more</pre><script>if (a<b) </script>"
      "<h2>Two</h2>z &unknown; 1 < 2 <a title='>'>q</a>",
      Format::html);
  EXPECT_EQ(d.title, "T & x");
  EXPECT_EQ(
      d.extracted,
      "One\n\na b\xE2\x82\xAC\xC2\xA9 c\n\nx\ny\n\n1\t2\n\n  code\n   more\n\nTwo\n\nz &unknown; 1 < 2 q");
  ASSERT_EQ(d.sections.size(), 2u);
  EXPECT_EQ(heading_path(d, d.sections[1]), (std::vector<std::string_view>{"One", "Two"}));
}

TEST(Html, EverySpanPointsAtItsSource) {
  const std::string source = "<p>one  two&amp;<b>three</b> f\xC3\xBCr</p><pre>a\nb</pre>";
  const Document d = parse(source, Format::html);
  for (const SourceSpan& span : d.spans) {
    if (span.text_size != span.source_size) continue;
    EXPECT_EQ(d.extracted.substr(span.text_begin, span.text_size),
              source.substr(span.source_begin, span.source_size));
  }
  const std::size_t at = d.extracted.find("three");
  const Document::Range range = d.source_range(at, at + 5);
  EXPECT_EQ(source.substr(range.begin, range.end - range.begin), "three");
  const std::size_t ampersand = d.extracted.find('&');
  const Document::Range reference = d.source_range(ampersand, ampersand + 1);
  EXPECT_EQ(source.substr(reference.begin, reference.end - reference.begin), "&amp;");
}

TEST(Html, UnclosedElementsHideNothing) {
  EXPECT_EQ(parse("a<nav>b<p>c", Format::html).extracted, "ab\n\nc");
  EXPECT_EQ(parse("<h1>Head<p>text", Format::html).extracted, "Head\n\ntext");
  EXPECT_EQ(parse("<nav><nav>x</nav>y</nav>z", Format::html).extracted, "z");
  EXPECT_EQ(parse("<div role=\"navigation\"><div>x</div></div>z", Format::html).extracted, "z");
  EXPECT_EQ(parse("x<svg/>y<", Format::html).extracted, "xy<");
}

TEST(Code, Definitions) {
  EXPECT_EQ(
      outline("import os\n\nclass Foo:\n    def bar(self):\n        pass\n\n    async def baz(self):\n       "
              " x\n\n"
              "def main():\n    pass\n\nmain()\n",
              Format::code),
      (Lines{"0 ", "1 class Foo/", "5 class Foo/def bar/", "5 class Foo/def baz/", "1 def main/", "0 "}));
  EXPECT_EQ(outline("#include <a.h>\n\n/* Adds. */\nstatic int add(int a, int b)\n{\n\tif (a) "
                    "{\n\t}\n\n\treturn a;\n}\n\n"
                    "struct point *make(void)\n{\n}\n\nnamespace a {\nclass B final {\n  void c() {\n",
                    Format::code),
            (Lines{"0 ", "1 add/", "1 make/", "1 namespace a/", "1 class B/", "3 class B/c/"}));
  EXPECT_EQ(
      outline("func (s *Server) Run() error {\n}\n\nimpl<T> Foo for Bar<T> {\n    pub fn go(&self) {}\n",
              Format::code),
      (Lines{"1 func Run/", "1 impl<T> Foo for Bar<T>/", "5 impl<T> Foo for Bar<T>/fn go/"}));
}

}  // namespace
}  // namespace cairn::text
