#include "vec0/cairn_storage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "cairn/error.hpp"
#include "simd/kernels.hpp"
#include "vec0/cairn_integrity.hpp"
#include "vec0/cairn_resident.hpp"
#include "vec0/counters.hpp"
#include "vec0/filing.hpp"
#include "vec0/integrity.hpp"
#include "vec0/lease.hpp"
#include "vec0/problems.hpp"
#include "vec0/shadow.hpp"
#include "vec0/thresholds.hpp"
#include "vector/codes.hpp"

namespace cairn::vec0 {
namespace {

constexpr std::size_t kFirstSlots = 8;
// A chunk is sparse when at most one in so many of its used slots holds a row.
constexpr std::size_t kSparse = 4;

std::size_t live_count(std::span<const std::byte> validity) {
  std::size_t count = 0;
  for (const std::byte bits : validity)
    count += static_cast<std::size_t>(std::popcount(std::to_integer<unsigned>(bits)));
  return count;
}

bool is_sparse(std::span<const std::byte> validity, std::size_t used) {
  const std::size_t live = live_count(validity);
  return live == 0 || (used >= kFirstSlots && live * kSparse <= used);
}

std::vector<std::uint16_t> to_halves(std::span<const std::byte> floats) {
  std::vector<std::uint16_t> halves(floats.size() / sizeof(float));
  simd::kernels().float_to_half(reinterpret_cast<const float*>(floats.data()), halves.size(), halves.data());
  return halves;
}

std::vector<float> to_floats(std::span<const std::byte> halves) {
  std::vector<float> floats(halves.size() / sizeof(std::uint16_t));
  simd::kernels().half_to_float(reinterpret_cast<const std::uint16_t*>(halves.data()), floats.size(),
                                floats.data());
  return floats;
}

class PackedVectors final : public VectorReader {
 public:
  PackedVectors(CairnStorage& storage, std::size_t column)
      : packs_(storage, vector_packs(storage.table(), column)), column_(storage.table().vectors[column]) {}
  void read(std::int64_t chunk, std::size_t first, std::size_t count, std::byte* out) override {
    packs_.read(chunk, first, count, stored(count, out));
    decode(count, out);
  }
  void read_live(const Chunk& chunk, std::size_t first, std::size_t count, std::byte* out) override {
    packs_.read_live(chunk, first, count, stored(count, out));
    decode(count, out);
  }

 private:
  // Where what is stored goes.
  std::byte* stored(std::size_t count, std::byte* out) {
    if (!column_.is_half) return out;
    halves_.resize(count * column_.dims);
    return reinterpret_cast<std::byte*>(halves_.data());
  }
  void decode(std::size_t count, std::byte* out) {
    if (column_.is_half)
      simd::kernels().half_to_float(halves_.data(), count * column_.dims, reinterpret_cast<float*>(out));
  }

  PackReader packs_;
  const VectorColumn& column_;
  std::vector<std::uint16_t> halves_;
};

// A chunk's cells in one column: what flat() has, then a bit per slot that is set where the cell is NULL.
class CellsOfChunk final : public MetadataReader {
 public:
  CellsOfChunk(CairnStorage& storage, std::size_t column)
      : storage_(storage),
        suffix_(metadata_chunks(column)),
        type_(storage.table().metadata[column].type),
        select_(storage.db(),
                "SELECT data FROM " + shadow_sql(storage.table(), suffix_) + " WHERE chunk_id = ?",
                sqlite::Statement::Reach::no_virtual_tables) {}

