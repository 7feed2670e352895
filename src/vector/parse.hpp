// Vectors from what SQL users pass: JSON-like text and blobs. Errors (cairn::Error, invalid_argument)
// carry sqlite-vec's own sentences, since programs match on them.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "vector/vector.hpp"

namespace cairn::vector {

// "[1, 2.5, -3e4]". As lax as sqlite-vec: separators are optional and may repeat after a number, the
// closing bracket may be missing, whatever follows it is ignored, hexadecimal numbers are numbers.
// Does not depend on the locale. NaN and infinite elements are refused.
Vector parse_float32(std::string_view text);

// The same with integers of -128 to 127.
Vector parse_int8(std::string_view text);

// The packed elements themselves. Floats may be unaligned; NaN and infinite ones are refused.
Vector from_blob(ElementType type, std::span<const std::byte> blob);

}  // namespace cairn::vector
