// What a connection keeps in memory of one vector column: the chunks as they were read, their vectors, and
// codes that make a search cheap (vector/codes.hpp).
//
// The law: a search in memory gives what a scan of the shadow tables would give here and now. While the
// connection has a write transaction open, nothing is taken from memory: rows of that transaction would be
// missing, and those of a savepoint that was rolled back could stay. Otherwise the connection sees a
// committed state, and SQLite's data version tells whether it is still the one that was read. If it is not,
// what changed is found in a way of each storage's own (flat_resident.hpp, cairn_resident.hpp). Whoever wrote
// does not matter: this connection's own commits are found the same way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/large_buffer.hpp"
#include "vec0/memory_budget.hpp"
#include "vec0/storage.hpp"
#include "vector/codes.hpp"

namespace cairn::vec0 {

class ResidentLists;

// How much is kept of each row: where it is, its code, its vector; each includes those before.
enum class Kept { places, codes, vectors };

// The vectors of one chunk, or of its first slots if the others are free. Immutable, so that a cursor can go
// on with what it began with.
class ResidentVectors {
 public:
  // What `slots` take.
  static std::size_t byte_size(const VectorColumn& column, std::size_t slots, Kept kept) noexcept;

  // REQUIRES: with_vectors for a column without codes; vectors.size() is slots * column.byte_size().
  ResidentVectors(const VectorColumn& column, std::span<const float> center,
                  std::span<const std::byte> vectors, bool with_vectors);
  // Of `slots` vectors and codes in memory that may have room for more. Either may be left out.
  ResidentVectors(std::shared_ptr<LargeBuffer> memory, std::size_t slots, std::byte* vectors,
                  std::optional<vector::CodedRows> codes)
      : slots_(slots), memory_(std::move(memory)), vectors_(vectors), codes_(std::move(codes)) {}

  std::size_t slots() const noexcept { return slots_; }
  const std::shared_ptr<LargeBuffer>& memory() const noexcept { return memory_; }
  // Null if only the codes are kept.
  const std::byte* vectors() const noexcept { return vectors_; }
  // Null for a column without.
  const vector::CodedRows* codes() const noexcept { return codes_ ? &*codes_ : nullptr; }

 private:
  std::size_t slots_;
  std::shared_ptr<LargeBuffer> memory_;
  std::byte* vectors_ = nullptr;
  std::optional<vector::CodedRows> codes_;
};

struct ResidentChunk {
  std::shared_ptr<const Chunk> rows;
  std::shared_ptr<const std::vector<std::uint16_t>> live;  // slots
  std::shared_ptr<const ResidentVectors> vectors;

  std::size_t used_slots() const noexcept;  // up to the last live one
  // For which memory is taken: a cairn() chunk is kept with its free slots.
  std::size_t kept_slots() const noexcept { return rows->used > 0 ? rows->slots() : used_slots(); }
};

// Immutable.
struct ResidentColumn {
  std::vector<float> center;          // of the codes
  std::vector<ResidentChunk> chunks;  // by id
  std::size_t rows = 0;               // live ones
  Kept kept = Kept::places;
  std::shared_ptr<const ResidentLists> lists;  // null: none, or no room
};

// One column of one connection. Belongs to a Storage.
class Residency {
 public:
  Residency(Storage& storage, std::size_t column);
  Residency(const Residency&) = delete;
  virtual ~Residency();

  // The column as the connection sees it now, or null where it must be read from the shadow tables: inside a
  // write transaction, at the first search, for a table that is small, damaged, or too large for the budget.
  // REQUIRES: the connection has a transaction open on the schema, as it has within a statement.
  std::shared_ptr<const ResidentColumn> current();
  // A search read `rows` rows from the shadow tables.
  void saw(std::size_t rows) noexcept;
  // Forgets everything: the table may be another from now on.
  virtual void forget() noexcept;

 protected:
  // The column as it is at `version`, taken in or kept from before; null if there is no room for it.
  virtual std::shared_ptr<const ResidentColumn> bring_up(std::shared_ptr<const ResidentColumn> kept,
                                                         unsigned version) = 0;
  // Room in the budget for the chunks of `made`, with as much as there is room for, but at least so much;
  // sets made.kept.
  bool reserve(ResidentColumn& made, Kept least);
  const VectorColumn& column() const noexcept { return storage_.table().vectors[column_]; }

  Storage& storage_;
  std::size_t column_;
  const std::shared_ptr<MemoryBudget> budget_ = MemoryBudget::of_process();
  std::optional<unsigned> version_;  // SQLite's data version when current() last looked

 private:
  std::size_t declined_ = 0;  // so many bytes had no room then
  bool is_small_ = true;      // too small to be kept, or never searched
};

// The chunk, among those of `column`.
const ResidentChunk* find_chunk(const ResidentColumn& column, std::int64_t chunk);

}  // namespace cairn::vec0