  void read(std::int64_t chunk, MetadataCells& out) override {
    storage_.flush();
    out.type = type_;
    select_.reset();
    select_.bind(1, chunk);
    const bool found = select_.step();
    const std::span<const std::byte> data = found ? bytes_of_column() : std::span<const std::byte>();
    // Every eight slots take as many bytes.
    const std::size_t per_eight = metadata_blob_size(type_, 8) + 1;
    if (data.empty() || data.size() % per_eight != 0) {
      select_.reset();
      storage_.throw_corrupt(suffix_, chunk, "the cells are missing, or their size is wrong");
    }
    const std::size_t slots = data.size() / per_eight * 8;
    const auto cells = data.first(metadata_blob_size(type_, slots)), nulls = data.subspan(cells.size());
    out.cells.assign(cells.begin(), cells.end());
    out.nulls.assign(nulls.begin(), nulls.end());
    storage_.bytes_read += data.size();
    select_.reset();
  }
  MetadataCell read_one(std::int64_t chunk, std::size_t slot) override {
    if (chunk != chunk_ || writes_ != storage_.writes()) {
      read(chunk, cells_);
      chunk_ = chunk;
      writes_ = storage_.writes();
    }
    if (slot >= cells_.nulls.size() * 8) storage_.throw_corrupt(suffix_, chunk, "a row's cell is missing");
    return cells_.at(slot);
  }

 private:
  std::span<const std::byte> bytes_of_column() {
    const void* const bytes = sqlite3_column_blob(select_.handle(), 0);
    const int size = sqlite3_column_bytes(select_.handle(), 0);
    return {static_cast<const std::byte*>(bytes), bytes ? static_cast<std::size_t>(size) : 0};
  }

