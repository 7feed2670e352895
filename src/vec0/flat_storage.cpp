#include "vec0/flat_storage.hpp"

#include <fmt/format.h>

#include "cairn/error.hpp"
#include "sqlite/error.hpp"
#include "vec0/chunk_blob.hpp"
#include "vec0/counters.hpp"
#include "vec0/flat_resident.hpp"
#include "vec0/integrity.hpp"
#include "vec0/lease.hpp"
#include "vec0/optimize.hpp"

namespace cairn::vec0 {
namespace {

using Mode = sqlite::Blob::Mode;

void apply_bits(const SlotValues& values, std::span<std::byte> bits) {
  values.for_each_run([&](std::size_t slot, std::span<const std::byte> bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) set_bit(bits, slot + i, bytes[i] != std::byte{0});
  });
}

void write(const SlotValues& values, const ChunkColumn& column, sqlite::Blob& blob) {
  if (!column.is_bits) {
    values.for_each_run([&](std::size_t slot, std::span<const std::byte> bytes) {
      blob.write(bytes, slot * column.slot_size);
    });
    return;
  }
  std::vector<std::byte> bits(column.size);
  blob.read(bits, 0);
  apply_bits(values, bits);
  blob.write(bits, 0);
}

class FlatVectorReader final : public VectorReader {
 public:
  FlatVectorReader(FlatStorage& storage, std::size_t column)
      : storage_(storage),
        blob_(ChunkBlob::of_vectors(storage, column)),
        size_(storage.table().vectors[column].byte_size()) {}
  void read(std::int64_t chunk, std::size_t first, std::size_t count, std::byte* out) override {
    blob_.at(chunk).read({out, count * size_}, first * size_);
    storage_.bytes_read += count * size_;
  }
  void read_live(const Chunk& chunk, std::size_t first, std::size_t count, std::byte* out) override {
    read(chunk.id, first, count, out);
  }

 private:
  FlatStorage& storage_;
  ChunkBlob blob_;
  std::size_t size_;
};

class FlatMetadataReader final : public MetadataReader {
 public:
  FlatMetadataReader(FlatStorage& storage, std::size_t column)
      : blob_(ChunkBlob::of_metadata(storage, column)), type_(storage.table().metadata[column].type) {}
  void read(std::int64_t chunk, MetadataCells& out) override {
    const sqlite::Blob& blob = blob_.at(chunk);
    out.type = type_;
    out.cells.resize(blob.size());
    blob.read(out.cells, 0);
  }
  MetadataCell read_one(std::int64_t chunk, std::size_t slot) override {
    const CellRange range = metadata_cell(type_, slot);
    std::array<std::byte, 16> cell{};
    const std::span<std::byte> bytes(cell.data(), range.size);
    blob_.at(chunk).read(bytes, range.offset);
    return decode_metadata(type_, bytes, slot);
  }

 private:
  ChunkBlob blob_;
  MetadataType type_;
};

}  // namespace

FlatStorage::FlatStorage(sqlite3* db, TableDefinition definition) : Storage(db, std::move(definition)) {
  for (std::size_t i = 0; i < table_.vectors.size(); ++i)
    residencies_.push_back(std::make_unique<FlatResidency>(*this, i));
}

std::unique_ptr<VectorReader> FlatStorage::vectors(std::size_t column) {
  return std::make_unique<FlatVectorReader>(*this, column);
}
std::unique_ptr<MetadataReader> FlatStorage::metadata(std::size_t column) {
  return std::make_unique<FlatMetadataReader>(*this, column);
}

std::string FlatStorage::find_damage(Depth depth) {
  return find_flat_damage(*this, depth);
}
void FlatStorage::optimize(std::optional<std::size_t> most_chunks) {
  if (most_chunks)
    throw Error(ErrorCode::invalid_argument,
                "optimize=… is for cairn() tables; 'optimize' moves as few rows of a flat() table as can be");
  require_no_cursors();
  optimize_flat(*this);
}

