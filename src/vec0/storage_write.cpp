// The writing half of Storage: rows in. What chunks get of them is collected here and handed over by
// storage_flush.cpp; the tables that have one row per row are written at once. Everything happens inside the
// user's transaction, so a rollback, whole or to a savepoint, undoes it with the shadow tables.
#include <fmt/format.h>

#include "cairn/error.hpp"
#include "vec0/lease.hpp"
#include "vec0/metadata.hpp"
#include "vec0/open_scan.hpp"
#include "vec0/shadow.hpp"
#include "vec0/storage.hpp"

namespace cairn::vec0 {

std::vector<std::byte> Storage::bytes_of(const Value& blob) {
  const auto* first = reinterpret_cast<const std::byte*>(blob.bytes.data());
  return {first, first + blob.bytes.size()};
}

std::string Storage::parameters(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += ", ?";
  return text;
}

// Null if there is no such chunk, or none that could be written to.
ChunkChanges* Storage::changes_of(std::int64_t chunk) {
  if (const auto found = pending_.find(chunk); found != pending_.end()) return &found->second;
  std::optional<ChunkChanges> changes = start_changes(chunk);
  return changes ? &pending_.emplace(chunk, *std::move(changes)).first->second : nullptr;
}

// For writing to an existing row's chunk.
ChunkChanges& Storage::staged(std::int64_t chunk) {
  ++writes_;
  ChunkChanges* changes = changes_of(chunk);
  if (!changes)
    throw_corrupt(kChunks, chunk, "the chunk of a row is missing, or its validity has a wrong size");
  unsettled_ = true;
  return *changes;
}

// The newest chunk with these partition values that has a free slot gets the row; there may be older holes
// than SQLite could find without reading every chunk's row, so that is done once per transaction at most.
std::optional<Location> Storage::free_slot(const std::vector<Value>& partitions) {
  while (true) {
    std::set<std::int64_t>& chunks = with_room_[partitions];
    while (!chunks.empty()) {
      const auto newest = std::prev(chunks.end());
      const bool was_pending = pending_.contains(*newest);
      ChunkChanges* changes = changes_of(*newest);
      if (changes && same_partitions(changes->partitions, partitions))
        if (const auto slot = slot_for_a_row(*changes)) return Location{*newest, *slot};
      if (!was_pending) pending_.erase(*newest);
      chunks.erase(newest);
    }
    if (knows_all_room_) return std::nullopt;
    with_room_.clear();
    find_free_slots();
    knows_all_room_ = true;
  }
}

// Its first slot.
Location Storage::new_chunk(const std::vector<Value>& partitions) {
  ChunkChanges changes = spare_ ? std::move(*spare_) : no_changes();
  spare_.reset();
  changes.is_new = true;
  changes.partitions = partitions;
  const std::int64_t chunk = insert_chunk(partitions, changes);
  pending_.insert_or_assign(chunk, std::move(changes));
  with_room_[partitions].insert(chunk);
  return {chunk, 0};
}

// OR IGNORE instead of a look-up before: one walk down the tree, and no error in the host's log.
std::optional<std::int64_t> Storage::insert_rowid(const NewRow& row, Location at) {
  Lease st = lease("insert_rowid", 0, [&] {
    return "INSERT OR IGNORE INTO " + shadow_sql(table_, kRowids) +
           "(rowid, id, chunk_id, chunk_offset) VALUES (?, ?, ?, ?)";
  });
  st->bind(1, row.rowid);
  if (table_.has_text_key()) st->bind_view(2, row.key);
  st->bind(3, at.chunk).bind(4, at.slot).run();
  if (sqlite3_changes64(db_) == 0) return std::nullopt;
  return sqlite3_last_insert_rowid(db_);
}

void Storage::insert_auxiliaries(std::int64_t rowid, const std::vector<Value>& values) {
  if (values.empty()) return;
  Lease st = lease("insert_auxiliary", 0, [&] {
    std::string columns;
    for (std::size_t i = 0; i < values.size(); ++i) columns += ", " + value_column(i);
    return "INSERT INTO " + shadow_sql(table_, kAuxiliary) + "(rowid" + columns + ") VALUES (?" +
           parameters(values.size()) + ")";
  });
  st->bind(1, rowid);
  for (std::size_t i = 0; i < values.size(); ++i) values[i].bind(*st, static_cast<int>(i) + 2);
  st->run();
}

std::optional<std::int64_t> Storage::insert(const NewRow& row) {
  // A key that is taken must not cost a rowid or a chunk, whose numbers are never used again.
  if (table_.has_text_key() && rowid_of_key(row.key)) return std::nullopt;
  std::optional<Location> slot = free_slot(row.partitions);
  if (!slot && row.rowid && find(*row.rowid)) return std::nullopt;
  const Location at = slot ? *slot : new_chunk(row.partitions);
  const std::optional<std::int64_t> rowid = insert_rowid(row, at);
  if (!rowid) return std::nullopt;
  const bool was_half_written = std::exchange(half_written_, true);
  try {
    insert_auxiliaries(*rowid, row.auxiliaries);
    for (std::size_t i = 0; i < row.metadata.size(); ++i) write_long_text(i, *rowid, row.metadata[i]);
    take_slot(staged(at.chunk), *rowid, at);
    for (std::size_t i = 0; i < row.vectors.size(); ++i) write_vector(i, at, row.vectors[i].bytes);
    for (std::size_t i = 0; i < row.metadata.size(); ++i) write_metadata(i, at, row.metadata[i]);
    settle(at.chunk);
  } catch (...) {
    try {
      delete_keyed_values(*rowid);  // SQLite keeps what nested statements did for a statement of one row
      half_written_ = was_half_written;
    } catch (const Error&) {
    }
    throw;
  }
  return rowid;
}

void Storage::write_vector(std::size_t column, Location at, std::span<const std::byte> bytes) {
  stage_vector(staged(at.chunk), column, at.slot, bytes);
}

void Storage::write_auxiliary(std::size_t column, std::int64_t rowid, const Value& value) {
  ++writes_;
  Lease st = lease("write_auxiliary", column, [&] {
    return "UPDATE " + shadow_sql(table_, kAuxiliary) + " SET " + value_column(column) +
           " = ? WHERE rowid = ?";
  });
  value.bind(*st, 1);
  st->bind(2, rowid).run();
  half_written_ = true;
  if (sqlite3_changes64(db_) != 0) return;
  // sqlite-vec 0.1.9 leaves rows without auxiliary values when an INSERT fails inside a transaction.
  Lease insert = lease("insert_one_auxiliary", column, [&] {
    return "INSERT INTO " + shadow_sql(table_, kAuxiliary) + "(rowid, " + value_column(column) +
           ") VALUES (?2, ?1)";
  });
  value.bind(*insert, 1);
  insert->bind(2, rowid).run();
}

void Storage::write_metadata(std::size_t column, Location at, const Value& value) {
  stage_metadata(staged(at.chunk), column, at.slot, value);
}

void Storage::write_long_text(std::size_t column, std::int64_t rowid, const Value& value) {
  if (table_.metadata[column].type != MetadataType::text) return;
  const auto texts = [&] { return shadow_sql(table_, metadata_text(column)); };
  {
    Lease st = lease("delete_text", column, [&] { return "DELETE FROM " + texts() + " WHERE rowid = ?"; });
    st->bind(1, rowid).run();
    half_written_ = true;
  }
  if (value.bytes.size() <= kInlineText) return;
  Lease st =
      lease("insert_text", column, [&] { return "INSERT INTO " + texts() + "(rowid, data) VALUES (?, ?)"; });
  st->bind(1, rowid).bind_view(2, std::string_view(value.bytes)).run();
}

void Storage::take_slot(ChunkChanges& changes, std::int64_t rowid, Location at) {
  mark_taken(changes, at.slot, rowid);
  for (OpenScan* const scan : open_scans) scan->came(rowid, at);
}

void Storage::release_slot(std::int64_t rowid, Location at) {
  ChunkChanges& changes = staged(at.chunk);
  if (!get_bit(changes.validity, at.slot))
    throw Error(ErrorCode::corrupt,
                fmt::format("vec0 deletion error: validity bit is not set for {}.{}.{} at {}", table_.schema,
                            shadow_name(table_, kChunks), at.chunk, at.slot),
                SQLITE_ERROR);
  mark_free(changes, at.slot);
  for (OpenScan* const scan : open_scans) scan->left(rowid, at);
  with_room_[changes.partitions].insert(at.chunk);
}

void Storage::delete_keyed_values(std::int64_t rowid) {
  const auto delete_from = [&](const char* use, std::size_t column, const std::string& suffix) {
    Lease st =
        lease(use, column, [&] { return "DELETE FROM " + shadow_sql(table_, suffix) + " WHERE rowid = ?"; });
    st->bind(1, rowid).run();
    half_written_ = true;
  };
  delete_from("delete_rowid", 0, kRowids);
  if (!table_.auxiliaries.empty()) delete_from("delete_auxiliary", 0, kAuxiliary);
  for (std::size_t i = 0; i < table_.metadata.size(); ++i)
    if (table_.metadata[i].type == MetadataType::text) delete_from("delete_text", i, metadata_text(i));
}

void Storage::remove(std::int64_t rowid, Location at) {
  release_slot(rowid, at);
  settle(at.chunk);
  delete_keyed_values(rowid);
}

Location Storage::move_row(std::int64_t rowid, Location from, const std::vector<Value>& partitions,
                           const NewVectors& new_vectors) {
  flush();
  std::vector<std::vector<std::byte>> vectors_of_row;
  for (std::size_t i = 0; i < table_.vectors.size(); ++i) {
    vectors_of_row.emplace_back(table_.vectors[i].byte_size());
    if (const auto given = new_vectors.find(i); given != new_vectors.end())
      vectors_of_row.back().assign(given->second.begin(), given->second.end());
    else
      vectors(i)->read(from.chunk, from.slot, 1, vectors_of_row.back().data());
  }
  // A long text stays where it is, under the row's rowid, but its cell tells its length.
  std::vector<Value> values;
  for (std::size_t i = 0; i < table_.metadata.size(); ++i) {
    MetadataCell cell = metadata(i)->read_one(from.chunk, from.slot);
    if (cell.is_long) cell.value.bytes = long_text(i, rowid);
    values.push_back(std::move(cell.value));
  }

  const std::optional<Location> slot = free_slot(partitions);
  const Location to = slot ? *slot : new_chunk(partitions);
  ChunkChanges& changes = staged(to.chunk);
  for (std::size_t i = 0; i < vectors_of_row.size(); ++i)
    stage_vector(changes, i, to.slot, vectors_of_row[i]);
  for (std::size_t i = 0; i < values.size(); ++i) stage_metadata(changes, i, to.slot, values[i]);
  take_slot(changes, rowid, to);
  release_slot(rowid, from);
  settle(to.chunk);
  point_row(rowid, to);
  return to;
}

void Storage::point_row(std::int64_t rowid, Location to) {
  Lease st = lease("point_row", 0, [&] {
    return "UPDATE " + shadow_sql(table_, kRowids) + " SET chunk_id = ?, chunk_offset = ? WHERE rowid = ?";
  });
  st->bind(1, to.chunk).bind(2, to.slot).bind(3, rowid).run();
}

}  // namespace cairn::vec0
