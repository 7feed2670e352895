// Rows of one vec0 table in sqlite-vec's chunk format: where they are, reading and writing them.
//
// A row lives in a slot of a chunk; a chunk is one row in _chunks and one blob per vector and metadata
// column. What a transaction writes to chunks is collected (pending_writes.hpp) and handed to the shadow
// tables before anything is read, and at the latest when the transaction commits. What was read of vectors
// may be kept, see resident.hpp. Every blob's size is checked before it is used; a contradiction is an Error
// (corrupt) that names the shadow table and the chunk.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cairn/sqlite/statement.hpp"
#include "sqlite/blob.hpp"
#include "vec0/definition.hpp"
#include "vec0/pending_writes.hpp"
#include "vec0/value.hpp"

namespace cairn::vec0 {

struct ChunkColumn;
class Residency;

struct Location {
  std::int64_t chunk;
  std::size_t slot;
};

struct Chunk {
  std::int64_t id = 0;
  std::vector<std::byte> validity;   // chunk_size bits, least significant first
  std::vector<std::int64_t> rowids;  // chunk_size
  std::vector<Value> partitions;

  bool is_live(std::size_t slot) const noexcept { return get_bit(validity, slot); }
  std::int64_t live_slots() const noexcept;
};

// The live slots, ascending.
void live_slots(const Chunk& chunk, std::vector<std::uint16_t>& slots);

// What an INSERT brings, already checked.
struct NewRow {
  std::optional<std::int64_t> rowid;  // none: the next free one
  std::string_view key;               // of a table with a text primary key
  std::vector<vector::Vector> vectors;
  std::vector<Value> partitions;
  std::vector<Value> auxiliaries;
  std::vector<Value> metadata;
};

class Storage {
 public:
  Storage(sqlite3* db, TableDefinition definition);
  ~Storage();

  sqlite3* db() const noexcept { return db_; }
  const TableDefinition& table() const noexcept { return table_; }
  // After ALTER TABLE … RENAME: all later statements use the new name.
  void set_name(std::string name);

  // Where the row is, or nothing if there is none.
  std::optional<Location> find(std::int64_t rowid);
  std::optional<std::int64_t> rowid_of_key(std::string_view key);
  std::string key_of(std::int64_t rowid);

  // Which chunks are wanted, by their partition values.
  struct WantedChunks {
    std::vector<std::optional<Value>> equal;  // per partition column; SQLite skips others at little cost
    std::function<bool(const std::vector<Value>&)> test;
  };
  // The first wanted chunk whose id is above `after`, into `chunk`; false when there is none.
  bool next_chunk(std::int64_t after, Chunk& chunk, const WantedChunks& wanted);
  // Throws corrupt unless `live_slots`, counted over all chunks, is the number of rows: a chunk that is
  // missing, or a bit of its validity, must not make an answer short. `INSERT INTO t(t) VALUES ('integrity')`
  // tells where.
  void check_row_count(std::int64_t live_slots);
  // Slots of all chunks that there may be: an upper bound of the rows. Never throws; a guess when the table
  // cannot be read.
  double estimated_rows() noexcept;

  std::vector<Value> partitions_of(std::int64_t chunk);
  // All auxiliary values of a row; all NULL if it has none.
  std::vector<Value> auxiliaries_of(std::int64_t rowid);
  // The text of a metadata cell that is too long for its chunk.
  std::string long_text(std::size_t metadata_column, std::int64_t rowid);

  // Writes the row and returns its rowid, or nothing if its rowid or key is taken.
  std::optional<std::int64_t> insert(const NewRow& row);
  void remove(std::int64_t rowid, Location at);
  // Moves the row to a chunk with these partition values, and returns where it is now.
  Location change_partitions(std::int64_t rowid, Location from, const std::vector<Value>& partitions);
  // Changes of an existing row's chunk, then settle(), then what is kept under its rowid.
  void write_vector(std::size_t column, Location at, std::span<const std::byte> bytes);
  void write_metadata(std::size_t column, Location at, const Value& value);
  // Ends the change of a row: flushes while the transaction is small, later only full chunks, and all when
  // much is pending. So whoever looks at the shadow tables of a few rows finds them complete, and bulk loads
  // are fast.
  void settle(std::int64_t chunk);
  void write_long_text(std::size_t column, std::int64_t rowid, const Value& value);
  void write_auxiliary(std::size_t column, std::int64_t rowid, const Value& value);

