#include "vec0/integrity.hpp"

#include <fmt/format.h>

#include <bit>
#include <cstring>

#include "cairn/error.hpp"
#include "cairn/sqlite/connection_ref.hpp"
#include "vec0/metadata.hpp"
#include "vec0/problems.hpp"
#include "vec0/shadow.hpp"

namespace cairn::vec0 {
namespace {

struct BlobTable {
  ChunkColumn blob;
  sqlite::Statement find;
  bool is_sound = true;  // in the chunk at hand
};

struct TextColumn {
  std::size_t index;  // among the metadata columns
  sqlite::Statement find;
  std::int64_t texts = 0;   // that were found for cells that need one
  bool is_complete = true;  // all chunks' cells could be read
};

class Check {
 public:
  Check(Storage& storage, Depth depth, Problems& problems)
      : storage_(storage),
        table_(storage.table()),
        depth_(depth),
        problems_(problems),
        db_(storage.db()),
        find_entry_(db_.prepare("SELECT chunk_id, chunk_offset, typeof(id) FROM " +
                                shadow_sql(table_, kRowids) + " WHERE rowid = ?")) {
    for (ChunkColumn& blob : chunk_columns(table_)) {
      // length() of a blob reads nothing but the record's header.
      std::string sql = fmt::format("SELECT rowid, typeof({0}), length({0}) FROM {1} WHERE _rowid_ = ?",
                                    blob.column, shadow_sql(table_, blob.suffix));
      blobs_.push_back({std::move(blob), db_.prepare(sql)});
    }
    for (std::size_t i = 0; i < table_.metadata.size(); ++i)
      if (table_.metadata[i].type == MetadataType::text)
        texts_.push_back({i, db_.prepare("SELECT data FROM " + shadow_sql(table_, metadata_text(i)) +
                                         " WHERE rowid = ?")});
  }

  void run() {
    sqlite::Statement chunks =
        db_.prepare("SELECT chunk_id, size, validity, rowids FROM " + shadow_sql(table_, kChunks));
    while (chunks.step()) check_chunk(chunks);
    find_orphaned_blobs();
    check_entries();
    if (depth_ == Depth::quick) return;
    for (const TextColumn& column : texts_) find_orphaned_texts(column);
    if (!table_.auxiliaries.empty()) find_orphans(kAuxiliary);
  }

 private:
  void check_chunk(sqlite::Statement& st) {
    const std::int64_t chunk = Value::of_column(st.handle(), 0).integer;
    const Value size = Value::of_column(st.handle(), 1), validity = Value::of_column(st.handle(), 2),
                rowids = Value::of_column(st.handle(), 3);
    if (compare(size, Value::of_integer(static_cast<std::int64_t>(table_.chunk_size))) != 0)
      problems_.add(kChunks, "chunk", chunk, fmt::format("the size is not {}", table_.chunk_size));
    for (BlobTable& table : blobs_) table.is_sound = check_blob(table, chunk);
    const bool has_validity = check_bytes(validity, table_.chunk_size / 8, "validity", chunk);
    const bool has_rowids = check_bytes(rowids, table_.chunk_size * 8, "rowids", chunk);
    for (const char byte : validity.bytes) live_ += std::popcount(static_cast<unsigned char>(byte));
    for (TextColumn& column : texts_)
      column.is_complete &= has_validity && has_rowids && cells_of(column).is_sound;
    if (depth_ == Depth::full && has_validity && has_rowids) check_rows(chunk, validity, rowids);
  }

  void check_rows(std::int64_t chunk, const Value& validity, const Value& rowids) {
    chunk_.id = chunk;
    chunk_.validity.resize(validity.bytes.size());
    std::memcpy(chunk_.validity.data(), validity.bytes.data(), validity.bytes.size());
    chunk_.rowids.resize(table_.chunk_size);
    std::memcpy(chunk_.rowids.data(), rowids.bytes.data(), rowids.bytes.size());
    for (std::size_t slot = 0; slot < table_.chunk_size; ++slot)
      if (chunk_.is_live(slot)) check_row(slot);
    for (TextColumn& column : texts_)
      if (cells_of(column).is_sound) check_texts(column);
  }

  const BlobTable& cells_of(const TextColumn& column) const {
    return blobs_[table_.vectors.size() + column.index];
  }

