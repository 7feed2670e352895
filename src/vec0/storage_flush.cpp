// Handing what was collected to the shadow tables.
#include <fmt/format.h>

#include "cairn/error.hpp"
#include "sqlite/error.hpp"
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
// What a row takes beside its vectors, if its chunk is pending for its sake alone.
constexpr std::size_t kBytesOfARow = 512;

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

}  // namespace

void Storage::begin() noexcept {
  if (in_transaction_) return;
  in_transaction_ = true;
  rows_in_transaction_ = 0;
  is_broken_ = false;
  knows_all_room_ = false;
}

void Storage::commit() noexcept {
  in_transaction_ = false;
  spare_.reset();
}

void Storage::rollback() noexcept {
  in_transaction_ = false;
  rolled_back_ = true;
  discard();
}

void Storage::discard() noexcept {
  ++writes_;
  pending_.clear();
  spare_.reset();
  pending_bytes_ = 0;
  is_broken_ = false;
  knows_all_room_ = false;
}

// SQLite does not tell a table that is created inside a transaction that it has begun, nor of a rollback to a
// savepoint that was set before. So nothing may stay pending there until it has told of a savepoint.
bool Storage::flushes_each_row() const noexcept {
  return !in_transaction_ || rows_in_transaction_ <= kRowsAtOnce;
}

// A statement that may change several rows and may fail runs in a savepoint, of which SQLite tells all tables
// of the transaction, this one included. The rollbacks that it tells of are then all that concern the table.
void Storage::ask_for_savepoint() {
  lease("ask_for_savepoint", 0, [&] {
    return "UPDATE " + shadow_sql(table_, kChunks) + " SET size = size WHERE chunk_id < 0";
  })->run();
}

void Storage::settle(std::int64_t chunk) {
  pending_bytes_ += kBytesOfARow;
  for (const VectorColumn& column : table_.vectors) pending_bytes_ += column.byte_size();
  const auto changed = pending_.find(chunk);
  ++rows_in_transaction_;
  if (flushes_each_row() || pending_bytes_ > kMaxPendingBytes)
    flush();
  else if (changed != pending_.end() && !first_zero_bit(changed->second.validity))
    flush_chunks(changed, std::next(changed));
  if (!in_transaction_) ask_for_savepoint();
  unsettled_ = false;
  half_written_ = true;
}

void Storage::flush() {
  flush_chunks(pending_.begin(), pending_.end());
  pending_bytes_ = 0;
}

void Storage::flush_chunks(PendingWrites::iterator first, PendingWrites::iterator last) {
  if (is_broken_)
    throw Error(ErrorCode::corrupt,
                fmt::format("vec0 table '{}': a change in this transaction failed halfway; roll it back",
                            table_.name),
                SQLITE_CORRUPT_VTAB);
  if (first == last) return;
  const KeepLastInsertRowid keep(db_);
  while (first != last) {
    write_chunk(first->first, first->second);
    spare_ = std::move(first->second);
    first = pending_.erase(first);
  }
  spare_->reset();
}

void Storage::start_change() noexcept {
  unsettled_ = false;
  half_written_ = false;
  rolled_back_ = false;
}

void Storage::abandon_change() noexcept {
  if (rolled_back_ || is_broken_ || !(half_written_ || unsettled_)) return;
  is_broken_ = true;
  if (half_written_ || !flushes_each_row()) return;
  // Nothing else is pending.
  try {
    for (const auto& [chunk, changes] : pending_)
      if (changes.is_new) delete_chunk(chunk);
  } catch (const Error&) {
    return;
  }
  discard();
}

// If it fails before it has written anything, which is mostly so, it can be called again.
void Storage::write_chunk(std::int64_t id, ChunkChanges& changes) {
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
bool Storage::create_blob(std::size_t index, const ChunkColumn& column, std::int64_t id, SlotValues& values) {
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

void Storage::delete_chunk(std::int64_t id) {
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
