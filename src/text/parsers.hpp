// One function per format; parse() in document.hpp chooses.
#pragma once

#include <string_view>

#include "text/document.hpp"

namespace cairn::text {

Document parse_plain(std::string_view source);
Document parse_markdown(std::string_view source);
Document parse_restructured_text(std::string_view source);
Document parse_html(std::string_view source);
Document parse_code(std::string_view source);

}  // namespace cairn::text