  bool check_bytes(const Value& value, std::size_t size, const char* column, std::int64_t chunk) {
    if (value.type == Value::Type::blob && value.bytes.size() == size) return true;
    problems_.add(kChunks, "chunk", chunk, fmt::format("{} is not a blob of {} bytes", column, size));
    return false;
  }

  bool check_blob(BlobTable& table, std::int64_t chunk) {
    const std::string& suffix = table.blob.suffix;
    sqlite::Statement& st = table.find;
    st.reset();
    st.bind(1, chunk);
    if (!st.step()) {
      problems_.add(suffix, "chunk", chunk, "is missing");
      return false;
    }
    const Value id = Value::of_column(st.handle(), 0), type = Value::of_column(st.handle(), 1),
                length = Value::of_column(st.handle(), 2);
    st.reset();
    if (compare(id, Value::of_integer(chunk)) != 0)
      problems_.add(suffix, "chunk", chunk, "the columns rowid and _rowid_ differ");
    if (type.bytes == "blob" && length.integer == static_cast<std::int64_t>(table.blob.size)) return true;
    problems_.add(suffix, "chunk", chunk,
                  fmt::format("{} is not a blob of {} bytes", table.blob.column, table.blob.size));
    return false;
  }

  // The slot's row must have an entry that points back. Two slots cannot both have one for the same row.
  void check_row(std::size_t slot) {
    const std::int64_t rowid = chunk_.rowids[slot];
    find_entry_.reset();
    find_entry_.bind(1, rowid);
    if (!find_entry_.step()) {
      problems_.add(kRowids, "row", rowid,
                    fmt::format("is missing, but chunk {} has it at offset {}", chunk_.id, slot));
      return;
    }
    const Value chunk = Value::of_column(find_entry_.handle(), 0),
                offset = Value::of_column(find_entry_.handle(), 1),
                key_type = Value::of_column(find_entry_.handle(), 2);
    if (compare(chunk, Value::of_integer(chunk_.id)) != 0 ||
        compare(offset, Value::of_integer(static_cast<std::int64_t>(slot))) != 0) {
      problems_.add(
          kRowids, "row", rowid,
          fmt::format("does not point at chunk {}, offset {}, where it is as well", chunk_.id, slot));
      return;
    }
    ++entries_;
    if (table_.has_text_key() && key_type.bytes != "text")
      problems_.add(kRowids, "row", rowid, fmt::format("the key is {} and not text", key_type.bytes));
  }

  void check_texts(TextColumn& column) {
    const std::string suffix = metadata_chunks(column.index);
    std::vector<std::byte> cells(metadata_blob_size(MetadataType::text, table_.chunk_size));
    storage_.open(suffix, "data", chunk_.id, sqlite::Blob::Mode::read).read(cells, 0);
    for (std::size_t slot = 0; slot < table_.chunk_size; ++slot) {
      if (!chunk_.is_live(slot)) continue;
      const CellRange range = metadata_cell(MetadataType::text, slot);
      const auto cell = std::span(cells).subspan(range.offset, range.size);
      std::int32_t length = 0;
      std::memcpy(&length, cell.data(), sizeof(length));
      if (length < 0)
        problems_.add(suffix, "chunk", chunk_.id,
                      fmt::format("the text at offset {} has a negative length", slot));
      const MetadataCell decoded = decode_metadata(MetadataType::text, cell, slot);
      if (decoded.is_long)
        check_long_text(column, chunk_.rowids[slot], static_cast<std::size_t>(length), decoded.value.bytes);
    }
  }

  void check_long_text(TextColumn& column, std::int64_t rowid, std::size_t length, std::string_view prefix) {
    const std::string suffix = metadata_text(column.index);
    column.find.reset();
    column.find.bind(1, rowid);
    if (!column.find.step()) {
      problems_.add(suffix, "row", rowid, "the text is missing");
      return;
    }
    ++column.texts;
    const Value text = Value::of_column(column.find.handle(), 0);
    if (text.type != Value::Type::text || text.bytes.size() != length || !text.bytes.starts_with(prefix))
      problems_.add(suffix, "row", rowid,
                    fmt::format("is not the text of {} bytes that starts as its chunk says", length));
  }

  std::int64_t count(const std::string& suffix) {
    return db_.query_one<std::int64_t>("SELECT count(*) FROM " + shadow_sql(table_, suffix));
  }

