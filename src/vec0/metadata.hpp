// Metadata cells: one per slot in a chunk's blob. Booleans are bits (least significant first), integers and
// floats 8 bytes, texts 16: an int32 length and the first 12 bytes. A longer text is stored whole in
// _metadatatextNN under the row's rowid.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "vec0/definition.hpp"
#include "vec0/value.hpp"

namespace cairn::vec0 {

inline constexpr std::size_t kInlineText = 12;

// Bytes of a whole chunk's blob.
std::size_t metadata_blob_size(MetadataType type, std::size_t chunk_size) noexcept;

// The bytes that a slot's cell occupies in the blob; a boolean shares its byte with seven others.
struct CellRange {
  std::size_t offset;
  std::size_t size;
};
CellRange metadata_cell(MetadataType type, std::size_t slot) noexcept;

// A cell as stored. For text longer than kInlineText, `bytes` holds only the beginning.
struct MetadataCell {
  Value value;
  bool is_long = false;
};

// `cell` is the range above. A negative text length counts as zero.
MetadataCell decode_metadata(MetadataType type, std::span<const std::byte> cell, std::size_t slot);
// Writes `value` into the range. REQUIRES: the value has the column's type.
void encode_metadata(MetadataType type, const Value& value, std::span<std::byte> cell, std::size_t slot);

}  // namespace cairn::vec0
