// What may be a name in C++.
#pragma once

#include <string_view>

namespace cairn::check {

// ASCII letters, digits and underscores, the first no digit. A keyword is one, too.
bool is_identifier(std::string_view name);

// Of C++20, with the spelt operators: "and", "not_eq".
bool is_keyword(std::string_view word);

}  // namespace cairn::check