  // Every slot that has its entry was counted, so other entries exist just when there are more.
  void check_entries() {
    const std::int64_t entries = count(kRowids);
    if (depth_ == Depth::quick) {
      if (entries != live_)
        problems_.add(kRowids, fmt::format("has {} rows, but the chunks have {}", entries, live_));
      return;
    }
    if (entries == entries_) return;
    sqlite::Statement all =
        db_.prepare("SELECT rowid, chunk_id, chunk_offset FROM " + shadow_sql(table_, kRowids));
    sqlite::Statement chunk =
        db_.prepare("SELECT validity, rowids FROM " + shadow_sql(table_, kChunks) + " WHERE chunk_id = ?");
    while (all.step()) {
      const std::int64_t rowid = Value::of_column(all.handle(), 0).integer;
      const Value id = Value::of_column(all.handle(), 1), offset = Value::of_column(all.handle(), 2);
      chunk.reset();
      id.bind(chunk, 1);
      if (!chunk.step())
        problems_.add(kRowids, "row", rowid, "its chunk does not exist");
      else if (!holds(Value::of_column(chunk.handle(), 0), Value::of_column(chunk.handle(), 1), offset,
                      rowid))
        problems_.add(kRowids, "row", rowid, "is not where it says in its chunk");
    }
  }

  bool holds(const Value& validity, const Value& rowids, const Value& offset, std::int64_t rowid) const {
    if (offset.type != Value::Type::integer || offset.integer < 0 ||
        offset.integer >= static_cast<std::int64_t>(table_.chunk_size) ||
        validity.bytes.size() != table_.chunk_size / 8 || rowids.bytes.size() != table_.chunk_size * 8)
      return false;
    const auto slot = static_cast<std::size_t>(offset.integer);
    std::int64_t found = 0;
    std::memcpy(&found, rowids.bytes.data() + slot * 8, sizeof(found));
    return ((static_cast<unsigned char>(validity.bytes[slot / 8]) >> (slot % 8)) & 1u) && found == rowid;
  }

  void find_orphaned_blobs() {
    for (const BlobTable& table : blobs_) {
      sqlite::Statement st =
          db_.prepare(fmt::format("SELECT _rowid_ FROM {} WHERE _rowid_ NOT IN (SELECT chunk_id FROM {})",
                                  shadow_sql(table_, table.blob.suffix), shadow_sql(table_, kChunks)));
      while (st.step())
        problems_.add(table.blob.suffix, "chunk", Value::of_column(st.handle(), 0).integer,
                      "the chunk does not exist");
    }
  }

  // How many there are.
  std::int64_t find_orphans(const std::string& suffix) {
    sqlite::Statement st = db_.prepare(
        fmt::format("SELECT rowid FROM {} WHERE rowid IS NULL OR rowid NOT IN (SELECT rowid FROM {})",
                    shadow_sql(table_, suffix), shadow_sql(table_, kRowids)));
    std::int64_t orphans = 0;
    for (; st.step(); ++orphans)
      problems_.add(suffix, "row", Value::of_column(st.handle(), 0).integer, "the row does not exist");
    return orphans;
  }

  void find_orphaned_texts(const TextColumn& column) {
    const std::string suffix = metadata_text(column.index);
    const std::int64_t surplus = count(suffix) - column.texts;
    if (surplus <= 0) return;
    const std::int64_t others = surplus - find_orphans(suffix);
    if (others > 0 && column.is_complete)
      problems_.add(suffix, fmt::format("{} texts belong to rows whose own text is short", others));
  }

  Storage& storage_;
  const TableDefinition& table_;
  const Depth depth_;
  Problems& problems_;
  const sqlite::ConnectionRef db_;
  sqlite::Statement find_entry_;
  std::vector<BlobTable> blobs_;
  std::vector<TextColumn> texts_;
  Chunk chunk_;
  std::int64_t live_ = 0;     // slots that hold a row
  std::int64_t entries_ = 0;  // of _rowids, that a live slot was found for
};

}  // namespace

std::string find_flat_damage(Storage& storage, Depth depth) {
  Problems problems(storage.table());
  try {
    Check(storage, depth, problems).run();
  } catch (const Error& e) {
    if (!is_damage(e)) throw;
    problems.add_text(e.what());
  }
  return problems.text();
}

void check_integrity(Storage& storage) {
  const std::string damage = storage.find_damage(Depth::full);
  if (!damage.empty()) throw Error(ErrorCode::corrupt, damage, SQLITE_CORRUPT_VTAB);
}

}  // namespace cairn::vec0
