// Character references: "&amp;", "&#8364;", "&#x20AC;".
#pragma once

#include <cstddef>
#include <string_view>

namespace cairn::text {

struct CharacterReference {
  char32_t code_point;
  std::size_t length;  // bytes of the source; 0 if there is no character reference
};

// The reference that `text` begins with. REQUIRES: text begins with '&'.
CharacterReference character_reference(std::string_view text) noexcept;

}  // namespace cairn::text
