#include "text/chunk.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/utf8.hpp"
#include "text/document.hpp"

namespace cairn::text {
namespace {

constexpr Format kFormats[] = {Format::plain, Format::markdown, Format::restructured_text, Format::html,
                               Format::code};

std::size_t line_of(std::string_view source, std::size_t offset) {
  return 1 + static_cast<std::size_t>(
                 std::count(source.begin(), source.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

bool is_white(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// `text` without white space, and without the one invisible character that the sources hold (U+2028): a chunk
// of nothing else is not kept.
std::string visible(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.substr(at, 3) == "\xE2\x80\xA8") {
      at += 2;
    } else if (!is_white(text[at])) {
      out.push_back(text[at]);
    }
  }
  return out;
}

// Every promise of chunk.hpp.
void check(std::string_view source, Format format, const ChunkOptions& options) {
  SCOPED_TRACE(testing::Message() << to_string(format) << " target " << options.target_bytes << " source ["
                                  << source.substr(0, 2000) << "]");
  const ChunkedDocument document = chunk_document(source, format, options);
  EXPECT_TRUE(utf8::is_valid(document.title));
  std::vector<char> covered(source.size(), 0);
  std::size_t previous_end = 0;
  for (std::size_t i = 0; i < document.chunks.size(); ++i) {
    const Chunk& chunk = document.chunks[i];
    ASSERT_EQ(chunk.index, i);
    ASSERT_GE(chunk.byte_begin, previous_end);
    ASSERT_LT(chunk.byte_begin, chunk.byte_end);
    ASSERT_LE(chunk.byte_end, source.size());
    ASSERT_EQ(chunk.line_begin, line_of(source, chunk.byte_begin));
    ASSERT_EQ(chunk.line_end, line_of(source, chunk.byte_end - 1));
    ASSERT_TRUE(utf8::is_valid(chunk.text));
    ASSERT_TRUE(utf8::is_valid(chunk.heading));
    ASSERT_LE(chunk.text.size(), options.max_bytes);
    ASSERT_FALSE(std::all_of(chunk.text.begin(), chunk.text.end(), is_white));
    if (format != Format::html) {
      ASSERT_EQ(chunk.text, source.substr(chunk.byte_begin, chunk.byte_end - chunk.byte_begin));
    }
    for (std::size_t at = chunk.byte_begin; at < chunk.byte_end; ++at) covered[at] = 1;
    previous_end = chunk.byte_end;
  }
  if (format == Format::html) {
    // What the parser calls visible is in the chunks, in order.
    std::string chunked;
    for (const Chunk& chunk : document.chunks) chunked += chunk.text;
    ASSERT_EQ(visible(chunked), visible(parse(source, format).extracted));
    return;
  }
  std::string left;
  for (std::size_t at = source.starts_with("\xEF\xBB\xBF") ? 3 : 0; at < source.size(); ++at) {
    if (!covered[at]) left.push_back(source[at]);
  }
  ASSERT_EQ(visible(left), "") << "is in no chunk";
}

const std::vector<std::string>& fragments() {
  static const std::vector<std::string> list = {"# Heading\n",
                                                "## Sub ##\n",
                                                "Setext\n====\n",
                                                "Sub\n---\n",
                                                "=====\nOver\n=====\n",
                                                "~~~~\n",
                                                "```python\n",
                                                "```\n",
                                                "\n",
                                                "\n\n\n",
                                                "\r\n",
                                                "   ",
                                                "\t",
                                                "    indented\n",
                                                "- item\n",
                                                "  - nested\n",
                                                "1. one\n",
                                                "> quote\n",
                                                ">>>>>>",
                                                "[[[[[[",
                                                "| a | b |\n|---|---|\n",
                                                "<!--",
                                                "-->",
                                                "<!-- c -->\n",
                                                "---\ntitle: x\n---\n",
                                                ".. _label:\n",
                                                ".. note::\n",
                                                ".. comment\n",
                                                "   body of it\n",
                                                "text::\n\n    literal\n\n",
                                                ":field: value\n",
                                                "..\n",
                                                "__ x\n",
                                                "==== ====\n",
                                                "word ",
                                                "A sentence. ",
                                                "Another one! ",
                                                "caf\xC3\xA9 ",
                                                "\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E",
                                                "\xF0\x9F\x98\x80",
                                                "<div>",
                                                "</div>",
                                                "<p>",
                                                "<h1>",
                                                "</h1>",
                                                "<h2>x",
                                                "<pre>",
                                                "</pre>",
                                                "<nav>",
                                                "</nav>",
                                                "<script>",
                                                "</script>",
                                                "<title>",
                                                "</title>",
                                                "<b",
                                                "\"",
                                                "'",
                                                ">",
                                                "<",
                                                "&amp;",
                                                "&#x",
                                                "&#128;",
                                                "&",
                                                "<svg/>",
                                                "<textarea>",
                                                "</textarea>",
                                                "<td>",
                                                "<li>",
                                                "<a href='",
                                                "class Foo:\n",
                                                "    def bar(self):\n",
                                                "int main(void)\n{\n",
                                                "}\n",
                                                "#include <x>\n",
                                                "impl X for Y {\n",
                                                "func (s",
                                                "`",
                                                "**",
                                                "\\",
                                                "{#",
                                                "](",
                                                "x",
                                                "0",
                                                std::string(300, 'y'),
                                                std::string(90, ' '),
                                                "lorem ipsum dolor sit amet, consectetur adipiscing elit\n",
                                                std::string("\0", 1),
                                                "\x7F",
                                                "\xE2\x80\xA8"};
  return list;
}

TEST(Chunk, PromisesHoldOverRandomDocuments) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 1500; ++round) {
    std::string source = round % 7 == 0 ? "\xEF\xBB\xBF" : "";
    const std::size_t parts = random() % 120;
    for (std::size_t i = 0; i < parts; ++i) source += fragments()[random() % fragments().size()];
    const std::size_t target = 64 + random() % 300;
    for (const Format format : kFormats) {
      check(source, format, {.target_bytes = target, .max_bytes = target + random() % 400});
      if (HasFatalFailure()) return;
    }
  }
}

TEST(Chunk, PromisesHoldOverRandomBytes) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 1000; ++round) {
    std::string bytes(random() % 600, '\0');
    for (char& c : bytes) c = static_cast<char>(round % 2 ? random() : random() % 64 + 10);
    const std::string source = utf8::sanitize(bytes);
    for (const Format format : kFormats) {
      check(source, format, {.target_bytes = 64, .max_bytes = 64 + random() % 100});
      if (HasFatalFailure()) return;
    }
  }
}

