// Handing what was collected to the shadow tables.
#include <fmt/format.h>

#include "cairn/error.hpp"
#include "vec0/counters.hpp"
#include "vec0/lease.hpp"
#include "vec0/metadata.hpp"
#include "vec0/shadow.hpp"
#include "vec0/storage.hpp"

namespace cairn::vec0 {
namespace {

using Mode = sqlite::Blob::Mode;

// A transaction's first rows are flushed one by one.
constexpr std::size_t kRowsAtOnce = 64;
constexpr std::size_t kMaxPendingBytes = 16 << 20;

// Shadow tables have rowids of their own, which are not what the user inserted last.
class KeepLastInsertRowid {
 public:
  explicit KeepLastInsertRowid(sqlite3* db) : db_(db), rowid_(sqlite3_last_insert_rowid(db)) {}
  KeepLastInsertRowid(const KeepLastInsertRowid&) = delete;
  KeepLastInsertRowid& operator=(const KeepLastInsertRowid&) = delete;
  ~KeepLastInsertRowid() { sqlite3_set_last_insert_rowid(db_, rowid_); }

 private:
  sqlite3* db_;
  sqlite3_int64 rowid_;
};

void apply_bits(const SlotValues& values, std::span<std::byte> bits) {
  values.for_each_run([&](std::size_t slot, std::span<const std::byte> bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) set_bit(bits, slot + i, bytes[i] != std::byte{0});
  });
}

// What one column of a chunk gets.
struct ColumnChanges {
  std::string suffix;
  const char* name;
  std::size_t blob_size;
  std::size_t slot_size;
  bool is_bits;  // a byte of the values is a bit of the blob
  const SlotValues& values;

  void write_to(sqlite::Blob& blob) const {
    if (!is_bits) {
      values.for_each_run(
          [&](std::size_t slot, std::span<const std::byte> bytes) { blob.write(bytes, slot * slot_size); });
      return;
    }
    std::vector<std::byte> bits(blob_size);
    blob.read(bits, 0);
    apply_bits(values, bits);
    blob.write(bits, 0);
  }
};

std::vector<ColumnChanges> columns_of(const TableDefinition& table, const ChunkChanges& changes) {
  std::vector<ColumnChanges> columns;
  for (std::size_t i = 0; i < table.vectors.size(); ++i) {
    const std::size_t size = table.vectors[i].byte_size();
    columns.push_back(
        {vector_chunks(i), "vectors", size * table.chunk_size, size, false, changes.vectors[i]});
  }
  for (std::size_t i = 0; i < table.metadata.size(); ++i) {
    const MetadataType type = table.metadata[i].type;
    columns.push_back({metadata_chunks(i), "data", metadata_blob_size(type, table.chunk_size),
                       metadata_cell(type, 0).size, type == MetadataType::boolean, changes.metadata[i]});
  }
  return columns;
}

}  // namespace

void Storage::begin() noexcept {
  rows_in_transaction_ = 0;
  knows_all_room_ = false;
}

void Storage::discard() noexcept {
  ++writes_;
  pending_.clear();
  spare_.reset();
  pending_bytes_ = 0;
  flush_failed_ = false;
  knows_all_room_ = false;
}

void Storage::settle(std::int64_t chunk) {
  for (const VectorColumn& column : table_.vectors) pending_bytes_ += column.byte_size();
  const auto changed = pending_.find(chunk);
  if (++rows_in_transaction_ <= kRowsAtOnce || pending_bytes_ > kMaxPendingBytes)
    flush();
  else if (changed != pending_.end() && !first_zero_bit(changed->second.validity))
    flush_chunks(changed, std::next(changed));
  unsettled_ = false;
}

void Storage::flush() {
  flush_chunks(pending_.begin(), pending_.end());
  pending_bytes_ = 0;
}

void Storage::flush_chunks(PendingWrites::iterator first, PendingWrites::iterator last) {
  if (first == last) return;
  if (flush_failed_)
    throw Error(ErrorCode::corrupt,
                fmt::format("vec0 table '{}': rows of this transaction could not be written; roll it back",
                            table_.name),
                SQLITE_CORRUPT_VTAB);
  const KeepLastInsertRowid keep(db_);
  try {
    for (auto chunk = first; chunk != last; ++chunk) write_chunk(chunk->first, chunk->second);
  } catch (...) {
    flush_failed_ = true;
    throw;
  }
  spare_ = std::move(first->second);
  spare_->reset();
  pending_.erase(first, last);
}