  CairnStorage& storage_;
  std::string suffix_;
  MetadataType type_;
  sqlite::Statement select_;
  MetadataCells cells_;  // of read_one
  std::optional<std::int64_t> chunk_;
  std::uint64_t writes_ = 0;
};

// A staged cell: whether it is NULL, then what flat() stores.
std::size_t staged_cell_size(MetadataType type) {
  return 1 + metadata_cell(type, 0).size;
}

}  // namespace

CairnStorage::CairnStorage(sqlite3* db, TableDefinition definition) : Storage(db, std::move(definition)) {
  for (std::size_t i = 0; i < table_.vectors.size(); ++i)
    residencies_.push_back(std::make_unique<CairnResidency>(*this, i));
  vector_writers_.resize(table_.vectors.size());
  code_writers_.resize(table_.vectors.size());
  centers_.resize(table_.vectors.size());
}

CairnStorage::~CairnStorage() = default;

void CairnStorage::set_name(std::string name) {
  Storage::set_name(std::move(name));
  for (auto* writers : {&vector_writers_, &code_writers_})  // their statements name the table
    for (auto& writer : *writers) writer.reset();
}

std::unique_ptr<VectorReader> CairnStorage::vectors(std::size_t column) {
  return std::make_unique<PackedVectors>(*this, column);
}
std::unique_ptr<MetadataReader> CairnStorage::metadata(std::size_t column) {
  return std::make_unique<CellsOfChunk>(*this, column);
}

std::string CairnStorage::find_damage(Depth depth) {
  return find_cairn_damage(*this, depth);
}

std::vector<float> CairnStorage::center(std::size_t column) {
  Lease st = lease("center", column,
                   [&] { return "SELECT value FROM " + shadow_sql(table_, kInfo) + " WHERE key = ?"; });
  st->bind(1, fmt::format("center{:02}", column));
  if (!st->step()) return {};
  const Value value = Value::of_column(st->handle(), 0);
  std::vector<float> center(table_.vectors[column].dims);
  if (value.bytes.size() != center.size() * sizeof(float))
    throw_corrupt(kInfo, 0, fmt::format("the center of column {} has the wrong size", column));
  std::memcpy(center.data(), value.bytes.data(), value.bytes.size());
  for (const float x : center)
    if (!std::isfinite(x))
      throw_corrupt(kInfo, 0, fmt::format("the center of column {} is not finite", column));
  return center;
}

std::vector<std::pair<std::int64_t, Stamp>> CairnStorage::stamps() {
  flush();
  Lease st = lease("stamps", 0, [&] {
    return "SELECT chunk_id, stamp FROM " + shadow_sql(table_, kChunks) + " ORDER BY chunk_id";
  });
  std::vector<std::pair<std::int64_t, Stamp>> all;
  while (st->step()) all.emplace_back(st->get<std::int64_t>(0), stamp_of_column(st->handle(), 1));
  return all;
}

std::optional<Chunk> CairnStorage::chunk(std::int64_t id) {
  WantedChunks every_chunk;
  every_chunk.equal.resize(table_.partitions.size());
  Chunk found;
  if (!next_chunk(id - 1, found, every_chunk) || found.id != id) return std::nullopt;
  return found;
}

bool CairnStorage::is_slot_count(std::int64_t slots) const noexcept {
  return slots >= static_cast<std::int64_t>(kFirstSlots) && slots % 8 == 0 &&
         slots <= static_cast<std::int64_t>(table_.chunk_size);
}

void CairnStorage::read_chunk(sqlite3_stmt* row, int first, Chunk& chunk, std::size_t validity_bytes,
                              std::size_t rowid_bytes) {
  const Value size = Value::of_column(row, first), used = Value::of_column(row, first + 1),
              filed = Value::of_column(row, first + 2);
  if (size.type != Value::Type::integer || !is_slot_count(size.integer))
    throw_corrupt(kChunks, chunk.id, "it has no valid size");
  const auto slots = static_cast<std::size_t>(size.integer);
  if (used.type != Value::Type::integer || used.integer < 0 || used.integer > size.integer)
    throw_corrupt(kChunks, chunk.id, "it has more used slots than slots");
  if (validity_bytes != slots / 8 || rowid_bytes != slots * sizeof(std::int64_t))
    throw_corrupt(kChunks, chunk.id, "the validity or the rowids have the wrong size");
  chunk.used = static_cast<std::size_t>(used.integer);
  const auto* const validity = static_cast<const std::byte*>(sqlite3_column_blob(row, 1));
  for (std::size_t slot = chunk.used; slot < slots; ++slot)
    if (get_bit({validity, validity_bytes}, slot))
      throw_corrupt(kChunks, chunk.id, "a slot that was never used holds a row");
  chunk.is_filed = filed.integer != 0;
  chunk.birth = stamp_of_column(row, first + 3);
  chunk.stamp = stamp_of_column(row, first + 4);
}

ChunkChanges CairnStorage::no_changes() const {
  ChunkChanges changes;
  for (const VectorColumn& column : table_.vectors) changes.columns.emplace_back(column.stored_size());
  for (const MetadataColumn& column : table_.metadata)
    changes.columns.emplace_back(staged_cell_size(column.type));
  return changes;
}

std::optional<ChunkChanges> CairnStorage::start_changes(std::int64_t chunk) {
  Lease st = lease("start_changes", 0, [&] {
    return "SELECT size, used, filed, validity" + partition_columns(table_) + " FROM " +
           shadow_sql(table_, kChunks) + " WHERE chunk_id = ?";
  });
  st->bind(1, chunk);
  if (!st->step()) return std::nullopt;
  const Value size = Value::of_column(st->handle(), 0), used = Value::of_column(st->handle(), 1);
  ChunkChanges changes = no_changes();
  changes.validity = bytes_of(Value::of_column(st->handle(), 3));
  if (!is_slot_count(size.integer) || changes.validity.size() * 8 != static_cast<std::size_t>(size.integer) ||
      used.integer < 0 || used.integer > size.integer)
    return std::nullopt;
  changes.used = changes.stored_used = static_cast<std::size_t>(used.integer);
  changes.stored_slots = static_cast<std::size_t>(size.integer);
  changes.is_filed = Value::of_column(st->handle(), 2).integer != 0;
  for (std::size_t i = 0; i < table_.partitions.size(); ++i)
    changes.partitions.push_back(Value::of_column(st->handle(), 4 + static_cast<int>(i)));
  return changes;
}

std::optional<std::size_t> CairnStorage::slot_for_a_row(ChunkChanges& changes) {
  const std::size_t slots = changes.validity.size() * 8;
  if (changes.is_filed) return std::nullopt;
  if (changes.used < slots) return changes.used;
  // A chunk with many holes is emptied rather than made larger.
  if (slots >= table_.chunk_size || live_count(changes.validity) * 2 < slots) return std::nullopt;
  changes.validity.resize(std::min(2 * slots, table_.chunk_size) / 8);
  return changes.used;
}

void CairnStorage::find_free_slots() {
  Lease st = lease("find_free_slots", 0, [&] {
    return fmt::format("SELECT chunk_id{} FROM {} WHERE NOT filed AND (used < size OR size < {})",
                       partition_columns(table_), shadow_sql(table_, kChunks), table_.chunk_size);
  });
  std::vector<Value> partitions(table_.partitions.size());
  while (st->step()) {
    const auto chunk = st->get<std::int64_t>(0);
    if (chunk == emptying_) continue;
    for (std::size_t i = 0; i < partitions.size(); ++i)
      partitions[i] = Value::of_column(st->handle(), 1 + static_cast<int>(i));
    with_room_[partitions].insert(chunk);
  }
}

std::int64_t CairnStorage::insert_chunk(const std::vector<Value>& partitions, ChunkChanges& changes) {
  Lease st = lease("new_chunk", 0, [&] {
    return fmt::format(
        "INSERT INTO {}(size, used, filed, birth, stamp, validity, rowids{}) VALUES ({}, 0, 0, ?, ?, "
        "zeroblob({}), "
        "zeroblob({}){})",
        shadow_sql(table_, kChunks), partition_columns(table_), kFirstSlots, kFirstSlots / 8,
        kFirstSlots * sizeof(std::int64_t), parameters(partitions.size()));
  });
  const Stamp birth = random_stamp();
  st->bind_view(1, std::span<const std::byte>(birth)).bind_view(2, std::span<const std::byte>(birth));
  for (std::size_t i = 0; i < partitions.size(); ++i) partitions[i].bind(*st, static_cast<int>(i) + 3);
  st->run();
  changes.validity.assign(kFirstSlots / 8, std::byte{0});
  changes.used = changes.stored_used = 0;
  changes.stored_slots = kFirstSlots;
  changes.is_filed = false;
  return sqlite3_last_insert_rowid(db_);
}

void CairnStorage::mark_taken(ChunkChanges& changes, std::size_t slot, std::int64_t rowid) {
  set_bit(changes.validity, slot, true);
  changes.rowids.set(slot, std::as_bytes(std::span(&rowid, 1)));
  changes.used = std::max(changes.used, slot + 1);
}

void CairnStorage::mark_free(ChunkChanges& changes, std::size_t slot) {
  set_bit(changes.validity, slot, false);
  deleted_from_lists_ += changes.is_filed;
}

bool CairnStorage::is_complete(const ChunkChanges& changes) const {
  return changes.used == table_.chunk_size;
}

void CairnStorage::stage_vector(ChunkChanges& changes, std::size_t column, std::size_t slot,
                                std::span<const std::byte> bytes) {
  if (table_.vectors[column].is_half) {
    const std::vector<std::uint16_t> halves = to_halves(bytes);
    changes.columns[column].set(slot, std::as_bytes(std::span(halves)));
  } else {
    changes.columns[column].set(slot, bytes);
  }
}

void CairnStorage::stage_metadata(ChunkChanges& changes, std::size_t column, std::size_t slot,
                                  const Value& value) {
  const MetadataType type = table_.metadata[column].type;
  std::array<std::byte, 17> cell{};
  if (value.is_null())
    cell[0] = std::byte{1};
  else
    encode_metadata(type, value, std::span(cell).subspan(1, metadata_cell(type, 0).size), 0);
  changes.columns[table_.vectors.size() + column].set(slot, std::span(cell).first(staged_cell_size(type)));
}

PackWriter& CairnStorage::vector_writer(std::size_t column) {
  auto& writer = vector_writers_[column];
  if (!writer) writer = std::make_unique<PackWriter>(*this, vector_packs(table_, column));
  return *writer;
}
PackWriter& CairnStorage::code_writer(std::size_t column) {
  auto& writer = code_writers_[column];
  if (!writer) writer = std::make_unique<PackWriter>(*this, code_packs(table_, column));
  return *writer;
}

void CairnStorage::write_chunk(std::int64_t id, ChunkChanges& changes) {
  counters().chunk_writes += 1;
  is_broken_ = true;
  if (changes.is_new && !any_bit(changes.validity)) {
    delete_chunk(id);
    is_broken_ = false;
    return;
  }
  const std::size_t slots = changes.validity.size() * 8;
  for (std::size_t i = 0; i < table_.vectors.size(); ++i) {
    vector_writer(i).write(id, changes.columns[i], changes.stored_used, slots);
    if (has_code_packs(table_.vectors[i]) && slots >= kCodedSlots) write_codes(i, id, changes);
  }
  for (std::size_t i = 0; i < table_.metadata.size(); ++i) write_metadata_cells(i, id, changes);
  write_row_of_chunk(id, changes);
  is_broken_ = false;
  if (is_sparse(changes.validity, changes.used)) sparse_.insert(id);
  lists_need_a_look_ |= changes.used == table_.chunk_size && changes.used > changes.stored_used;
}

// Codes are made from what is stored, so that they bound it: of halves, from what they are as floats.
void CairnStorage::write_codes(std::size_t column, std::int64_t id, const ChunkChanges& changes) {
  const VectorColumn& definition = table_.vectors[column];
  const bool has_codes = changes.stored_slots >= kCodedSlots;
  const std::size_t first = has_codes ? changes.stored_used : 0;
  if (first == changes.used) return;
  const std::size_t record = vector::CodedRows::byte_size(1, definition.dims);
  code_records_.resize((changes.used - first) * record);
  const auto encode = [&](std::size_t slot, std::span<const std::byte> rows) {
    if (!centers_[column]) centers_[column] = center(column);
    if (centers_[column]->empty()) choose_center(column, rows);
    vector::CodedRows::make_records(definition.type, definition.metric, *centers_[column], rows.data(),
                                    rows.size() / definition.byte_size(),
                                    code_records_.data() + (slot - first) * record);
  };
  if (first < changes.stored_used) {  // those that had none, and come first: the center is their mean
    Chunk chunk;
    chunk.id = id;
    chunk.validity = changes.validity;
    chunk.rowids.resize(changes.validity.size() * 8);
    std::vector<std::byte> rows(changes.stored_used * definition.byte_size());
    PackedVectors(*this, column).read_live(chunk, 0, changes.stored_used, rows.data());
    encode(0, rows);
  }
  changes.columns[column].for_each_run([&](std::size_t slot, std::span<const std::byte> run) {
    if (!definition.is_half) return encode(slot, run);
    const std::vector<float> floats = to_floats(run);
    encode(slot, std::as_bytes(std::span(floats)));
  });
  code_writer(column).append(id, code_records_, first, changes.validity.size() * 8);
}

// The mean of the first rows that get codes. Any vector would do; this one leaves little of vectors that all
// point the same way, as those of many embedders do.
void CairnStorage::choose_center(std::size_t column, std::span<const std::byte> rows) {
  const std::size_t dims = table_.vectors[column].dims;
  const std::size_t count = rows.size() / (dims * sizeof(float));
  std::vector<double> sum(dims);
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t d = 0; d < dims; ++d) {
      float x;
      std::memcpy(&x, rows.data() + (i * dims + d) * sizeof x, sizeof x);
      sum[d] += static_cast<double>(x);
    }
  std::vector<float> center(dims);
  for (std::size_t d = 0; d < dims; ++d) {
    const auto mean = static_cast<float>(sum[d] / static_cast<double>(count));
    center[d] = std::isfinite(mean) ? mean : 0.0f;
  }
  Lease st = lease("insert_center", column,
                   [&] { return "INSERT INTO " + shadow_sql(table_, kInfo) + "(key, value) VALUES (?, ?)"; });
  st->bind(1, fmt::format("center{:02}", column)).bind_view(2, std::as_bytes(std::span(center)));
  st->run();
  centers_[column] = std::move(center);
}

