// Scripts that are written without spaces, and symbols that unicode61 does not index. The store's
// trigram table holds exactly the runs of these code points, and queries look for them there.
#pragma once

namespace cairn::text {

constexpr bool is_unspaced(char32_t c) noexcept {
  if (c < 0x0E00) return false;
  if (c <= 0x0FFF) return true;                         // Thai, Lao, Tibetan
  if (c >= 0x2190 && c <= 0x2BFF) return true;          // arrows, mathematical operators, symbols, dingbats
  if (c >= 0xFE00 && c <= 0xFE0F) return false;         // variation selectors
  return (c >= 0x2E80 && c <= 0xFFFD) || c >= 0x10000;  // ideographs, kana, Hangul; emoji and beyond
}

}  // namespace cairn::text
