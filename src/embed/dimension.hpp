// The check that every embedder makes of the dimension it is asked for.
#pragma once

#include <cstddef>
#include <string_view>

namespace cairn::embed {

// Throws Error invalid_argument, naming `what`, unless smallest <= dimension <= 8192.
void require_dimension(std::string_view what, std::size_t dimension, std::size_t smallest);

}  // namespace cairn::embed