void CairnStorage::write_metadata_cells(std::size_t column, std::int64_t id, const ChunkChanges& changes) {
  const SlotValues& values = changes.columns[table_.vectors.size() + column];
  const std::size_t slots = changes.validity.size() * 8;
  if (values.empty() && slots == changes.stored_slots && !changes.is_new) return;
  const MetadataType type = table_.metadata[column].type;
  MetadataCells cells;
  if (!changes.is_new) CellsOfChunk(*this, column).read(id, cells);
  std::vector<std::byte> data(metadata_blob_size(type, slots) + slots / 8);
  const std::span<std::byte> bytes = std::span(data).first(metadata_blob_size(type, slots));
  const std::span<std::byte> nulls = std::span(data).subspan(bytes.size());
  std::copy_n(cells.cells.begin(), std::min(cells.cells.size(), bytes.size()), bytes.begin());
  std::copy_n(cells.nulls.begin(), std::min(cells.nulls.size(), nulls.size()), nulls.begin());
  const std::size_t staged_size = staged_cell_size(type);
  values.for_each_run([&](std::size_t first, std::span<const std::byte> run) {
    for (std::size_t slot = first; !run.empty(); ++slot, run = run.subspan(staged_size)) {
      set_bit(nulls, slot, run[0] != std::byte{0});
      const auto cell = run.subspan(1, staged_size - 1);
      if (type == MetadataType::boolean)
        set_bit(bytes, slot, cell[0] != std::byte{0});
      else
        std::copy(cell.begin(), cell.end(), bytes.begin() + static_cast<std::ptrdiff_t>(slot * cell.size()));
    }
  });
  // Of a blob that keeps its length SQLite writes only the pages that change.
  Lease st = changes.is_new ? lease("insert_cells", column,
                                    [&] {
                                      return "INSERT INTO " + shadow_sql(table_, metadata_chunks(column)) +
                                             "(data, chunk_id) VALUES (?, ?)";
                                    })
                            : lease("update_cells", column, [&] {
                                return "UPDATE " + shadow_sql(table_, metadata_chunks(column)) +
                                       " SET data = ? WHERE chunk_id = ?";
                              });
  st->bind_view(1, std::span<const std::byte>(data)).bind(2, id).run();
}

