#include "vector/vector.hpp"

namespace cairn::vector {

std::string_view to_string(ElementType type) noexcept {
  switch (type) {
    case ElementType::float32:
      return "float32";
    case ElementType::int8:
      return "int8";
    case ElementType::bit:
      return "bit";
  }
  return "";
}

Vector from_floats(std::span<const float> values) {
  const auto bytes = std::as_bytes(values);
  return {ElementType::float32, values.size(), {bytes.begin(), bytes.end()}};
}

Vector from_int8s(std::span<const std::int8_t> values) {
  const auto bytes = std::as_bytes(values);
  return {ElementType::int8, values.size(), {bytes.begin(), bytes.end()}};
}

}  // namespace cairn::vector