void FlatStorage::read_chunk(sqlite3_stmt*, int, Chunk& chunk, std::size_t validity_bytes,
                             std::size_t rowid_bytes) {
  if (validity_bytes != table_.chunk_size / 8)
    throw_corrupt(kChunks, chunk.id,
                  fmt::format("chunk validity size doesn't match - expected {}, found {}",
                              table_.chunk_size / 8, validity_bytes));
  if (rowid_bytes != table_.chunk_size * 8)
    throw_corrupt(kChunks, chunk.id,
                  fmt::format("chunk rowids size doesn't match - expected {}, found {}",
                              table_.chunk_size * 8, rowid_bytes));
}

ChunkChanges FlatStorage::no_changes() const {
  ChunkChanges changes;
  for (const ChunkColumn& blob : chunk_columns(table_)) changes.columns.emplace_back(blob.slot_size);
  return changes;
}

std::optional<ChunkChanges> FlatStorage::start_changes(std::int64_t chunk) {
  Lease st = lease("validity", 0, [&] {
    return "SELECT validity" + partition_columns(table_) + " FROM " + shadow_sql(table_, kChunks) +
           " WHERE chunk_id = ?";
  });
  st->bind(1, chunk);
  if (!st->step()) return std::nullopt;
  ChunkChanges changes = no_changes();
  changes.validity = bytes_of(Value::of_column(st->handle(), 0));
  if (changes.validity.size() != table_.chunk_size / 8) return std::nullopt;
  for (std::size_t i = 0; i < table_.partitions.size(); ++i)
    changes.partitions.push_back(Value::of_column(st->handle(), 1 + static_cast<int>(i)));
  return changes;
}

std::optional<std::size_t> FlatStorage::slot_for_a_row(ChunkChanges& changes) {
  return first_zero_bit(changes.validity);
}

void FlatStorage::find_free_slots() {
  Lease st = lease("find_free_slots", 0, [&] {
    return "SELECT chunk_id, validity" + partition_columns(table_) + " FROM " + shadow_sql(table_, kChunks);
  });
  std::vector<Value> partitions(table_.partitions.size());
  while (st->step()) {
    const auto chunk = st->get<std::int64_t>(0);
    const auto pending = pending_.find(chunk);
    const bool has_room =
        first_zero_bit(pending != pending_.end() ? pending->second.validity
                                                 : bytes_of(Value::of_column(st->handle(), 1)))
            .has_value();
    if (!has_room) continue;
    for (std::size_t i = 0; i < partitions.size(); ++i)
      partitions[i] = Value::of_column(st->handle(), 2 + static_cast<int>(i));
    with_room_[partitions].insert(chunk);
  }
}

std::int64_t FlatStorage::insert_chunk(const std::vector<Value>& partitions, ChunkChanges& changes) {
  Lease st = lease("new_chunk", 0, [&] {
    return fmt::format("INSERT INTO {}(size, validity, rowids{}) VALUES ({}, zeroblob({}), zeroblob({}){})",
                       shadow_sql(table_, kChunks), partition_columns(table_), table_.chunk_size,
                       table_.chunk_size / 8, table_.chunk_size * 8, parameters(partitions.size()));
  });
  for (std::size_t i = 0; i < partitions.size(); ++i) partitions[i].bind(*st, static_cast<int>(i) + 1);
  st->run();
  changes.validity.assign(table_.chunk_size / 8, std::byte{0});
  return sqlite3_last_insert_rowid(db_);
}

void FlatStorage::mark_taken(ChunkChanges& changes, std::size_t slot, std::int64_t rowid) {
  set_bit(changes.validity, slot, true);
  changes.rowids.set(slot, std::as_bytes(std::span(&rowid, 1)));
}

// sqlite-vec zeroes what a row leaves behind.
void FlatStorage::mark_free(ChunkChanges& changes, std::size_t slot) {
  set_bit(changes.validity, slot, false);
  changes.rowids.clear(slot);
  for (SlotValues& column : changes.columns) column.clear(slot);
}

bool FlatStorage::is_complete(const ChunkChanges& changes) const {
  return !first_zero_bit(changes.validity);
}

