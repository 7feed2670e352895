#include "sqlite/blob.hpp"

#include <fmt/format.h>

#include "sqlite/error.hpp"

namespace cairn::sqlite {

Blob::Blob(sqlite3* db, const char* schema, const char* table, const char* column, std::int64_t rowid,
           Mode mode)
    : db_(db) {
  const int code = sqlite3_blob_open(db, schema, table, column, rowid, mode == Mode::read_write, &blob_);
  if (code != SQLITE_OK) {
    sqlite3_blob_close(blob_);
    throw_error(db, code,
                fmt::format("cannot open the blob {}.{}.{} of row {}", schema, table, column, rowid));
  }
}

Blob::~Blob() {
  sqlite3_blob_close(blob_);
}

void Blob::reopen(std::int64_t rowid) {
  check(db_, sqlite3_blob_reopen(blob_, rowid), fmt::format("cannot open the blob of row {}", rowid));
}

std::size_t Blob::size() const noexcept {
  return static_cast<std::size_t>(sqlite3_blob_bytes(blob_));
}

void Blob::read(std::span<std::byte> out, std::size_t offset) const {
  check(db_, sqlite3_blob_read(blob_, out.data(), static_cast<int>(out.size()), static_cast<int>(offset)),
        "cannot read a blob");
}

void Blob::write(std::span<const std::byte> bytes, std::size_t offset) {
  check(db_,
        sqlite3_blob_write(blob_, bytes.data(), static_cast<int>(bytes.size()), static_cast<int>(offset)),
        "cannot write a blob");
}

}  // namespace cairn::sqlite
