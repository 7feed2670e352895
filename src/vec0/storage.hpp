// Rows of one vec0 table in sqlite-vec's chunk format: where they are, reading and writing them.
//
// A row lives in a slot of a chunk; a chunk is one row in _chunks and one blob per vector and metadata
// column. Nothing that is in the file is kept in memory between calls, so nothing can go stale.
// Every blob's size is checked before it is used; a contradiction is an Error (corrupt) that names the
// shadow table and the chunk.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cairn/sqlite/statement.hpp"
#include "sqlite/blob.hpp"
#include "vec0/definition.hpp"
#include "vec0/value.hpp"

namespace cairn::vec0 {

struct Location {
  std::int64_t chunk;
  std::size_t slot;
};

struct Chunk {
  std::int64_t id = 0;
  std::vector<std::byte> validity;   // chunk_size bits, least significant first
  std::vector<std::int64_t> rowids;  // chunk_size
  std::vector<Value> partitions;

  bool is_live(std::size_t slot) const noexcept {
    return (std::to_integer<unsigned>(validity[slot / 8]) >> (slot % 8)) & 1u;
  }
};

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
  Storage(sqlite3* db, TableDefinition definition) : db_(db), table_(std::move(definition)) {}

  sqlite3* db() const noexcept { return db_; }
  const TableDefinition& table() const noexcept { return table_; }
  // After ALTER TABLE … RENAME: all later statements use the new name.
  void set_name(std::string name);

  // Where the row is, or nothing if there is none.
  std::optional<Location> find(std::int64_t rowid);
  std::optional<std::int64_t> rowid_of_key(std::string_view key);
  std::string key_of(std::int64_t rowid);

  // The first chunk whose id is above `after`, into `chunk`; false when there is none.
  bool next_chunk(std::int64_t after, Chunk& chunk);
  // Slots of all chunks: an upper bound of the rows. Never throws; a guess when the table cannot be read.
  double estimated_rows() noexcept;

  std::vector<Value> partitions_of(std::int64_t chunk);
  // All auxiliary values of a row; all NULL if it has none.
  std::vector<Value> auxiliaries_of(std::int64_t rowid);
  // The text of a metadata cell that is too long for its chunk.
  std::string long_text(std::size_t metadata_column, std::int64_t rowid);

  // Writes the row and returns its rowid. REQUIRES: rowid and key are free.
  std::int64_t insert(const NewRow& row);
  void remove(std::int64_t rowid, Location at);
  void write_vector(std::size_t column, Location at, const vector::Vector& value);
  void write_auxiliary(std::size_t column, std::int64_t rowid, const Value& value);
  void write_metadata(std::size_t column, std::int64_t rowid, Location at, const Value& value);

  // Deletes the chunk's row and its blobs.
  void delete_chunk(std::int64_t chunk);

  // Grows with every write through this object: what was computed before may no longer hold.
  std::uint64_t writes() const noexcept { return writes_; }
  // For those that write to the shadow tables themselves.
  void note_write() noexcept { ++writes_; }

  // Cursors that are open on the table in this connection.
  std::size_t open_cursors = 0;

  sqlite::Blob open(const std::string& suffix, const char* column, std::int64_t row,
                    sqlite::Blob::Mode mode) const;
  [[noreturn]] void throw_corrupt(const std::string& suffix, std::int64_t chunk, std::string_view what) const;

 private:
  class Lease;
  // The cached statement for one use (a string literal) of one column, made by `make_sql` the first time.
  template <class MakeSql>
  Lease lease(const char* use, std::size_t column, MakeSql make_sql);

  std::optional<Location> free_slot(const std::vector<Value>& partitions);
  std::int64_t new_chunk(const std::vector<Value>& partitions);
  void set_slot(Location at, bool live, std::int64_t rowid);
  void clear_metadata(std::size_t column, std::int64_t rowid, Location at);
  void delete_if_empty(std::int64_t chunk);

  sqlite3* db_;
  TableDefinition table_;
  std::uint64_t writes_ = 0;
  std::map<std::pair<std::string_view, std::size_t>, sqlite::Statement> statements_;
};

}  // namespace cairn::vec0
