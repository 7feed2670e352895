// The lines of a source file: in which one a byte stands, and what it says.
//
// Holds a view of the source. Lines end with '\n' or "\r\n"; a byte order mark is no part of the first one.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "check/source_query.hpp"

namespace cairn::check {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

class SourceLines {
 public:
  explicit SourceLines(std::string_view source);

  // REQUIRES: offset <= source.size(), and not within the byte order mark.
  Place place_of(std::size_t offset) const;

  // Without its end; empty if there is no such line.
  std::string_view line(int number) const;

 private:
  std::string_view source_;
  std::vector<std::size_t> begins_;
};

}  // namespace cairn::check
