// Documents cut into chunks, the unit of search: pieces of about 300 tokens that do not run across a
// section boundary and that know where in the source they stood.
//
//   ChunkedDocument d = chunk_document(source, format_of(path));
//   for (const Chunk& c : d.chunks) store(c.heading, c.text, c.line_begin, c.line_end);
//
// Holds for every source that is valid UTF-8 (linear time, no recursion, deterministic):
// - ranges ascend and do not overlap; every byte that is neither white space nor (in HTML) markup is in a
// chunk;
// - except for HTML, chunk.text is exactly source[byte_begin, byte_end); for HTML it is the visible text and
//   the range is where that stood in the source;
// - a chunk has at least one visible character, is valid UTF-8 and at most max_bytes long.
// Small neighbouring sections share a chunk; its heading is then what the paths of those with body text have
// in common, or the first path when they have nothing in common.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "text/format.hpp"

namespace cairn::text {

struct Chunk {
  std::string text;
  std::string heading;                       // "Title > Section > Sub"; may be empty
  std::size_t byte_begin = 0, byte_end = 0;  // half-open, into the source
  std::size_t line_begin = 0, line_end = 0;  // 1-based, inclusive, into the source
  std::size_t index = 0;                     // 0, 1, 2 … in the document
};

struct ChunkOptions {
  std::size_t target_bytes = 1200;  // what a chunk of a long section aims at: about 300 tokens of English
  std::size_t max_bytes = 2000;     // never exceeded. REQUIRES: 64 <= target_bytes <= max_bytes
};

struct ChunkedDocument {
  std::string title;  // empty if the document names none; the caller then uses the file name
  std::vector<Chunk> chunks;
};

ChunkedDocument chunk_document(std::string_view source, Format format, const ChunkOptions& options = {});

}  // namespace cairn::text
