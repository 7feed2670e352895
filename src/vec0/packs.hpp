// Records of a fixed size, one per slot of a chunk, in blobs of at most 64 KB: a blob of some megabytes is
// slow to reach into, since SQLite walks to a place inside it page by page, and one row per record wastes
// what is left of its page.
//
//   _vectorsNN(pack INTEGER PRIMARY KEY, records BLOB)   a row's full vector
//   _codesNN(pack INTEGER PRIMARY KEY, records BLOB)     its code (vector/codes.hpp)
//
// A pack exists from the first row that is written to one of its slots until its chunk goes. The last pack of
// a small chunk is as short as the chunk.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sqlite/blob.hpp"
#include "vec0/pending_writes.hpp"
#include "vec0/storage.hpp"

namespace cairn::vec0 {

struct PackTable {
  std::string suffix;
  std::size_t record = 0;  // bytes
  std::size_t rows = 0;    // of a pack; a power of two

  std::size_t index_of(std::size_t slot) const noexcept { return slot / rows; }
  // Slots of the pack in a chunk of `slots` slots.
  std::size_t rows_of(std::size_t index, std::size_t slots) const noexcept {
    return slots <= index * rows ? 0 : std::min(rows, slots - index * rows);
  }
};

std::int64_t pack_key(std::int64_t chunk, std::size_t index) noexcept;

// The full vectors of a column, and their codes.
PackTable vector_packs(const TableDefinition& table, std::size_t column);
PackTable code_packs(const TableDefinition& table, std::size_t column);
// Whether the column's rows have codes in the file. int8 and bit vectors are short as they are.
bool has_code_packs(const VectorColumn& column) noexcept;

class PackReader {
 public:
  PackReader(Storage& storage, PackTable table) : storage_(&storage), table_(std::move(table)) {}

  const PackTable& table() const noexcept { return table_; }
  // The records of slots [first, first + count).
  void read(std::int64_t chunk, std::size_t first, std::size_t count, std::byte* out);
  // The same, without reading packs in which no slot is live: these give zeros.
  void read_live(const Chunk& chunk, std::size_t first, std::size_t count, std::byte* out);

 private:
  const sqlite::Blob& at(std::int64_t chunk, std::size_t index);

  Storage* storage_;
  PackTable table_;
  std::optional<sqlite::Blob> blob_;
  std::int64_t key_ = 0;      // of blob_
  std::uint64_t writes_ = 0;  // of the storage, when blob_ was opened: a write makes it expire
};

class PackWriter {
 public:
  PackWriter(Storage& storage, PackTable table);

  // Writes records to a chunk of `slots` slots, of which the first `stored_used` were used before.
  void write(std::int64_t chunk, const SlotValues& values, std::size_t stored_used, std::size_t slots);
  // The same for those that come next, one after the other.
  void append(std::int64_t chunk, std::span<const std::byte> records, std::size_t stored_used,
              std::size_t slots);
  void remove(std::int64_t chunk);

 private:
  std::size_t packs_of(std::size_t slots) const noexcept;
  void write_run(std::int64_t chunk, std::size_t first, std::span<const std::byte> bytes, std::size_t slots,
                 std::size_t& packs);
  void create(std::int64_t key, std::size_t first, std::span<const std::byte> records, std::size_t size);
  void update(std::int64_t key, std::size_t first, std::span<const std::byte> records, std::size_t size);

  Storage& storage_;
  PackTable table_;
  sqlite::Statement insert_, update_, delete_;
  std::vector<std::byte> scratch_;
};

}  // namespace cairn::vec0