void CairnStorage::write_row_of_chunk(std::int64_t id, const ChunkChanges& changes) {
  if (!stamp_) stamp_ = random_stamp();
  const std::size_t slots = changes.validity.size() * 8;
  std::vector<std::byte> rowids(slots * sizeof(std::int64_t));
  if (!changes.is_new) {
    Lease st = lease("rowids", 0, [&] {
      return "SELECT rowids FROM " + shadow_sql(table_, kChunks) + " WHERE chunk_id = ?";
    });
    st->bind(1, id);
    if (st->step()) {
      const Value stored = Value::of_column(st->handle(), 0);
      std::memcpy(rowids.data(), stored.bytes.data(), std::min(stored.bytes.size(), rowids.size()));
    }
  }
  changes.rowids.for_each_run([&](std::size_t slot, std::span<const std::byte> bytes) {
    std::memcpy(rowids.data() + slot * sizeof(std::int64_t), bytes.data(), bytes.size());
  });
  Lease st = lease("write_chunk", 0, [&] {
    return "UPDATE " + shadow_sql(table_, kChunks) +
           " SET size = ?, used = ?, stamp = ?, validity = ?, rowids = ? WHERE chunk_id = ?";
  });
  st->bind(1, slots)
      .bind(2, changes.used)
      .bind_view(3, std::span<const std::byte>(*stamp_))
      .bind_view(4, std::span<const std::byte>(changes.validity))
      .bind_view(5, std::span<const std::byte>(rowids))
      .bind(6, id)
      .run();
}

