// Incremental I/O on one blob of one row, without reading or writing the rest of it.
//
//   Blob blob(db, "main", "t_vector_chunks00", "vectors", chunk_id, Blob::Mode::read);
//   blob.read(out, offset);
//
// A blob expires when its row is changed by other means; read and write then throw.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "sqlite/api.hpp"

namespace cairn::sqlite {

class Blob {
 public:
  enum class Mode { read, read_write };

  Blob(sqlite3* db, const char* schema, const char* table, const char* column, std::int64_t rowid, Mode mode);
  Blob(Blob&& other) noexcept : db_(other.db_), blob_(std::exchange(other.blob_, nullptr)) {}
  Blob& operator=(Blob&& other) noexcept {
    std::swap(db_, other.db_);
    std::swap(blob_, other.blob_);
    return *this;
  }
  Blob(const Blob&) = delete;
  Blob& operator=(const Blob&) = delete;
  ~Blob();

  // Moves to the same column of another row, cheaper than opening anew.
  void reopen(std::int64_t rowid);
  std::size_t size() const noexcept;
  void read(std::span<std::byte> out, std::size_t offset) const;
  void write(std::span<const std::byte> bytes, std::size_t offset);

 private:
  sqlite3* db_;
  sqlite3_blob* blob_ = nullptr;
};

}  // namespace cairn::sqlite
