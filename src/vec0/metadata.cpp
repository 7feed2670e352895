#include "vec0/metadata.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace cairn::vec0 {

std::size_t metadata_blob_size(MetadataType type, std::size_t chunk_size) noexcept {
  switch (type) {
    case MetadataType::boolean:
      return chunk_size / 8;
    case MetadataType::integer:
    case MetadataType::real:
      return chunk_size * 8;
    case MetadataType::text:
      return chunk_size * 16;
  }
  return 0;
}

CellRange metadata_cell(MetadataType type, std::size_t slot) noexcept {
  switch (type) {
    case MetadataType::boolean:
      return {slot / 8, 1};
    case MetadataType::integer:
    case MetadataType::real:
      return {slot * 8, 8};
    case MetadataType::text:
      return {slot * 16, 16};
  }
  return {0, 0};
}

namespace {

template <class T>
T read(std::span<const std::byte> cell) {
  T value;
  std::memcpy(&value, cell.data(), sizeof(T));
  return value;
}

// SQL has no NaN: what another program stored reads as NULL, and so it must compare.
Value real_or_null(double value) {
  return std::isnan(value) ? Value() : Value::of_real(value);
}

}  // namespace

MetadataCell decode_metadata(MetadataType type, std::span<const std::byte> cell, std::size_t slot) {
  switch (type) {
    case MetadataType::boolean:
      return {Value::of_integer((std::to_integer<unsigned>(cell[0]) >> (slot % 8)) & 1u), false};
    case MetadataType::integer:
      return {Value::of_integer(read<std::int64_t>(cell)), false};
    case MetadataType::real:
      return {real_or_null(read<double>(cell)), false};
    case MetadataType::text:
      break;
  }
  const auto stored = read<std::int32_t>(cell);
  const std::size_t length = stored < 0 ? 0 : static_cast<std::size_t>(stored);
  const char* text = reinterpret_cast<const char*>(cell.data()) + sizeof(std::int32_t);
  return {Value::of_text(std::string(text, std::min(length, kInlineText))), length > kInlineText};
}

void encode_metadata(MetadataType type, const Value& value, std::span<std::byte> cell, std::size_t slot) {
  switch (type) {
    case MetadataType::boolean: {
      const auto bit = static_cast<std::byte>(1u << (slot % 8));
      cell[0] = value.integer ? cell[0] | bit : cell[0] & ~bit;
      break;
    }
    case MetadataType::integer:
      std::memcpy(cell.data(), &value.integer, 8);
      break;
    case MetadataType::real: {
      const double real = value.is_null() ? std::nan("") : value.real;  // as decode_metadata reads it
      std::memcpy(cell.data(), &real, 8);
      break;
    }
    case MetadataType::text: {
      std::fill(cell.begin(), cell.end(), std::byte{0});
      const auto length = static_cast<std::int32_t>(value.bytes.size());
      std::memcpy(cell.data(), &length, sizeof(length));
      std::memcpy(cell.data() + sizeof(length), value.bytes.data(),
                  std::min(value.bytes.size(), kInlineText));
      break;
    }
  }
}

}  // namespace cairn::vec0
