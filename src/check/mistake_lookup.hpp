// What the compiler shall say of a text that has a mistake, for an editor that compiles a source before its
// queries are right.
#pragma once

#include <cstdint>
#include <string>

namespace cairn::check {

// To be appended to a unit's header: a lookup whose use is an error with that message.
std::string mistake_lookup(std::uint64_t text_hash, const std::string& message);

}  // namespace cairn::check
