// Keeps a write-ahead log from growing for ever. SQLite starts the log anew only at a moment when all of it
// is in the database and no reader looks into it. With readers coming and going without a pause that moment
// never comes by itself (https://www.sqlite.org/wal.html#avoiding_excessively_large_wal_files), so it must be
// made.
//
//   LogLimit limit(64 << 20);
//   limit.look(db);             // after each write transaction
//
// Thread-safety: one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>

#include "cairn/sql/connection.hpp"

namespace cairn::sql {

class LogLimit {
 public:
  // 0: none.
  explicit LogLimit(std::int64_t bytes) noexcept : limit_(bytes) {}

  // Empties the log when it is over the limit, and waits up to 100 ms for readers and for other processes to
  // let it; readers that come meanwhile need not wait. After an attempt in vain the next is made 0.25 s
  // later, then 0.5 s, up to 30 s: a reader that stays for long costs writers next to nothing. REQUIRES: no
  // open transaction.
  void look(Connection& db) noexcept;

 private:
  std::int64_t limit_;
  int until_look_ = 0;
  std::chrono::steady_clock::time_point not_before_;
  std::chrono::milliseconds pause_{0};
};

}  // namespace cairn::sql