std::string repeated(std::string_view part, std::size_t bytes) {
  std::string out;
  out.reserve(bytes + part.size());
  while (out.size() < bytes) out += part;
  return out;
}

// None may overflow the stack or take more than linear time (the test suite's time limit would tell).
TEST(Chunk, HostileSources) {
  constexpr std::size_t kSize = 1 << 20;
  for (const char* part : {"x",       "\n",         " ",       ">",        "[",        "<",        "&",
                           "`",       "*",          "<div>",   "<nav>",    "<b ",      "<a b='",   "<pre>",
                           "<h1>",    "<!--",       "<!-",     "</",       "<script>", "```\n",    "# h\n",
                           "a\n=\n",  "a\n--\n\n",  "===\n",   ".. x\n",   "a::\n\n",  ".. _l:\n", "<!--\n",
                           "<pre>\n", "class A:\n", "f() {\n", "\n\n\n a", "&#",       "<title>",  "~~~\n",
                           "- ",      "\xC3\xA9",   "---\n",   "[a](",     ":a:`",     "\r",       "\f"}) {
    const std::string source = repeated(part, kSize);
    for (const Format format : kFormats) {
      const ChunkedDocument document = chunk_document(source, format);
      for (const Chunk& chunk : document.chunks) {
        ASSERT_LE(chunk.text.size(), 2000u) << part;
        ASSERT_TRUE(utf8::is_valid(chunk.text)) << part;
      }
    }
  }
  std::string stairs;  // each line further to the right
  for (std::size_t i = 0; stairs.size() < kSize; ++i)
    stairs += std::string(i, ' ') + "def f" + std::to_string(i) + "():\n";
  EXPECT_FALSE(chunk_document(stairs, Format::code).chunks.empty());
}

TEST(Chunk, NothingVisibleGivesNoChunk) {
  for (const char* source : {"", "\n", " \t\r\n ", "\xEF\xBB\xBF", "\xC2\xA0\n\xE3\x80\x80\xE2\x80\x8B"}) {
    for (const Format format : kFormats) EXPECT_TRUE(chunk_document(source, format).chunks.empty()) << source;
  }
  EXPECT_TRUE(chunk_document("<p><!-- x --><script>y</script>", Format::html).chunks.empty());
}

std::string words(std::size_t bytes) {
  return repeated("lorem ipsum ", bytes);
}

