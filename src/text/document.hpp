// A document taken apart: its title, its tree of sections, and the blocks (paragraphs, tables, listings)
// that each section is made of.
//
//   Document d = parse("# Guide\n\nIntro.\n\n## Setup\n\nRun it.\n", Format::markdown);
//   heading_path(d, d.sections[2]);   // {"Guide", "Setup"}
//
// Every parser is a single pass over lines or tags, linear in the source and without recursion, whatever
// the source holds. REQUIRES of all: `source` is valid UTF-8 (utf8::sanitize it first); CRLF and a byte
// order mark are fine. Same source, same result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/format.hpp"

namespace cairn::text {

// Offsets in Block and Section are into the *text* (Document::text_of); half-open, ascending, not
// overlapping.
struct Block {
  std::size_t begin;
  std::size_t end;
  bool body;  // false for headings, labels, comments, rules: what nobody would search for by itself
};

struct Section {
  static constexpr std::size_t kNoParent = static_cast<std::size_t>(-1);

  std::string heading;             // empty for what stands before the first heading
  std::size_t parent = kNoParent;  // index of the enclosing section
  int level = 0;                   // 1 is outermost; 0 is before the first heading
  std::size_t begin = 0,
              end = 0;  // from its heading (or the label before it) to the next heading of any level
  std::size_t first_block = 0, block_count = 0;  // in Document::blocks
};

// A stretch of extracted text and where it stood in the source. Only HTML needs these.
struct SourceSpan {
  std::size_t text_begin, text_size;
  std::size_t source_begin, source_size;  // equal sizes: copied verbatim, byte for byte
};

struct Document {
  std::string title;              // empty if the document names none
  bool title_in_headings = true;  // false when the title came from elsewhere (front matter, <title>)
  std::vector<Section> sections;  // in source order; sections[0] may be the part before any heading
  std::vector<Block> blocks;
  std::string extracted;          // HTML: the visible text. Otherwise empty: the text is the source itself
  std::vector<SourceSpan> spans;  // HTML: ascending
  bool is_extracted = false;

  // What Block and Section offsets refer to.
  std::string_view text_of(std::string_view source) const noexcept {
    return is_extracted ? std::string_view(extracted) : source;
  }
  // The source range that text [begin, end) came from. REQUIRES: begin < end <= text size.
  struct Range {
    std::size_t begin, end;
  };
  Range source_range(std::size_t begin, std::size_t end) const noexcept;
};

Document parse(std::string_view source, Format format);

// Headings from the outermost to the section's own; at most kMaxHeadingDepth, the outermost ones.
inline constexpr std::size_t kMaxHeadingDepth = 12;
std::vector<std::string_view> heading_path(const Document& document, const Section& section);

}  // namespace cairn::text