void CairnStorage::delete_chunk(std::int64_t id) {
  note_write();
  sparse_.erase(id);
  {
    Lease st = lease("delete_chunk", 0,
                     [&] { return "DELETE FROM " + shadow_sql(table_, kChunks) + " WHERE chunk_id = ?"; });
    st->bind(1, id).run();
  }
  for (std::size_t i = 0; i < table_.vectors.size(); ++i) {
    vector_writer(i).remove(id);
    if (has_code_packs(table_.vectors[i])) code_writer(i).remove(id);
  }
  for (std::size_t i = 0; i < table_.metadata.size(); ++i) {
    Lease st = lease("delete_cells", i, [&] {
      return "DELETE FROM " + shadow_sql(table_, metadata_chunks(i)) + " WHERE chunk_id = ?";
    });
    st->bind(1, id).run();
  }
}

// Moves the rows of a chunk to others of its partition, and deletes it.
void CairnStorage::empty_chunk(const Chunk& chunk) {
  const std::int64_t id = chunk.id;
  emptying_ = id;
  for (auto& [partitions, chunks] : with_room_) chunks.erase(id);
  std::vector<std::uint16_t> slots;
  live_slots(chunk, slots);
  if (!slots.empty()) {
    std::vector<std::vector<std::byte>> rows;
    for (std::size_t i = 0; i < table_.vectors.size(); ++i) {
      const std::size_t size = table_.vectors[i].byte_size();
      rows.emplace_back(slots.size() * size);
      const auto reader = vectors(i);
      for (std::size_t n = 0; n < slots.size(); ++n) reader->read(id, slots[n], 1, rows[i].data() + n * size);
    }
    std::vector<std::unique_ptr<MetadataReader>> cells;
    for (std::size_t i = 0; i < table_.metadata.size(); ++i) cells.push_back(metadata(i));
    std::vector<std::vector<Value>> values(slots.size());
    for (std::size_t n = 0; n < slots.size(); ++n)
      for (std::size_t i = 0; i < cells.size(); ++i) {
        MetadataCell cell = cells[i]->read_one(id, slots[n]);
        if (cell.is_long) cell.value.bytes = long_text(i, chunk.rowids[slots[n]]);
        values[n].push_back(std::move(cell.value));
      }
    for (std::size_t n = 0; n < slots.size(); ++n) {
      const std::optional<Location> slot = free_slot(chunk.partitions);
      const Location to = slot ? *slot : new_chunk(chunk.partitions);
      ChunkChanges& changes = staged(to.chunk);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::size_t size = table_.vectors[i].byte_size();
        stage_vector(changes, i, to.slot, std::span(rows[i]).subspan(n * size, size));
      }
      for (std::size_t i = 0; i < cells.size(); ++i) stage_metadata(changes, i, to.slot, values[n][i]);
      mark_taken(changes, to.slot, chunk.rowids[slots[n]]);
      point_row(chunk.rowids[slots[n]], to);
    }
  }
  emptying_.reset();
  flush();
  delete_chunk(id);
  lists_need_a_look_ |= chunk.is_filed;
}