TEST(Chunk, SectionsAreNotMixed) {
  const std::string source =
      "# T\n\n" + words(500) + "\n\n## A\n\n" + words(500) + "\n\n## B\n\n" + words(500) + "\n";
  const ChunkedDocument d = chunk_document(source, Format::markdown);
  EXPECT_EQ(d.title, "T");
  ASSERT_EQ(d.chunks.size(), 3u);
  EXPECT_EQ(d.chunks[0].heading, "T");
  EXPECT_EQ(d.chunks[1].heading, "T > A");
  EXPECT_EQ(d.chunks[2].heading, "T > B");
  EXPECT_EQ(d.chunks[2].line_begin, 9u);
  EXPECT_TRUE(d.chunks[2].text.starts_with("## B\n"));
}

TEST(Chunk, SmallSiblingsShareAChunk) {
  const ChunkedDocument d = chunk_document("# T\n\n## A\n\none\n\n## B\n\ntwo\n", Format::markdown);
  ASSERT_EQ(d.chunks.size(), 1u);
  EXPECT_EQ(d.chunks[0].heading, "T");
  const ChunkedDocument one = chunk_document("# T\n\n## A\n\none\n", Format::markdown);
  ASSERT_EQ(one.chunks.size(), 1u);
  EXPECT_EQ(one.chunks[0].heading, "T > A") << "a title by itself lends its place to the section after it";
}

TEST(Chunk, TitleFromOutsideTheHeadings) {
  const ChunkedDocument page =
      chunk_document("<title>Sets - Manual</title><h1>Sets</h1><h2>Union</h2><p>x", Format::html);
  EXPECT_EQ(page.title, "Sets - Manual");
  ASSERT_EQ(page.chunks.size(), 1u);
  EXPECT_EQ(page.chunks[0].heading, "Sets > Union");
  const ChunkedDocument post = chunk_document("---\ntitle: Post\n---\n\n## Union\n\nx\n", Format::markdown);
  EXPECT_EQ(post.chunks.back().heading, "Post > Union");
}

TEST(Chunk, LongSectionsAreCutBetweenParagraphsEvenly) {
  std::string source = "# T\n\n";
  for (int i = 0; i < 12; ++i) source += words(300) + "\n\n";
  for (const Chunk& chunk : chunk_document(source, Format::markdown).chunks) {
    EXPECT_GE(chunk.text.size(), 800u);
    EXPECT_TRUE(chunk.text.starts_with("lorem") || chunk.text.starts_with("# T"));
    EXPECT_TRUE(chunk.text.ends_with("ipsum"));
  }
}

TEST(Chunk, ListingsStayWhole) {
  std::string listing = "```\n";
  for (int i = 0; i < 20; ++i) listing += "line " + std::to_string(i) + "\n\n";
  listing += "```";
  const std::string source =
      "# T\n\n" + words(900) + "\n\nFor example:\n\n" + listing + "\n\n" + words(900) + "\n";
  const ChunkedDocument d = chunk_document(source, Format::markdown);
  EXPECT_EQ(1, std::count_if(d.chunks.begin(), d.chunks.end(), [&](const Chunk& c) {
              return c.text.find("For example:\n\n" + listing) != std::string::npos;
            }));
}

TEST(Chunk, CodeIsCutBetweenDefinitions) {
  std::string source = "import os\n\n";
  for (int i = 0; i < 6; ++i) {
    source += "def f" + std::to_string(i) + "():\n    a = 1\n\n    " + words(500) + "\n\n";
  }
  const ChunkedDocument d = chunk_document(source, Format::code);
  EXPECT_EQ(d.title, "");
  for (const Chunk& chunk : d.chunks)
    EXPECT_TRUE(chunk.text.starts_with("def ") || chunk.text.starts_with("import"));
  EXPECT_EQ(d.chunks.back().heading, "def f5");
}

TEST(Chunk, HtmlRangesShowTheSource) {
  const std::string source = "<html>\n<body>\n<h1>A</h1>\n<p>one &amp;\n two</p>\n</body>";
  const ChunkedDocument d = chunk_document(source, Format::html);
  ASSERT_EQ(d.chunks.size(), 1u);
  EXPECT_EQ(d.chunks[0].text, "A\n\none & two");
  EXPECT_EQ(source.substr(d.chunks[0].byte_begin, d.chunks[0].byte_end - d.chunks[0].byte_begin),
            "A</h1>\n<p>one &amp;\n two");
  EXPECT_EQ(d.chunks[0].line_begin, 3u);
  EXPECT_EQ(d.chunks[0].line_end, 5u);
}

}  // namespace
}  // namespace cairn::text
