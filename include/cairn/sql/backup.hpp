// Copies a database, page by page, while others use it.
//
//   cairn::sql::Backup backup(db, copy);
//   backup.run({.pages_per_step = 256, .on_progress = [](auto left, auto all) { show(all - left, all); }});
//
// Connection::backup_to copies into a new file.
//
// What is copied is one committed state of the source; rowids stay what they are (VACUUM INTO may change
// them). Between the steps others can write. What is written through the source's own connection is taken
// along; when anyone else writes, the copy begins anew, after the third time in one step. The destination is
// replaced as a whole, keeps its old content until run() has returned, and can be used by nobody meanwhile.
// REQUIRES: no open transaction on either (invalid_argument). Both connections outlive the backup.
// Thread-safety: one thread at a time, as its connections.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "cairn/sqlite/connection_ref.hpp"

struct sqlite3_backup;

namespace cairn::sql {

struct BackupOptions {
  int pages_per_step = 1024;           // 0: all in one step
  std::chrono::milliseconds pause{0};  // after each step, for the others
  // How long to try again while a lock is held, on top of the connections' own busy_timeout; then `busy`.
  std::chrono::milliseconds busy_timeout{5000};
  // Told after each step how many pages are left of how many. What it throws ends the backup and comes out of
  // run().
  std::function<void(std::int64_t left, std::int64_t all)> on_progress = {};
};

class Backup {
 public:
  // Schemas are "main", "temp" or the name that a database is attached as.
  Backup(sqlite::ConnectionRef source, sqlite::ConnectionRef destination,
         const std::string& source_schema = "main", const std::string& destination_schema = "main");
  Backup(const Backup&) = delete;
  Backup& operator=(const Backup&) = delete;
  ~Backup();

  // Throws busy, disk_full, io, read_only …; the destination then has its old content.
  void run(const BackupOptions& options = {});

 private:
  bool step(int pages, const BackupOptions& options);

  sqlite::ConnectionRef destination_;
  sqlite3_backup* backup_;
};

}  // namespace cairn::sql
