// Reading what a chunk holds, column by column: how the bytes lie in the shadow tables is the storage's.
// A reader keeps open what it read last, so that reading on from there is cheap. It must not outlive its
// storage, and may be used across writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "vec0/metadata.hpp"
#include "vec0/pending_writes.hpp"

namespace cairn::vec0 {

struct Chunk;

class VectorReader {
 public:
  virtual ~VectorReader() = default;
  // The vectors of slots [first, first + count), VectorColumn::byte_size() each. Those of slots that hold no
  // row may be anything.
  virtual void read(std::int64_t chunk, std::size_t first, std::size_t count, std::byte* out) = 0;
  // The same; stretches of slots that hold no row need not be read.
  virtual void read_live(const Chunk& chunk, std::size_t first, std::size_t count, std::byte* out) = 0;
};

// The cells of one chunk in a metadata column.
struct MetadataCells {
  MetadataType type = MetadataType::boolean;
  std::vector<std::byte> cells;
  std::vector<std::byte> nulls;  // a bit per slot, or empty: none is NULL

  bool is_null(std::size_t slot) const noexcept { return !nulls.empty() && get_bit(nulls, slot); }
  MetadataCell at(std::size_t slot) const {
    if (is_null(slot)) return {};
    const CellRange range = metadata_cell(type, slot);
    return decode_metadata(type, std::span(cells).subspan(range.offset, range.size), slot);
  }
};

class MetadataReader {
 public:
  virtual ~MetadataReader() = default;
  virtual void read(std::int64_t chunk, MetadataCells& out) = 0;
  virtual MetadataCell read_one(std::int64_t chunk, std::size_t slot) = 0;
};

}  // namespace cairn::vec0
