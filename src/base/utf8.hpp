// UTF-8 without tables: validation, decoding and cutting at code point boundaries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cairn::utf8 {

inline constexpr char32_t kReplacement = 0xFFFD;

struct Decoded {
  char32_t code_point;  // kReplacement where the bytes are not UTF-8
  std::size_t length;   // bytes consumed, at least 1
  bool valid;
};

// Decodes the code point that starts at `text[at]`. REQUIRES: at < text.size().
// Overlong forms, surrogates and values above U+10FFFF are invalid (RFC 3629).
Decoded decode(std::string_view text, std::size_t at) noexcept;

bool is_valid(std::string_view text) noexcept;

// `text` with every invalid byte replaced by U+FFFD.
std::string sanitize(std::string_view text);

// The largest boundary of a code point that is <= at. REQUIRES: at <= text.size().
std::size_t floor_boundary(std::string_view text, std::size_t at) noexcept;

void append(std::string& out, char32_t code_point);

}  // namespace cairn::utf8
