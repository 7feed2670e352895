// Everything on standard input, for the arguments that are "-".
#pragma once

#include <string>

namespace cairn::cli {

// Without the line feeds at its end. Throws Error (io).
std::string read_standard_input();

}  // namespace cairn::cli
