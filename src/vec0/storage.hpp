// Rows of one vec0 table: where they are, reading and writing them.
//
// A row lives in a slot of a chunk; a chunk is one row in _chunks and blobs for its vectors and metadata. How
// those lie in shadow tables is decided by the two storages that derive from this one: sqlite-vec's format
// (flat_storage.hpp) and Cairn's own (cairn_storage.hpp). What they share is here: keys, auxiliary values and
// long texts, and that what a transaction writes to chunks is collected (pending_writes.hpp) and handed to
// the shadow tables before anything is read, and at the latest when the transaction commits. What was read of
// vectors may be kept, see resident.hpp. Every blob's size is checked before it is used; a contradiction is
// an Error (corrupt) that names the shadow table and the chunk.
#pragma once

#include <compare>
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
#include "vec0/readers.hpp"
#include "vec0/report.hpp"
#include "vec0/stamp.hpp"
#include "vec0/value.hpp"

namespace cairn::vec0 {

class OpenScan;
class Residency;

struct Location {
  std::int64_t chunk;
  std::size_t slot;

  friend auto operator<=>(const Location&, const Location&) = default;  // in the order of a scan
};

struct Chunk {
  std::int64_t id = 0;
  std::vector<std::byte> validity;   // a bit per slot, least significant first
  std::vector<std::int64_t> rowids;  // by slot
  std::vector<Value> partitions;
  // Of a cairn() table:
  std::size_t used = 0;   // slots that a row was ever written to: these come first
  bool is_filed = false;  // its rows are in lists
  Stamp birth{}, stamp{};

  std::size_t slots() const noexcept { return rowids.size(); }
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

// How thoroughly a table is checked: at each row, or at each chunk.
enum class Depth { quick, full };

class Storage {
 public:
  // In the table's own format.
  static std::shared_ptr<Storage> make(sqlite3* db, TableDefinition definition);
  virtual ~Storage();
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  sqlite3* db() const noexcept { return db_; }
  const TableDefinition& table() const noexcept { return table_; }
  // After ALTER TABLE … RENAME: all later statements use the new name.
  virtual void set_name(std::string name);

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
  virtual std::unique_ptr<VectorReader> vectors(std::size_t column) = 0;
  virtual std::unique_ptr<MetadataReader> metadata(std::size_t column) = 0;
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
  // Moves the row to a chunk with these partition values, and returns where it is now. It gets these vectors,
  // by column, and keeps the others.
  using NewVectors = std::map<std::size_t, std::span<const std::byte>>;
  Location move_row(std::int64_t rowid, Location from, const std::vector<Value>& partitions,
                    const NewVectors& new_vectors);
  // Whether a slot's vectors stay as they were first written, so that a row that gets others must be moved.
  virtual bool writes_vectors_once() const noexcept = 0;
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
  // The transaction is about to commit.
  void sync();
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
  virtual void delete_chunk(std::int64_t chunk) = 0;
  // The first problems of the shadow tables and how many more there are, or nothing (integrity.hpp).
  virtual std::string find_damage(Depth depth) = 0;
  // The command 'optimize' (docs/vec0.md); a cairn() table's can be told to rewrite at most so many chunks.
  virtual void optimize(std::optional<std::size_t> most_chunks) = 0;

  // Grows with every write through this object: what was computed before may no longer hold.
  std::uint64_t writes() const noexcept { return writes_; }
  // For those that write to the shadow tables themselves.
  void note_write() noexcept {
    ++writes_;
    knows_all_room_ = false;
    half_written_ = true;
  }

  // Cursors that are open on the table in this connection, and scans among them.
  std::size_t open_cursors = 0;
  std::vector<OpenScan*> open_scans;
  // In which a search in memory may work.
  std::size_t threads = 1;
  // Of vectors, codes, cells and lists, so far.
  std::uint64_t bytes_read = 0;
  // What the last search did.
  SearchReport last_search;

  // What is kept in memory of a vector column.
  Residency& residency(std::size_t column) { return *residencies_[column]; }
  // SQLite connected to the table anew: it may be another, in another file.
  void forget_residents() noexcept;