void Storage::abandon() noexcept {
  if (!unsettled_) return;
  unsettled_ = false;
  flush_failed_ = true;
  if (rows_in_transaction_ > kRowsAtOnce) return;
  try {
    for (const auto& [chunk, changes] : pending_)
      if (changes.is_new) delete_chunk(chunk, changes);
  } catch (const Error&) {
    return;
  }
  discard();
}

void Storage::write_chunk(std::int64_t id, ChunkChanges& changes) {
  counters().chunk_writes += 1;
  if (!any_bit(changes.validity)) {
    if (changes.is_new || !changes.rowids.empty()) delete_chunk(id, changes);
    return;
  }
  if (changes.is_new) create_blobs(id, changes);
  // All is opened and its size checked before anything is written.
  const auto open_checked = [&](const std::string& suffix, const char* column, std::size_t size) {
    sqlite::Blob blob = open(suffix, column, id, Mode::read_write);
    if (blob.size() != size)
      throw_corrupt(suffix, id,
                    fmt::format("the blob '{}' holds {} bytes instead of {}", column, blob.size(), size));
    return blob;
  };
  std::vector<std::pair<sqlite::Blob, ColumnChanges>> columns;
  if (!changes.is_new)
    for (const ColumnChanges& column : columns_of(table_, changes))
      if (!column.values.empty())
        columns.emplace_back(open_checked(column.suffix, column.name, column.blob_size), column);
  if (!changes.rowids.empty()) {
    const ColumnChanges rowids{
        kChunks, "rowids",      table_.chunk_size * sizeof(std::int64_t), sizeof(std::int64_t),
        false,   changes.rowids};
    columns.emplace_back(open_checked(kChunks, rowids.name, rowids.blob_size), rowids);
    open_checked(kChunks, "validity", changes.validity.size()).write(changes.validity, 0);
  }
  for (auto& [blob, column] : columns) column.write_to(blob);
}

// The whole blob at once instead of zeros first: pages that do not fit SQLite's cache would be written twice.
void Storage::create_blobs(std::int64_t id, ChunkChanges& changes) {
  const auto insert = [&](const char* use, std::size_t column, const std::string& suffix, const char* name,
                          std::span<const std::byte> blob) {
    // The column `rowid` is not an alias of the real one, by which blobs are opened; both get the chunk's id.
    Lease st = lease(use, column, [&] {
      return fmt::format("INSERT INTO {}(_rowid_, rowid, {}) VALUES (?1, ?1, ?2)", shadow_sql(table_, suffix),
                         name);
    });
    st->bind(1, id).bind_view(2, blob).run();
  };
  for (std::size_t i = 0; i < changes.vectors.size(); ++i)
    insert("create_vectors", i, vector_chunks(i), "vectors",
           changes.vectors[i].as_blob(table_.vectors[i].byte_size() * table_.chunk_size));
  for (std::size_t i = 0; i < changes.metadata.size(); ++i) {
    const MetadataType type = table_.metadata[i].type;
    const std::size_t size = metadata_blob_size(type, table_.chunk_size);
    if (type == MetadataType::boolean) {
      std::vector<std::byte> bits(size);
      apply_bits(changes.metadata[i], bits);
      insert("create_metadata", i, metadata_chunks(i), "data", bits);
    } else {
      insert("create_metadata", i, metadata_chunks(i), "data", changes.metadata[i].as_blob(size));
    }
  }
}

void Storage::delete_chunk(std::int64_t id, const ChunkChanges& changes) {
  const auto delete_from = [&](const char* use, std::size_t column, const std::string& suffix,
                               const char* key) {
    Lease st = lease(use, column, [&] {
      return fmt::format("DELETE FROM {} WHERE {} = ?", shadow_sql(table_, suffix), key);
    });
    st->bind(1, id).run();
  };
  delete_from("delete_chunk", 0, kChunks, "chunk_id");
  std::size_t i = 0;
  for (const ColumnChanges& column : columns_of(table_, changes))
    delete_from("delete_blob", i++, column.suffix, "rowid");
}

}  // namespace cairn::vec0
