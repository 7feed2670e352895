#include "text/format.hpp"

#include <gtest/gtest.h>

namespace cairn::text {
namespace {

TEST(Format, ByName) {
  for (const char* name : {"a.md", "docs/README.MD", "x.markdown"})
    EXPECT_EQ(format_of(name), Format::markdown) << name;
  for (const char* name : {"a.rst", "a.rst.txt", "A/B.RST.TXT"}) {
    EXPECT_EQ(format_of(name), Format::restructured_text) << name;
  }
  for (const char* name : {"a.html", "a.htm", "a.xhtml"}) EXPECT_EQ(format_of(name), Format::html) << name;
  for (const char* name :
       {"a.c", "a.hpp", "x/Makefile", "Dockerfile", "CMakeLists.txt", "a.py", "b.zsh", "a.tar.go"}) {
    EXPECT_EQ(format_of(name), Format::code) << name;
  }
  for (const char* name : {"", "README", "a.txt", "notes.log", "rst", "x.md/notes", "makefile.txt", "."}) {
    EXPECT_EQ(format_of(name), Format::plain) << name;
  }
  EXPECT_EQ(format_of(std::string(5000, 'x') + ".md"), Format::markdown);
  EXPECT_EQ(to_string(Format::restructured_text), "rst");
  EXPECT_EQ(doc_type_of(Format::code), "code");
  EXPECT_EQ(doc_type_of(Format::html), "doc");
}

}  // namespace
}  // namespace cairn::text
