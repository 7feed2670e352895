// Keeps two runs of migrations on one database apart, in whatever processes and threads they are.
//
// SQLite's own locks end with a transaction, and some scripts cannot be in one. So this is a lock of the
// operating system's on a file beside the database, FILE-migrating. It ends with its holder, however that
// dies. (Not a range of the database file itself: closing a second descriptor of that would drop the locks
// that SQLite holds on it, see "How To Corrupt An SQLite Database File", 2.2.)
#pragma once

#include <chrono>
#include <string>

namespace cairn::sql {

class MigrationLock {
 public:
  // Waits. Throws MigrationError (locked) after `timeout`, and io when the file cannot be made.
  MigrationLock(const std::string& database, std::chrono::milliseconds timeout);
  MigrationLock(const MigrationLock&) = delete;
  MigrationLock& operator=(const MigrationLock&) = delete;
  ~MigrationLock();  // takes the file away

 private:
  bool try_lock();

  std::string path_;
  int descriptor_ = -1;
};

}  // namespace cairn::sql