  // A blob of a shadow table; flushes before one that is to be read.
  sqlite::Blob open(const std::string& suffix, const char* column, std::int64_t row, sqlite::Blob::Mode mode);
  [[noreturn]] void throw_corrupt(const std::string& suffix, std::int64_t chunk, std::string_view what) const;

 protected:
  Storage(sqlite3* db, TableDefinition definition);

  class Lease;
  // The cached statement for one use (a string literal) of one column, made by `make_sql` the first time.
  template <class MakeSql>
  Lease lease(const char* use, std::size_t column, MakeSql make_sql);

  // The rest is the storages' part of it.
  //
  // Columns that next_chunk() reads before the partition values, after "chunk_id, validity, rowids".
  virtual std::string_view more_chunk_columns() const noexcept = 0;
  // Takes them from column `first` on, and checks the sizes of `validity` and `rowids`.
  virtual void read_chunk(sqlite3_stmt* row, int first, Chunk& chunk, std::size_t validity_bytes,
                          std::size_t rowid_bytes) = 0;
  // What a chunk that is to be changed starts with; nothing if there is none, or none that could be written.
  virtual std::optional<ChunkChanges> start_changes(std::int64_t chunk) = 0;
  // No changes yet, with a place for each column.
  virtual ChunkChanges no_changes() const = 0;
  // A slot for one more row; the chunk may grow for it.
  virtual std::optional<std::size_t> slot_for_a_row(ChunkChanges& changes) = 0;
  // Adds the chunks that have room to with_room_.
  virtual void find_free_slots() = 0;
  // A new row of _chunks.
  virtual std::int64_t insert_chunk(const std::vector<Value>& partitions, ChunkChanges& changes) = 0;
  virtual void mark_taken(ChunkChanges& changes, std::size_t slot, std::int64_t rowid) = 0;
  virtual void mark_free(ChunkChanges& changes, std::size_t slot) = 0;
  // Whether nothing is left to collect for this chunk.
  virtual bool is_complete(const ChunkChanges& changes) const = 0;
  // A cell as SlotValues of its column keeps it.
  virtual void stage_vector(ChunkChanges& changes, std::size_t column, std::size_t slot,
                            std::span<const std::byte> bytes) = 0;
  virtual void stage_metadata(ChunkChanges& changes, std::size_t column, std::size_t slot,
                              const Value& value) = 0;
  // Hands the changes of one chunk over. If it fails before it has written anything, which is mostly so, it
  // can be called again; while it has written a part, is_broken_ is set.
  virtual void write_chunk(std::int64_t id, ChunkChanges& changes) = 0;
  // Upkeep that the transaction's own writes call for.
  virtual void maintain() = 0;
  // It was committed, or a part of it or all was rolled back.
  virtual void end_transaction() noexcept {}

  static std::vector<std::byte> bytes_of(const Value& blob);
  static std::string parameters(std::size_t count);  // ", ?, ?"

  ChunkChanges* changes_of(std::int64_t chunk);
  ChunkChanges& staged(std::int64_t chunk);
  std::optional<Location> free_slot(const std::vector<Value>& partitions);
  Location new_chunk(const std::vector<Value>& partitions);
  std::optional<std::int64_t> insert_rowid(const NewRow& row, Location at);
  void insert_auxiliaries(std::int64_t rowid, const std::vector<Value>& values);
  void delete_keyed_values(std::int64_t rowid);
  void require_no_cursors() const;
  void take_slot(ChunkChanges& changes, std::int64_t rowid, Location at);
  void release_slot(std::int64_t rowid, Location at);
  void point_row(std::int64_t rowid, Location to);

  bool flushes_each_row() const noexcept;
  void change_nothing();
  void restore_changes(std::int64_t changes);
  void flush_chunks(PendingWrites::iterator first, PendingWrites::iterator last);

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
  bool is_flushing_ = false;
  bool is_broken_ = false;  // the transaction can only be rolled back
  // Chunks that had a free slot when last seen, by partition values: always checked before they are used.
  // Within a transaction that has looked at all chunks there are no others.
  std::map<std::vector<Value>, std::set<std::int64_t>, PartitionLess> with_room_;
  bool knows_all_room_ = false;
};

}  // namespace cairn::vec0
