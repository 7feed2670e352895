// A file that a connection has open, read through SQLite's own VFS and handle: nothing is opened, closed or
// locked, so the process's POSIX locks on it stay.
//
//   const RawFile wal = RawFile::journal(db, "main");
//   std::array<std::byte, 32> header;
//   if (wal.read(header, 0)) …
//
// Borrowed from the connection: ask anew in every transaction, since SQLite reopens files between them.
// Thread-safety: as for the connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "sqlite/api.hpp"

namespace cairn::sqlite {

class RawFile {
 public:
  static RawFile database(sqlite3* db, const char* schema) noexcept {
    return RawFile(db, schema, SQLITE_FCNTL_FILE_POINTER);
  }
  // The WAL in WAL mode; otherwise the rollback journal, open or not.
  static RawFile journal(sqlite3* db, const char* schema) noexcept {
    return RawFile(db, schema, SQLITE_FCNTL_JOURNAL_POINTER);
  }

  // False on any error, at the end of the file, and when there is no such file (a database in memory).
  bool read(std::span<std::byte> out, std::uint64_t offset) const noexcept {
    return file_ && file_->pMethods->xRead(file_, out.data(), static_cast<int>(out.size()),
                                           static_cast<sqlite3_int64>(offset)) == SQLITE_OK;
  }
  std::optional<std::uint64_t> size() const noexcept {
    sqlite3_int64 bytes = 0;
    if (!file_ || file_->pMethods->xFileSize(file_, &bytes) != SQLITE_OK || bytes < 0) return std::nullopt;
    return static_cast<std::uint64_t>(bytes);
  }
  bool operator==(const RawFile&) const = default;

 private:
  RawFile(sqlite3* db, const char* schema, int which) noexcept {
    if (sqlite3_file_control(db, schema, which, &file_) != SQLITE_OK || (file_ && !file_->pMethods))
      file_ = nullptr;
  }

  sqlite3_file* file_ = nullptr;
};

}  // namespace cairn::sqlite
