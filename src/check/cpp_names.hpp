// Names of columns and parameters as members of C++ structs.
#pragma once

#include <string>
#include <vector>

namespace cairn::check {

// The names with a '_' at the end of those that cannot be members: keywords, macros of the standard library,
// what is `taken` already (the struct's own name), and what another one of them has.
std::vector<std::string> member_names(const std::vector<std::string>& names, const std::string& taken);

}  // namespace cairn::check
