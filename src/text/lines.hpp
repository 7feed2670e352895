// Reading a text line by line, and small questions about ASCII. Views into the source, no copies.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>

namespace cairn::text {

constexpr bool is_space(char c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
constexpr bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

inline std::string_view trimmed(std::string_view s) noexcept {
  while (!s.empty() && is_space(s.front())) s.remove_prefix(1);
  while (!s.empty() && is_space(s.back())) s.remove_suffix(1);
  return s;
}

// `b` in lower case.
inline bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != b[i]) return false;
  }
  return true;
}

struct Line {
  std::size_t begin = 0;       // first byte
  std::size_t next = 0;        // first byte of the following line, or the size of the source
  std::size_t indent = 0;      // columns of white space before the text; a tab goes to the next multiple of 8
  std::string_view text = {};  // without white space at either end

  bool blank() const noexcept { return text.empty(); }
};

// REQUIRES: at <= source.size(). At the end the line is blank and next == begin.
inline Line read_line(std::string_view source, std::size_t at) noexcept {
  Line line;
  line.begin = at;
  const void* newline =
      at < source.size() ? std::memchr(source.data() + at, '\n', source.size() - at) : nullptr;
  std::size_t end = source.size();
  line.next = end;
  if (newline != nullptr) {
    end = static_cast<std::size_t>(static_cast<const char*>(newline) - source.data());
    line.next = end + 1;
  }
  while (end > at && is_space(source[end - 1])) --end;
  std::size_t first = at;
  for (; first < end && is_space(source[first]); ++first) {
    line.indent = source[first] == '\t' ? (line.indent / 8 + 1) * 8 : line.indent + 1;
  }
  line.text = source.substr(first, end - first);
  return line;
}

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Where the text begins: after the byte order mark, if there is one.
inline std::size_t text_start(std::string_view source) noexcept {
  return source.substr(0, 3) == kByteOrderMark ? 3 : 0;
}

}  // namespace cairn::text