// While a cursor is open, nothing is taken away under it: what it means to read stays where it was. About as
// many rows are moved as the transaction changed; what is left waits for the next.
void CairnStorage::maintain() {
  constexpr std::size_t kAtLeast = 4096;  // rows
  if (open_cursors > 0) return;
  const std::size_t most = std::max(kAtLeast, rows_in_transaction_);
  for (std::size_t moved = 0; moved < most && !sparse_.empty();) {
    const std::int64_t id = *sparse_.begin();
    sparse_.erase(sparse_.begin());
    const std::optional<Chunk> found = chunk(id);
    if (!found || !is_sparse(found->validity, found->used)) continue;
    moved += live_count(found->validity);
    empty_chunk(*found);
  }
  if (lists_need_a_look_ || deleted_from_lists_ >= thresholds().filed_rows) tend_lists();
}

// Not for each chunk: a filing writes to most of the lists.
void CairnStorage::tend_lists() {
  lists_need_a_look_ = false;
  if (!has_code_packs(table_.vectors.front())) return;
  FilingWork work = find_filing_work();
  const bool has_lists = Lists(*this).exist();
  // Most small tables have none; a table that has lists keeps them until it is much smaller.
  if (work.rows < thresholds().listed_rows / (has_lists ? 2 : 1)) {
    if (has_lists) Lists(*this).clear();
    return;
  }
  const std::size_t waiting = work.chunks.size() * table_.chunk_size;
  if (waiting < std::max<std::size_t>(thresholds().filed_rows, work.rows / 64) &&
      (!has_lists || deleted_from_lists_ < thresholds().filed_rows))
    return;
  work.deleted = std::exchange(deleted_from_lists_, 0);
  // Centroids that were found among fewer rows would serve the others less well than new ones.
  bool makes_anew = waiting > work.filed;
  if (!makes_anew) try {
      Filing(*this, std::move(work)).run();
    } catch (const Error& e) {
      if (!is_damage(e)) throw;
      makes_anew = true;  // if it is the rows that are damaged, that fails as well
    }
  if (!makes_anew) return;
  Lists(*this).clear();
  FilingWork all = find_filing_work();
  if (!all.chunks.empty()) Filing(*this, std::move(all)).run();
}

