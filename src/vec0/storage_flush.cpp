// When what was collected is handed to the shadow tables.
#include <fmt/format.h>

#include "cairn/error.hpp"
#include "vec0/lease.hpp"
#include "vec0/shadow.hpp"
#include "vec0/storage.hpp"

namespace cairn::vec0 {
namespace {

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

class SetWhileAlive {
 public:
  explicit SetWhileAlive(bool& flag) : flag_(flag) { flag_ = true; }
  SetWhileAlive(const SetWhileAlive&) = delete;
  SetWhileAlive& operator=(const SetWhileAlive&) = delete;
  ~SetWhileAlive() { flag_ = false; }

 private:
  bool& flag_;
};

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
  end_transaction();
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
  end_transaction();
}

// SQLite does not tell a table that is created inside a transaction that it has begun, nor of a rollback to a
// savepoint that was set before. So nothing may stay pending there until it has told of a savepoint.
bool Storage::flushes_each_row() const noexcept {
  return !in_transaction_ || rows_in_transaction_ <= kRowsAtOnce;
}

// A statement that may change several rows and may fail runs in a savepoint, of which SQLite tells all tables
// of the transaction, this one included. The rollbacks that it tells of are then all that concern the table.
void Storage::change_nothing() {
  lease("change_nothing", 0, [&] {
    return "UPDATE " + shadow_sql(table_, kChunks) + " SET size = size WHERE chunk_id < 0";
  })->run();
}

void Storage::settle(std::int64_t chunk) {
  std::size_t bytes = kBytesOfARow;
  for (const VectorColumn& column : table_.vectors) bytes += column.byte_size();
  pending_bytes_ += bytes;
  const auto changed = pending_.find(chunk);
  if (changed != pending_.end()) changed->second.bytes += bytes;
  ++rows_in_transaction_;
  if (flushes_each_row() || pending_bytes_ > kMaxPendingBytes)
    flush();
  else if (changed != pending_.end() && is_complete(changed->second))
    flush_chunks(changed, std::next(changed));
  if (!in_transaction_) change_nothing();
  unsettled_ = false;
  half_written_ = true;
}

// What is written for a reader or at COMMIT counts as changes, and nothing sets changes() but a statement
// that makes as many. So it stays what the user's statement made of it if that changed one row, of a table
// that has rows still, or none.
void Storage::restore_changes(std::int64_t changes) {
  if (changes == 0) change_nothing();
  if (changes == 1)
    lease("change_one", 0, [&] {
      const std::string rowids = shadow_sql(table_, kRowids);
      return "UPDATE " + rowids + " SET chunk_offset = chunk_offset WHERE rowid = (SELECT max(rowid) FROM " +
             rowids + ")";
    })->run();
}

void Storage::sync() {
  flush();
  const std::int64_t changes = sqlite3_changes64(db_), total = sqlite3_total_changes64(db_);
  const KeepLastInsertRowid keep(db_);
  maintain();
  if (sqlite3_total_changes64(db_) != total) restore_changes(changes);
}

void Storage::flush() {
  if (is_flushing_) return;  // what is written asks for what is there already
  const std::int64_t changes = sqlite3_changes64(db_);
  const bool writes = !pending_.empty();
  flush_chunks(pending_.begin(), pending_.end());
  pending_bytes_ = 0;
  if (writes) restore_changes(changes);
}

void Storage::flush_chunks(PendingWrites::iterator first, PendingWrites::iterator last) {
  if (is_broken_)
    throw Error(ErrorCode::corrupt,
                fmt::format("vec0 table '{}': a change in this transaction failed halfway; roll it back",
                            table_.name),
                SQLITE_CORRUPT_VTAB);
  if (first == last) return;
  const KeepLastInsertRowid keep(db_);
  const SetWhileAlive flushing(is_flushing_);
  while (first != last) {
    write_chunk(first->first, first->second);
    pending_bytes_ -= first->second.bytes;
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

}  // namespace cairn::vec0
