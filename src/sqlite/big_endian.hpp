// Numbers in SQLite's files are big-endian.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cairn::sqlite {

inline std::uint32_t big_endian_16(const std::byte* p) noexcept {
  return std::to_integer<std::uint32_t>(p[0]) << 8 | std::to_integer<std::uint32_t>(p[1]);
}

inline std::uint32_t big_endian_32(const std::byte* p) noexcept {
  return big_endian_16(p) << 16 | big_endian_16(p + 2);
}

}  // namespace cairn::sqlite
