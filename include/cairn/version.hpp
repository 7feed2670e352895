// Which Cairn this is.
#pragma once

#include <string_view>

namespace cairn {

// "0.1.0", of the library that is linked.
std::string_view version() noexcept;

}  // namespace cairn
