// A vector value: element type, dimensions and the packed little-endian elements.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace cairn::vector {

enum class ElementType : std::uint8_t { float32, int8, bit };

inline constexpr std::size_t kMaxDims = 8192;

// "float32", "int8", "bit".
std::string_view to_string(ElementType type) noexcept;

// Bytes of a vector. REQUIRES for bit: dims is a multiple of 8.
constexpr std::size_t byte_size(ElementType type, std::size_t dims) noexcept {
  switch (type) {
    case ElementType::float32:
      return dims * sizeof(float);
    case ElementType::int8:
      return dims;
    case ElementType::bit:
      return dims / 8;
  }
  return 0;
}

// Owns its bytes, which are aligned for every element type.
struct Vector {
  ElementType type = ElementType::float32;
  std::size_t dims = 0;
  std::vector<std::byte> bytes;

  std::span<const float> floats() const noexcept {
    return {reinterpret_cast<const float*>(bytes.data()), bytes.size() / sizeof(float)};
  }
  std::span<const std::int8_t> int8s() const noexcept {
    return {reinterpret_cast<const std::int8_t*>(bytes.data()), bytes.size()};
  }
  std::span<const std::uint8_t> packed_bits() const noexcept {
    return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
  }
};

Vector from_floats(std::span<const float> values);
Vector from_int8s(std::span<const std::int8_t> values);

}  // namespace cairn::vector
