#include "vector/parse.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>

#include "cairn/error.hpp"

namespace cairn::vector {
namespace {

[[noreturn]] void refuse(std::string message) {
  throw Error(ErrorCode::invalid_argument, std::move(message));
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// What strtod and strtol skip, with which sqlite-vec reads the numbers.
std::string_view skip_space_before_number(std::string_view text) {
  while (!text.empty() && (is_space(text.front()) || text.front() == '\v' || text.front() == '\f'))
    text.remove_prefix(1);
  return text;
}

std::string_view skip_space(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  return text;
}

std::string_view skip_separators(std::string_view text) {
  while (!text.empty() && (is_space(text.front()) || text.front() == ',')) text.remove_prefix(1);
  return text;
}

[[noreturn]] void refuse_junk() {
  refuse("JSON parsing error");
}

// Reads one number off the front of `text`.
double take_double(std::string_view& text) {
  text = skip_space_before_number(text);
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  auto format = std::chars_format::general;
  if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
    format = std::chars_format::hex;
    text.remove_prefix(2);
  }
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value, format);
  // A second sign must not pass: from_chars would take "-" itself.
  if (code != std::errc() || text.front() == '-') refuse_junk();
  const auto length = static_cast<std::size_t>(end - text.data());
  if (text.substr(0, length).find("+-") != text.npos) refuse_junk();  // libstdc++ takes 0x1p+-5
  text.remove_prefix(length);
  return negative ? -value : value;
}

std::int8_t take_int8(std::string_view& text) {
  text = skip_space_before_number(text);
  if (text.starts_with('+') && text.size() > 1 && text[1] != '-') text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc()) refuse_junk();
  if (value < -128 || value > 127) refuse("JSON parsing error: value out of range for int8");
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return static_cast<std::int8_t>(value);
}

template <class Element, class Take>
Vector parse(ElementType type, std::string_view text, Take take) {
  if (text.empty()) refuse("zero-length vectors are not supported.");
  text = skip_space(text);
  if (!text.starts_with('[')) refuse("JSON array parsing error: Input does not start with '['");
  text.remove_prefix(1);
  Vector out{type, 0, {}};
  while (!text.empty() && text.front() != ']') {
    const Element element = static_cast<Element>(take(text));
    const std::size_t at = out.bytes.size();
    out.bytes.resize(at + sizeof(Element));
    std::memcpy(out.bytes.data() + at, &element, sizeof(Element));
    ++out.dims;
    text = skip_separators(text);
  }
  if (out.dims == 0) refuse("zero-length vectors are not supported.");
  return out;
}

void require_finite(const Vector& v) {
  constexpr std::uint32_t kExponent = 0x7F800000;  // all ones: infinite or not a number
  std::uint32_t is_bad = 0;
  for (const float element : v.floats())
    is_bad |= (std::bit_cast<std::uint32_t>(element) & kExponent) == kExponent;
  if (is_bad == 0) return;
  std::size_t i = 0;
  for (const float element : v.floats()) {
    if (std::isnan(element)) refuse("invalid float32 vector: element " + std::to_string(i) + " is NaN");
    if (std::isinf(element)) refuse("invalid float32 vector: element " + std::to_string(i) + " is Inf");
    ++i;
  }
}

}  // namespace

Vector parse_float32(std::string_view text) {
  Vector v = parse<float>(ElementType::float32, text, take_double);
  require_finite(v);
  return v;
}

Vector parse_int8(std::string_view text) {
  return parse<std::int8_t>(ElementType::int8, text, take_int8);
}

Vector from_blob(ElementType type, std::span<const std::byte> blob) {
  if (blob.empty()) refuse("zero-length vectors are not supported.");
  if (type == ElementType::float32 && blob.size() % sizeof(float) != 0)
    refuse("invalid float32 vector BLOB length. Must be divisible by 4, found " +
           std::to_string(blob.size()));
  Vector v{type, 0, {blob.begin(), blob.end()}};
  switch (type) {
    case ElementType::float32:
      v.dims = blob.size() / sizeof(float);
      break;
    case ElementType::int8:
      v.dims = blob.size();
      break;
    case ElementType::bit:
      v.dims = blob.size() * 8;
      break;
  }
  if (type == ElementType::float32) require_finite(v);
  return v;
}

}  // namespace cairn::vector
