// Collects the headings and blocks that a parser meets, in source order, into a Document.
#pragma once

#include <string>
#include <vector>

#include "text/document.hpp"

namespace cairn::text {

class DocumentBuilder {
 public:
  enum class BlockKind {
    body,
    silent,  // nothing to search for by itself: a comment, a rule
    label,   // silent, and belongs to the heading that follows directly
  };

  void block(std::size_t begin, std::size_t end, BlockKind kind);
  // Makes the last block reach to `end`. REQUIRES: there is one.
  void extend_last(std::size_t end) { document_.blocks.back().end = end; }

  // level: 1 is outermost. `heading` is the text that paths show. kind: silent, or body where the heading
  // is itself worth finding (the first line of a function).
  void heading(std::size_t begin, std::size_t end, int level, std::string heading,
               BlockKind kind = BlockKind::silent);
  // A section that ends the current one without a heading of its own: the enclosing section goes on.
  // Closes every section of `level` or deeper.
  void close(int level);

  // A title from outside the headings. The first one counts.
  void title(std::string title);

  Document finish();

 private:
  void open_section(std::string heading, int level, std::size_t first_block);

  Document document_;
  std::vector<std::size_t> open_;  // indices of enclosing sections, outermost first
  std::size_t labels_ = 0;         // trailing blocks that are labels
};

// A heading's text as a reader sees it: white space collapsed, without inline markup of Markdown and
// reStructuredText (backquotes, roles, strong emphasis, link targets), at most 200 bytes.
std::string plain_heading(std::string_view text);

}  // namespace cairn::text