  // Hands everything pending to the shadow tables.
  void flush();
  // A transaction begins, which may be told several times; it was committed; it was rolled back, or the table
  // dropped. An error in the middle of a write may also roll back.
  void begin() noexcept;
  void commit() noexcept;
  void rollback() noexcept;
  // A part of the transaction was rolled back.
  void discard() noexcept;
  // The change of a row, or a command, begins; it failed. What cannot be undone makes the transaction one
  // that can only be rolled back.
  void start_change() noexcept;
  void abandon_change() noexcept;

  // Deletes the chunk's row and its blobs.
  void delete_chunk(std::int64_t chunk);

  // Grows with every write through this object: what was computed before may no longer hold.
  std::uint64_t writes() const noexcept { return writes_; }
  // For those that write to the shadow tables themselves.
  void note_write() noexcept {
    ++writes_;
    knows_all_room_ = false;
    half_written_ = true;
  }

  // Cursors that are open on the table in this connection.
  std::size_t open_cursors = 0;
  // In which a search in memory may work.
  std::size_t threads = 1;

  // What is kept in memory of a vector column.
  Residency& residency(std::size_t column) { return *residencies_[column]; }
  // SQLite connected to the table anew: it may be another, in another file.
  void forget_residents() noexcept;

  // A blob of a shadow table; flushes before one that is to be read.
  sqlite::Blob open(const std::string& suffix, const char* column, std::int64_t row, sqlite::Blob::Mode mode);
  [[noreturn]] void throw_corrupt(const std::string& suffix, std::int64_t chunk, std::string_view what) const;

 private:
  class Lease;
  // The cached statement for one use (a string literal) of one column, made by `make_sql` the first time.
  template <class MakeSql>
  Lease lease(const char* use, std::size_t column, MakeSql make_sql);

  ChunkChanges* changes_of(std::int64_t chunk);
  ChunkChanges& staged(std::int64_t chunk);
  std::optional<Location> free_slot(const std::vector<Value>& partitions);
  void find_free_slots();
  Location new_chunk(const std::vector<Value>& partitions);
  std::optional<std::int64_t> insert_rowid(const NewRow& row, Location at);
  void insert_auxiliaries(std::int64_t rowid, const std::vector<Value>& values);
  void delete_keyed_values(std::int64_t rowid);
  void take_slot(Location at, std::int64_t rowid);
  void release_slot(Location at);

  bool flushes_each_row() const noexcept;
  void ask_for_savepoint();
  void flush_chunks(PendingWrites::iterator first, PendingWrites::iterator last);
  void write_chunk(std::int64_t id, ChunkChanges& changes);
  bool create_blob(std::size_t index, const ChunkColumn& column, std::int64_t id, SlotValues& values);

  sqlite3* db_;
  TableDefinition table_;
  std::vector<std::unique_ptr<Residency>> residencies_;  // by vector column
  std::uint64_t writes_ = 0;
  std::map<std::pair<std::string_view, std::size_t>, sqlite::Statement> statements_;

  PendingWrites pending_;
  std::optional<ChunkChanges> spare_;  // a written chunk's memory, for the next
  std::size_t pending_bytes_ = 0;      // about
  bool in_transaction_ = false;
  std::size_t rows_in_transaction_ = 0;
  bool unsettled_ = false;     // pending_ holds a part of a row's change
  bool half_written_ = false;  // a part of a row's change is done
  bool rolled_back_ = false;   // since the change began
  bool is_broken_ = false;     // the transaction can only be rolled back
  // Chunks that had a free slot when last seen, by partition values: always checked before they are used.
  // Within a transaction that has looked at all chunks there are no others.
  std::map<std::vector<Value>, std::set<std::int64_t>, PartitionLess> with_room_;
  bool knows_all_room_ = false;
};

}  // namespace cairn::vec0
