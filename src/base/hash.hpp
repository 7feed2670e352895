// Content hashes: XXH3 with 128 bits, as 32 hexadecimal digits. They recognise unchanged text and
// files; they are no protection against somebody who wants a collision.
#pragma once

#include <string>
#include <string_view>

namespace cairn {

std::string content_hash(std::string_view bytes);

}  // namespace cairn
