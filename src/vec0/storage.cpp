#include "vec0/storage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "cairn/error.hpp"
#include "vec0/cairn_storage.hpp"
#include "vec0/flat_storage.hpp"
#include "vec0/lease.hpp"
#include "vec0/resident.hpp"
#include "vec0/shadow.hpp"

namespace cairn::vec0 {

std::shared_ptr<Storage> Storage::make(sqlite3* db, TableDefinition definition) {
  if (definition.index() == Index::cairn) return std::make_shared<CairnStorage>(db, std::move(definition));
  return std::make_shared<FlatStorage>(db, std::move(definition));
}

Storage::Storage(sqlite3* db, TableDefinition definition) : db_(db), table_(std::move(definition)) {}

Storage::~Storage() = default;

void Storage::forget_residents() noexcept {
  for (const auto& residency : residencies_) residency->forget();
}

void Storage::set_name(std::string name) {
  statements_.clear();
  table_.name = std::move(name);
}

void Storage::throw_corrupt(const std::string& suffix, std::int64_t chunk, std::string_view what) const {
  throw Error(ErrorCode::corrupt,
              fmt::format("vec0 table '{}' is damaged: {} (shadow table '{}', chunk {})", table_.name, what,
                          shadow_name(table_, suffix), chunk),
              SQLITE_CORRUPT_VTAB);
}

sqlite::Blob Storage::open(const std::string& suffix, const char* column, std::int64_t row,
                           sqlite::Blob::Mode mode) {
  if (mode == sqlite::Blob::Mode::read) flush();
  try {
    return {db_, table_.schema.c_str(), shadow_name(table_, suffix).c_str(), column, row, mode};
  } catch (const Error& e) {
    // SQLITE_ERROR is what a missing row or table gives; locks and I/O errors are not damage.
    if ((e.sqlite_code() & 0xFF) != SQLITE_ERROR) throw;
    throw_corrupt(suffix, row, sqlite3_errmsg(db_));
  }
}

std::optional<Location> Storage::find(std::int64_t rowid) {
  Lease st = lease("find", 0, [&] {
    return "SELECT chunk_id, chunk_offset FROM " + shadow_sql(table_, kRowids) + " WHERE rowid = ?";
  });
  st->bind(1, rowid);
  if (!st->step()) return std::nullopt;
  const Value chunk = Value::of_column(st->handle(), 0), slot = Value::of_column(st->handle(), 1);
  if (chunk.type != Value::Type::integer || slot.type != Value::Type::integer || slot.integer < 0 ||
      static_cast<std::uint64_t>(slot.integer) >= table_.chunk_size)
    throw_corrupt(kRowids, chunk.integer, fmt::format("row {} has no valid chunk and offset", rowid));
  return Location{chunk.integer, static_cast<std::size_t>(slot.integer)};
}

std::optional<std::int64_t> Storage::rowid_of_key(std::string_view key) {
  Lease st = lease("rowid_of_key", 0,
                   [&] { return "SELECT rowid FROM " + shadow_sql(table_, kRowids) + " WHERE id = ?"; });
  st->bind(1, key);
  if (!st->step()) return std::nullopt;
  return st->get<std::int64_t>(0);
}

std::string Storage::key_of(std::int64_t rowid) {
  Lease st = lease("key_of", 0,
                   [&] { return "SELECT id FROM " + shadow_sql(table_, kRowids) + " WHERE rowid = ?"; });
  st->bind(1, rowid);
  if (!st->step()) throw_corrupt(kRowids, 0, fmt::format("there is no row {}", rowid));
  return Value::of_column(st->handle(), 0).bytes;
}

bool Storage::next_chunk(std::int64_t after, Chunk& chunk, const WantedChunks& wanted) {
  flush();
  Lease st = lease("next_chunk", 0, [&] {
    std::string sql =
        fmt::format("SELECT chunk_id, validity, rowids{}{} FROM {} WHERE chunk_id > ?", more_chunk_columns(),
                    partition_columns(table_), shadow_sql(table_, kChunks));
    for (std::size_t i = 0; i < table_.partitions.size(); ++i)
      sql += " AND (? OR " + partition_column(i) + " = ?)";
    return sql + " ORDER BY chunk_id";
  });
  int parameter = 0;
  st->bind(++parameter, after);
  for (const std::optional<Value>& value : wanted.equal) {
    st->bind(++parameter, !value.has_value());
    value.value_or(Value{}).bind(*st, ++parameter);
  }
  chunk.partitions.resize(table_.partitions.size());
  const int first_partition = st->column_count() - static_cast<int>(chunk.partitions.size());
  do {
    if (!st->step()) return false;
    for (std::size_t i = 0; i < chunk.partitions.size(); ++i)
      chunk.partitions[i] = Value::of_column(st->handle(), first_partition + static_cast<int>(i));
  } while (wanted.test && !wanted.test(chunk.partitions));
  chunk.id = st->get<std::int64_t>(0);
  const Value validity = Value::of_column(st->handle(), 1), rowids = Value::of_column(st->handle(), 2);
  read_chunk(st->handle(), 3, chunk, validity.bytes.size(), rowids.bytes.size());
  chunk.validity.resize(validity.bytes.size());
  std::memcpy(chunk.validity.data(), validity.bytes.data(), validity.bytes.size());
  chunk.rowids.resize(rowids.bytes.size() / sizeof(std::int64_t));
  std::memcpy(chunk.rowids.data(), rowids.bytes.data(), rowids.bytes.size());
  return true;
}

std::int64_t Chunk::live_slots() const noexcept {
  std::int64_t count = 0;
  for (const std::byte bits : validity) count += std::popcount(std::to_integer<unsigned>(bits));
  return count;
}

void live_slots(const Chunk& chunk, std::vector<std::uint16_t>& slots) {
  slots.clear();
  for (std::size_t byte = 0; byte < chunk.validity.size(); ++byte)
    for (auto bits = std::to_integer<unsigned>(chunk.validity[byte]); bits != 0; bits &= bits - 1)
      slots.push_back(
          static_cast<std::uint16_t>(byte * 8 + static_cast<std::size_t>(std::countr_zero(bits))));
}

void Storage::require_no_cursors() const {
  if (open_cursors == 0) return;
  throw Error(ErrorCode::busy,
              fmt::format("cannot optimize vec0 table '{}' while a statement of this connection reads it: "
                          "finish or reset that statement and try again",
                          table_.name),
              SQLITE_LOCKED);
}

void Storage::check_row_count(std::int64_t live_slots) {
  Lease st = lease("count", 0, [&] { return "SELECT count(*) FROM " + shadow_sql(table_, kRowids); });
  st->step();
  if (const auto rows = st->get<std::int64_t>(0); rows != live_slots)
    throw Error(
        ErrorCode::corrupt,
        fmt::format("vec0 table '{}' is damaged: the chunks of '{}' hold {} rows and '{}' lists {}; the "
                    "command 'integrity' tells which differ",
                    table_.name, shadow_name(table_, kChunks), live_slots, shadow_name(table_, kRowids),
                    rows),
        SQLITE_CORRUPT_VTAB);
}

double Storage::estimated_rows() noexcept {
  try {
    // Not count(*): it reads a page for every few chunks, from all over the file.
    Lease st = lease("estimated_rows", 0, [&] {
      const std::string chunks = shadow_sql(table_, kChunks);
      return fmt::format(
          "SELECT ifnull((SELECT max(chunk_id) FROM {}) - (SELECT min(chunk_id) FROM {}) + 1, 0)", chunks,
          chunks);
    });
    st->step();
    constexpr double kMost = 1e15;  // whatever a damaged file says
    return std::min(st->get<double>(0) * static_cast<double>(table_.chunk_size), kMost);
  } catch (...) {
    return 1e5;
  }
}

std::vector<Value> Storage::partitions_of(std::int64_t chunk) {
  Lease st = lease("partitions_of", 0, [&] {
    return "SELECT chunk_id" + partition_columns(table_) + " FROM " + shadow_sql(table_, kChunks) +
           " WHERE chunk_id = ?";
  });
  st->bind(1, chunk);
  if (!st->step()) throw_corrupt(kChunks, chunk, "the chunk of a row is missing");
  std::vector<Value> values;
  for (std::size_t i = 0; i < table_.partitions.size(); ++i)
    values.push_back(Value::of_column(st->handle(), 1 + static_cast<int>(i)));
  return values;
}

std::vector<Value> Storage::auxiliaries_of(std::int64_t rowid) {
  Lease st = lease("auxiliaries_of", 0, [&] {
    std::string columns;
    for (std::size_t i = 0; i < table_.auxiliaries.size(); ++i) columns += ", " + value_column(i);
    return "SELECT rowid" + columns + " FROM " + shadow_sql(table_, kAuxiliary) + " WHERE rowid = ?";
  });
  st->bind(1, rowid);
  std::vector<Value> values(table_.auxiliaries.size());
  if (!st->step()) return values;
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = Value::of_column(st->handle(), 1 + static_cast<int>(i));
  return values;
}

std::string Storage::long_text(std::size_t metadata_column, std::int64_t rowid) {
  const std::string suffix = metadata_text(metadata_column);
  Lease st = lease("long_text", metadata_column,
                   [&] { return "SELECT data FROM " + shadow_sql(table_, suffix) + " WHERE rowid = ?"; });
  st->bind(1, rowid);
  if (!st->step()) throw_corrupt(suffix, 0, fmt::format("the text of row {} is missing", rowid));
  return Value::of_column(st->handle(), 0).bytes;
}

}  // namespace cairn::vec0
