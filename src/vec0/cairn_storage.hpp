// A table in Cairn's own format (docs/format/vec0-cairn.md).
//
// A chunk starts with 8 slots and doubles up to chunk_size. Rows are appended: a slot is written once, and
// its vectors never change until the chunk is gone. So whoever has read a slot has read it for good, as long
// as the chunk's `birth` is the same; `stamp` tells that anything about the chunk changed, rows that were
// appended or deleted included. A row that gets another vector moves to a new slot. Chunks that have become
// sparse are emptied into others when a transaction ends, so deleted rows give their space back.
#pragma once

#include <set>

#include "vec0/packs.hpp"
#include "vec0/storage.hpp"

namespace cairn::vec0 {

struct FilingWork;

// From this size on a chunk's rows have codes: what is smaller is as soon measured.
inline constexpr std::size_t kCodedSlots = 256;

class CairnStorage final : public Storage {
 public:
  CairnStorage(sqlite3* db, TableDefinition definition);
  ~CairnStorage() override;

  void set_name(std::string name) override;
  std::unique_ptr<VectorReader> vectors(std::size_t column) override;
  std::unique_ptr<MetadataReader> metadata(std::size_t column) override;
  bool writes_vectors_once() const noexcept override { return true; }
  void delete_chunk(std::int64_t id) override;
  std::string find_damage(Depth depth) override;
  void optimize(std::optional<std::size_t> most_chunks) override;

  // The point that the codes of a column are relative to; empty while there are none.
  std::vector<float> center(std::size_t column);
  // The chunk's stamp by its id, for every chunk, ascending.
  std::vector<std::pair<std::int64_t, Stamp>> stamps();
  // The chunk, or nothing.
  std::optional<Chunk> chunk(std::int64_t id);

 private:
  std::string_view more_chunk_columns() const noexcept override {
    return ", size, used, filed, birth, stamp";
  }
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
  void maintain() override;
  void end_transaction() noexcept override;

  bool is_slot_count(std::int64_t slots) const noexcept;
  void write_codes(std::size_t column, std::int64_t id, const ChunkChanges& changes);
  void choose_center(std::size_t column, std::span<const std::byte> rows);
  void write_metadata_cells(std::size_t column, std::int64_t id, const ChunkChanges& changes);
  void write_row_of_chunk(std::int64_t id, const ChunkChanges& changes);
  void empty_chunk(const Chunk& chunk);
  void tend_lists();
  FilingWork find_filing_work();
  PackWriter& vector_writer(std::size_t column);
  PackWriter& code_writer(std::size_t column);

  std::vector<std::unique_ptr<PackWriter>> vector_writers_, code_writers_;  // by column, when first needed
  std::vector<std::optional<std::vector<float>>> centers_;                  // as this transaction knows them
  std::vector<std::byte> code_records_;                                     // of write_codes
  std::optional<Stamp> stamp_;                                              // of this transaction
  std::set<std::int64_t> sparse_;  // chunks that this transaction left with few rows
  std::optional<std::int64_t> emptying_;
  bool lists_need_a_look_ = false;      // a chunk has become full, or one that was filed is gone
  std::size_t deleted_from_lists_ = 0;  // rows of filed chunks, since the lists were last looked through
};

}  // namespace cairn::vec0
