// The names that a misspelt one may have been meant for.
//
//   nearest("titel", std::vector<std::string>{"id", "title", "owner"});   // {"title"}
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::check {

// At most three of the candidates, the nearest first, each once; of equally near ones the earlier. Letters
// are compared without regard to case, as SQLite compares names: those of ASCII only.
std::vector<std::string> nearest(std::string_view name, std::span<const std::string> candidates);

}  // namespace cairn::check