FilingWork CairnStorage::find_filing_work() {
  Lease st = lease("filing_work", 0, [&] {
    return fmt::format("SELECT chunk_id, typeof(filed) = 'integer' AND filed, used IS {}, validity FROM {}",
                       table_.chunk_size, shadow_sql(table_, kChunks));
  });
  FilingWork work;
  while (st->step()) {
    const std::size_t rows = live_count(bytes_of(Value::of_column(st->handle(), 3)));
    work.rows += rows;
    if (st->get<bool>(1))
      work.filed += rows;
    else if (st->get<bool>(2))
      work.chunks.push_back(st->get<std::int64_t>(0));
  }
  return work;
}

void CairnStorage::end_transaction() noexcept {
  stamp_.reset();
  emptying_.reset();
  for (auto& center : centers_) center.reset();
}

// Chunks with holes, and those that are not full where their partition has several: their rows go to others,
// which become full. Without a limit all is checked first, and lists are made anew from all full chunks.
void CairnStorage::optimize(std::optional<std::size_t> most_chunks) {
  require_no_cursors();
  if (!most_chunks) {
    Lists(*this).clear();  // so that damage of theirs is no obstacle
    check_integrity(*this);
  }
  note_write();
  struct Loose {
    std::size_t live;
    std::int64_t id;
  };
  std::vector<Loose> loose;
  {
    std::map<std::vector<Value>, std::vector<Loose>, PartitionLess> open;  // without holes, not full
    WantedChunks every_chunk;
    every_chunk.equal.resize(table_.partitions.size());
    std::int64_t last = std::numeric_limits<std::int64_t>::min();
    for (Chunk chunk; next_chunk(last, chunk, every_chunk); last = chunk.id) {
      const std::size_t live = live_count(chunk.validity);
      if (live < chunk.used)
        loose.push_back({live, chunk.id});
      else if (live < table_.chunk_size)
        open[chunk.partitions].push_back({live, chunk.id});
    }
    for (const auto& [partitions, chunks] : open)
      if (chunks.size() > 1) loose.insert(loose.end(), chunks.begin(), chunks.end());
  }
  // The emptiest first: they give most space back for the rows that move.
  std::sort(loose.begin(), loose.end(), [](const Loose& a, const Loose& b) { return a.live < b.live; });
  if (most_chunks && loose.size() > *most_chunks) loose.resize(*most_chunks);
  for (const Loose& each : loose)
    if (const std::optional<Chunk> found = chunk(each.id)) empty_chunk(*found);
  lists_need_a_look_ = true;
}

}  // namespace cairn::vec0
