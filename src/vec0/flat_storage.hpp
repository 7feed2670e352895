// A table in sqlite-vec's file format: chunks of chunk_size slots, one blob per chunk and column
// (docs/format/vec0-flat.md).
#pragma once

#include "vec0/shadow.hpp"
#include "vec0/storage.hpp"

namespace cairn::vec0 {

class FlatStorage final : public Storage {
 public:
  FlatStorage(sqlite3* db, TableDefinition definition);

  std::unique_ptr<VectorReader> vectors(std::size_t column) override;
  std::unique_ptr<MetadataReader> metadata(std::size_t column) override;
  bool writes_vectors_once() const noexcept override { return false; }
  void delete_chunk(std::int64_t id) override;
  std::string find_damage(Depth depth) override;
  void optimize(std::optional<std::size_t> most_chunks) override;

 private:
  std::string_view more_chunk_columns() const noexcept override { return ""; }
  void read_chunk(sqlite3_stmt* row, int first, Chunk& chunk, std::size_t validity_bytes,
                  std::size_t rowid_bytes) override;
  std::optional<ChunkChanges> start_changes(std::int64_t chunk) override;
  ChunkChanges no_changes() const override;
  std::optional<std::size_t> slot_for_a_row(ChunkChanges& changes) override;
  void find_free_slots() override;
  std::int64_t insert_chunk(const std::vector<Value>& partitions, ChunkChanges& changes) override;
  void mark_taken(ChunkChanges& changes, std::size_t slot, std::int64_t rowid) override;
  void mark_free(ChunkChanges& changes, std::size_t slot) override;
  bool is_complete(const ChunkChanges& changes) const override;
  void stage_vector(ChunkChanges& changes, std::size_t column, std::size_t slot,
                    std::span<const std::byte> bytes) override;
  void stage_metadata(ChunkChanges& changes, std::size_t column, std::size_t slot,
                      const Value& value) override;
  void write_chunk(std::int64_t id, ChunkChanges& changes) override;
  void maintain() override {}

  bool create_blob(std::size_t index, const ChunkColumn& column, std::int64_t id, SlotValues& values);
};

}  // namespace cairn::vec0
