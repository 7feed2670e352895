// The writing half of Storage. Everything happens inside the statement that the user runs, so a rollback,
// whole or to a savepoint, undoes it with the shadow tables.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "cairn/error.hpp"
#include "vec0/lease.hpp"
#include "vec0/metadata.hpp"
#include "vec0/shadow.hpp"
#include "vec0/storage.hpp"

namespace cairn::vec0 {
namespace {

using Mode = sqlite::Blob::Mode;

// Index of the first zero bit, or nothing.
std::optional<std::size_t> first_free(std::string_view validity) {
  for (std::size_t i = 0; i < validity.size(); ++i) {
    const auto byte = static_cast<unsigned char>(validity[i]);
    if (byte != 0xFF) return i * 8 + static_cast<std::size_t>(__builtin_ctz(~static_cast<unsigned>(byte)));
  }
  return std::nullopt;
}

}  // namespace

std::optional<Location> Storage::free_slot(const std::vector<Value>& partitions) {
  Lease st = lease("free_slot", 0, [&] {
    std::string where;
    for (std::size_t i = 0; i < partitions.size(); ++i)
      where += (i == 0 ? " WHERE " : " AND ") + partition_column(i) + " IS ?";
    return "SELECT chunk_id, validity FROM " + shadow_sql(table_, kChunks) + where +
           " ORDER BY chunk_id DESC LIMIT 1";
  });
  for (std::size_t i = 0; i < partitions.size(); ++i) partitions[i].bind(*st, static_cast<int>(i) + 1);
  if (!st->step()) return std::nullopt;
  const auto chunk = st->get<std::int64_t>(0);
  const Value validity = Value::of_column(st->handle(), 1);
  if (validity.bytes.size() != table_.chunk_size / 8)
    throw_corrupt(kChunks, chunk,
                  fmt::format("chunk validity size doesn't match - expected {}, found {}",
                              table_.chunk_size / 8, validity.bytes.size()));
  const auto slot = first_free(validity.bytes);
  if (!slot) return std::nullopt;
  return Location{chunk, *slot};
}

std::int64_t Storage::new_chunk(const std::vector<Value>& partitions) {
  std::int64_t chunk = 0;
  {
    Lease st = lease("new_chunk", 0, [&] {
      std::string columns, parameters;
      for (std::size_t i = 0; i < partitions.size(); ++i) {
        columns += ", " + partition_column(i);
        parameters += ", ?";
      }
      return fmt::format("INSERT INTO {}(size, validity, rowids{}) VALUES ({}, zeroblob({}), zeroblob({}){})",
                         shadow_sql(table_, kChunks), columns, table_.chunk_size, table_.chunk_size / 8,
                         table_.chunk_size * 8, parameters);
    });
    for (std::size_t i = 0; i < partitions.size(); ++i) partitions[i].bind(*st, static_cast<int>(i) + 1);
    st->run();
    chunk = sqlite3_last_insert_rowid(db_);
  }
  // The column `rowid` is not an alias of the real one, by which blobs are opened; both get the chunk's id.
  const auto add_blob = [&](const char* use, std::size_t column, const std::string& suffix, const char* name,
                            std::size_t size) {
    Lease st = lease(use, column, [&] {
      return fmt::format("INSERT INTO {}(_rowid_, rowid, {}) VALUES (?1, ?1, zeroblob({}))",
                         shadow_sql(table_, suffix), name, size);
    });
    st->bind(1, chunk).run();
  };
  for (std::size_t i = 0; i < table_.vectors.size(); ++i)
    add_blob("new_vectors", i, vector_chunks(i), "vectors",
             table_.vectors[i].byte_size() * table_.chunk_size);
  for (std::size_t i = 0; i < table_.metadata.size(); ++i)
    add_blob("new_metadata", i, metadata_chunks(i), "data",
             metadata_blob_size(table_.metadata[i].type, table_.chunk_size));
  return chunk;
}

void Storage::set_slot(Location at, bool live, std::int64_t rowid) {
  {
    sqlite::Blob validity = open(kChunks, "validity", at.chunk, Mode::read_write);
    if (validity.size() != table_.chunk_size / 8)
      throw_corrupt(kChunks, at.chunk, "chunk validity size doesn't match");
    std::byte byte{};
    validity.read({&byte, 1}, at.slot / 8);
    const auto bit = static_cast<std::byte>(1u << (at.slot % 8));
    if (!live && (byte & bit) == std::byte{0})
      throw Error(ErrorCode::corrupt,
                  fmt::format("vec0 deletion error: validity bit is not set for {}.{}.{} at {}",
                              table_.schema, shadow_name(table_, kChunks), at.chunk, at.slot));
    byte = live ? byte | bit : byte & ~bit;
    validity.write({&byte, 1}, at.slot / 8);
  }
  sqlite::Blob rowids = open(kChunks, "rowids", at.chunk, Mode::read_write);
  if (rowids.size() != table_.chunk_size * 8)
    throw_corrupt(kChunks, at.chunk, "chunk rowids size doesn't match");
  rowids.write(std::as_bytes(std::span(&rowid, 1)), at.slot * 8);
}

std::int64_t Storage::insert(const NewRow& row) {
  ++writes_;
  auto at = free_slot(row.partitions);
  if (!at) at = Location{new_chunk(row.partitions), 0};
  std::int64_t rowid = 0;
  {
    Lease st = lease("insert_rowid", 0, [&] {
      return "INSERT INTO " + shadow_sql(table_, kRowids) +
             "(rowid, id, chunk_id, chunk_offset) VALUES (?, ?, ?, ?)";
    });
    st->bind(1, row.rowid);
    if (table_.has_text_key()) st->bind_view(2, row.key);
    st->bind(3, at->chunk).bind(4, at->slot).run();
    rowid = sqlite3_last_insert_rowid(db_);
  }
  set_slot(*at, true, rowid);
  for (std::size_t i = 0; i < row.vectors.size(); ++i) write_vector(i, *at, row.vectors[i]);
  for (std::size_t i = 0; i < row.metadata.size(); ++i) write_metadata(i, rowid, *at, row.metadata[i]);
  if (!table_.auxiliaries.empty()) {
    Lease st = lease("insert_auxiliary", 0, [&] {
      std::string columns, parameters;
      for (std::size_t i = 0; i < table_.auxiliaries.size(); ++i) {
        columns += ", " + value_column(i);
        parameters += ", ?";
      }
      return "INSERT INTO " + shadow_sql(table_, kAuxiliary) + "(rowid" + columns + ") VALUES (?" +
             parameters + ")";
    });
    st->bind(1, rowid);
    for (std::size_t i = 0; i < row.auxiliaries.size(); ++i)
      row.auxiliaries[i].bind(*st, static_cast<int>(i) + 2);
    st->run();
  }
  return rowid;
}

void Storage::write_vector(std::size_t column, Location at, const vector::Vector& value) {
  ++writes_;
  const std::size_t size = table_.vectors[column].byte_size();
  sqlite::Blob blob = open(vector_chunks(column), "vectors", at.chunk, Mode::read_write);
  if (blob.size() != size * table_.chunk_size)
    throw_corrupt(vector_chunks(column), at.chunk, "the vectors blob has the wrong size");
  blob.write(value.bytes, at.slot * size);
}

void Storage::write_auxiliary(std::size_t column, std::int64_t rowid, const Value& value) {
  ++writes_;
  Lease st = lease("write_auxiliary", column, [&] {
    return "UPDATE " + shadow_sql(table_, kAuxiliary) + " SET " + value_column(column) +
           " = ? WHERE rowid = ?";
  });
  value.bind(*st, 1);
  st->bind(2, rowid).run();
}

void Storage::write_metadata(std::size_t column, std::int64_t rowid, Location at, const Value& value) {
  ++writes_;
  const MetadataType type = table_.metadata[column].type;
  const CellRange range = metadata_cell(type, at.slot);
  bool was_long = false;
  {
    sqlite::Blob blob = open(metadata_chunks(column), "data", at.chunk, Mode::read_write);
    if (blob.size() != metadata_blob_size(type, table_.chunk_size))
      throw_corrupt(metadata_chunks(column), at.chunk, "the metadata blob has the wrong size");
    std::array<std::byte, 16> cell{};
    const std::span<std::byte> bytes(cell.data(), range.size);
    blob.read(bytes, range.offset);
    was_long = decode_metadata(type, bytes, at.slot).is_long;
    encode_metadata(type, value, bytes, at.slot);
    blob.write(bytes, range.offset);
  }
  if (type != MetadataType::text) return;
  const auto texts = [&] { return shadow_sql(table_, metadata_text(column)); };
  if (was_long) {
    Lease st = lease("delete_text", column, [&] { return "DELETE FROM " + texts() + " WHERE rowid = ?"; });
    st->bind(1, rowid).run();
  }
  if (value.bytes.size() > kInlineText) {
    Lease st = lease("insert_text", column,
                     [&] { return "INSERT INTO " + texts() + "(rowid, data) VALUES (?, ?)"; });
    st->bind(1, rowid).bind_view(2, std::string_view(value.bytes)).run();
  }
}

void Storage::clear_metadata(std::size_t column, std::int64_t rowid, Location at) {
  Value zero;
  switch (table_.metadata[column].type) {
    case MetadataType::boolean:
    case MetadataType::integer:
      zero = Value::of_integer(0);
      break;
    case MetadataType::real:
      zero = Value::of_real(0);
      break;
    case MetadataType::text:
      zero = Value::of_text("");
      break;
  }
  write_metadata(column, rowid, at, zero);
}

void Storage::remove(std::int64_t rowid, Location at) {
  ++writes_;
  set_slot(at, false, 0);
  {
    Lease st = lease("delete_rowid", 0,
                     [&] { return "DELETE FROM " + shadow_sql(table_, kRowids) + " WHERE rowid = ?"; });
    st->bind(1, rowid).run();
  }
  for (std::size_t i = 0; i < table_.vectors.size(); ++i) {
    vector::Vector zero;
    zero.bytes.resize(table_.vectors[i].byte_size());
    write_vector(i, at, zero);
  }
  for (std::size_t i = 0; i < table_.metadata.size(); ++i) clear_metadata(i, rowid, at);
  if (!table_.auxiliaries.empty()) {
    Lease st = lease("delete_auxiliary", 0,
                     [&] { return "DELETE FROM " + shadow_sql(table_, kAuxiliary) + " WHERE rowid = ?"; });
    st->bind(1, rowid).run();
  }
  delete_if_empty(at.chunk);
}

void Storage::delete_if_empty(std::int64_t chunk) {
  {
    sqlite::Blob validity = open(kChunks, "validity", chunk, Mode::read);
    std::vector<std::byte> bytes(validity.size());
    validity.read(bytes, 0);
    if (std::any_of(bytes.begin(), bytes.end(), [](std::byte b) { return b != std::byte{0}; })) return;
  }
  delete_chunk(chunk);
}

void Storage::delete_chunk(std::int64_t chunk) {
  ++writes_;
  const auto delete_from = [&](const char* use, std::size_t column, const std::string& suffix,
                               const char* key) {
    Lease st = lease(use, column, [&] {
      return fmt::format("DELETE FROM {} WHERE {} = ?", shadow_sql(table_, suffix), key);
    });
    st->bind(1, chunk).run();
  };
  delete_from("delete_chunk", 0, kChunks, "chunk_id");
  for (std::size_t i = 0; i < table_.vectors.size(); ++i)
    delete_from("delete_vectors", i, vector_chunks(i), "rowid");
  for (std::size_t i = 0; i < table_.metadata.size(); ++i)
    delete_from("delete_metadata", i, metadata_chunks(i), "rowid");
}

}  // namespace cairn::vec0
