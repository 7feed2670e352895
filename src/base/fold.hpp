// Case and accents folded away, so that "Café" and "cafe" are the same word.
#pragma once

#include <string>
#include <string_view>

namespace cairn::utf8 {

// The small letter of a Latin, Greek, Cyrillic or Armenian capital; Latin letters up to U+017F lose their
// accents. Every other code point is itself. One code point to one: "ß" stays "ß".
char32_t fold(char32_t c) noexcept;

// `text` with every code point folded. REQUIRES: valid UTF-8.
std::string fold(std::string_view text);

}  // namespace cairn::utf8
