// The part of a chunk that shows best why it matched.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::text {

struct SnippetRange {
  std::size_t begin, end;  // half-open, bytes into Snippet::text
};

struct Snippet {
  std::string text;                   // on one line; "…" where something was cut off before or after
  std::vector<SnippetRange> matches;  // words of the query, ascending, not overlapping
};

// The window of `text` with the most different words of `query`, cut at white space, at most max_bytes
// long (with the ellipses); the beginning of `text` when no word occurs. White space is collapsed.
// Linear. REQUIRES: `text` is valid UTF-8, max_bytes >= 16.
Snippet snippet(std::string_view text, std::string_view query, std::size_t max_bytes = 240);

}  // namespace cairn::text