void FlatStorage::stage_vector(ChunkChanges& changes, std::size_t column, std::size_t slot,
                               std::span<const std::byte> bytes) {
  changes.columns[column].set(slot, bytes);
}

void FlatStorage::stage_metadata(ChunkChanges& changes, std::size_t column, std::size_t slot,
                                 const Value& value) {
  const MetadataType type = table_.metadata[column].type;
  std::array<std::byte, 16> cell{};
  const std::span<std::byte> bytes = std::span(cell).first(metadata_cell(type, 0).size);
  encode_metadata(type, value, bytes, 0);
  changes.columns[table_.vectors.size() + column].set(slot, bytes);
}

void FlatStorage::write_chunk(std::int64_t id, ChunkChanges& changes) {
  counters().chunk_writes += 1;
  if (!any_bit(changes.validity)) {
    if (!changes.is_new && changes.rowids.empty()) return;
    is_broken_ = true;
    delete_chunk(id);
    is_broken_ = false;
    return;
  }
  // All is opened and its size checked before anything is written.
  struct Target {
    sqlite::Blob blob;
    ChunkColumn column;
    const SlotValues* values;
  };
  std::vector<Target> targets;
  const auto add = [&](const ChunkColumn& column, const SlotValues& values) {
    if (values.empty()) return;
    targets.push_back({open(column.suffix, column.column, id, Mode::read_write), column, &values});
    if (const std::size_t size = targets.back().blob.size(); size != column.size)
      throw_corrupt(
          column.suffix, id,
          fmt::format("the blob '{}' holds {} bytes instead of {}", column.column, size, column.size));
  };
  constexpr std::size_t kRowid = sizeof(std::int64_t);
  add({kChunks, "rowids", kRowid, false, table_.chunk_size * kRowid}, changes.rowids);
  const std::vector<ChunkColumn> columns = chunk_columns(table_);
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (!changes.is_new || !create_blob(i, columns[i], id, changes.columns[i]))
      add(columns[i], changes.columns[i]);
  is_broken_ = true;
  if (!changes.rowids.empty()) open(kChunks, "validity", id, Mode::read_write).write(changes.validity, 0);
  for (Target& target : targets) write(*target.values, target.column, target.blob);
  is_broken_ = false;
}

// False if the new blob is all zeros, and the values are yet to be written. That takes no memory, so it is
// better for few values; with many, pages that do not fit SQLite's cache would be written twice.
bool FlatStorage::create_blob(std::size_t index, const ChunkColumn& column, std::int64_t id,
                              SlotValues& values) {
  // The column `rowid` is not an alias of the real one, by which blobs are opened; both get the chunk's id.
  Lease st = lease("create_blob", index, [&] {
    return fmt::format("INSERT INTO {}(_rowid_, rowid, {}) VALUES (?1, ?1, ?2)",
                       shadow_sql(table_, column.suffix), column.column);
  });
  st->bind(1, id);
  const bool is_whole = !column.is_bits && values.bytes() >= column.size / 2;
  std::vector<std::byte> scratch;
  if (is_whole)
    st->bind_view(2, values.as_blob(column.size, scratch));
  else
    sqlite::check(db_, sqlite3_bind_zeroblob64(st->handle(), 2, column.size), "cannot bind a blob");
  st->run();
  is_broken_ = true;  // until write_chunk is through
  return is_whole;
}

void FlatStorage::delete_chunk(std::int64_t id) {
  const auto delete_from = [&](const char* use, std::size_t column, const std::string& suffix,
                               const char* key) {
    Lease st = lease(use, column, [&] {
      return fmt::format("DELETE FROM {} WHERE {} = ?", shadow_sql(table_, suffix), key);
    });
    st->bind(1, id).run();
  };
  delete_from("delete_chunk", 0, kChunks, "chunk_id");
  std::size_t i = 0;
  for (const ChunkColumn& column : chunk_columns(table_))
    delete_from("delete_blob", i++, column.suffix, "rowid");
}

}  // namespace cairn::vec0
