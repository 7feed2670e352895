// What of a row is embedded: its heading, which says what the text is about, and its text. content.text_hash
// is the content_hash of exactly this string.
#pragma once

#include <string>
#include <string_view>

namespace cairn::store {

inline std::string embedded_text(std::string_view heading, std::string_view text) {
  std::string out;
  out.reserve(heading.size() + 1 + text.size());
  if (!heading.empty()) out.append(heading).append(1, '\n');
  return out.append(text);
}

}  // namespace cairn::store
