// Which pages of a database in WAL mode may have changed since the last time one looked, whoever wrote them.
//
//   WalChanges changes(db, "main");
//   …in a read transaction, each time one is going to use what one holds of the database:
//   if (const auto pages = changes.advance()) …read again what lies on these pages…
//   else …read everything again…
//
// REQUIRES of every call: an open read transaction on the schema, no open write transaction, and that after
// the call before, what one holds was brought up to the snapshot of that call. Calls may be left out at will.
// Thread-safety: one thread at a time, as for its connection, which must outlive it.
//
// Why nothing is missed. The source is the WAL file; SQLite does not say which commit of it our snapshot is.
// Let S(n) be the commit that call n sees through SQL, H(n) the newest commit in the file at call n, and G(n)
// the newest that was then certainly published, which is the one before H(n) (wal_file.hpp says why).
//
// - S(n) <= H(n): what is visible was written before, and the file is read after the snapshot was taken.
// Where
//   the scan of the file is not complete (wal_file.hpp says when), the answer is "unknown".
// - S(n) >= G(n-1): a snapshot is the newest published commit, and S(n) was taken after call n-1. (A call at
//   which SQLITE_FCNTL_DATA_VERSION has not moved since the call before sees the same snapshot, answers "no
//   pages" and does not count. If it has moved within one transaction, the connection itself wrote in
//   between; for that its snapshot had to be the newest, so it is not older than G(n-1) either.)
// - So what differs between S(n-1) and S(n) was written by frames in (G(n-2), H(n)]: that is the answer. The
//   frames up to G never change; those in (G, H] are overwritten if their writer died before it published
//   them, so each call makes sure that the log still leads through the H of the call before.
// - Frames of another generation of the log cannot be compared, so its first call answers "unknown". For its
//   second, S >= 0, the beginning: a transaction that lasts while the log is begun anew reads the database
//   file alone, which is that beginning. The header is read again behind the frames: if it is still the same,
//   no frame was overwritten by a new generation before.
//
// The bound S(n) >= G(n-1) does not hold where a snapshot can be opened again (sqlite3_snapshot_open), so
// with a SQLite that has it the answer is always "unknown". Nor does this find what was written past SQLite.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sqlite/page_reader.hpp"
#include "sqlite/wal_file.hpp"

namespace cairn::sqlite {

class WalChanges {
 public:
  WalChanges(sqlite3* db, std::string schema);

  // The numbers, ascending, of all pages that may differ between the snapshot of the call before and the
  // present one. Nothing means unknown: at the first call, without WAL, after the log was begun anew or
  // became unreadable.
  std::optional<std::vector<std::uint32_t>> advance();

  // Counts the calls at which the snapshot may have changed.
  std::uint64_t turn() const noexcept { return turn_; }
  // The database as of H, the newest commit that advance() saw, which may be newer than the snapshot. Nothing
  // if advance() could not read all of the log. The commit may prove void (see above); then the next call of
  // advance() answers "unknown", and undisturbed() tells earlier.
  std::optional<PageReader> pages() const;
  // Whether everything that pages() gave from the time of advance() on was of that one commit.
  bool undisturbed() const;

  sqlite3* db() const noexcept { return db_; }
  const std::string& schema() const noexcept { return schema_; }

 private:
  struct Log {
    WalHeader header;
    WalCommit settled;  // G
    WalCommit head;     // H
    bool complete = false;
    // The pages of the frames behind `floor`, up to `head`. The snapshot of the last call is not older than
    // `floor`.
    std::uint32_t floor = 0;
    std::vector<std::uint32_t> recent;
    PageReader::WalOffsets offsets;  // of the newest frames up to `head`
  };

  std::optional<std::vector<std::uint32_t>> follow();
  RawFile wal() const noexcept { return RawFile::journal(db_, schema_.c_str()); }
  std::optional<std::uint32_t> data_version() const noexcept;

  sqlite3* db_;
  std::string schema_;
  bool snapshots_only_advance_;
  std::uint64_t turn_ = 0;
  std::optional<std::uint32_t> version_;  // at the last call
  std::optional<Log> log_;
};

}  // namespace cairn::sqlite
