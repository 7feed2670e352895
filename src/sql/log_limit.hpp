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

#include <cstdint>

#include "cairn/sqlite/connection_ref.hpp"

namespace cairn::sql {

class LogLimit {
 public:
  // 0: none.
  explicit LogLimit(std::int64_t bytes) noexcept : limit_(bytes), threshold_(bytes) {}

  // Empties the log when it is over the limit, and waits for readers up to 100 ms for that; readers that come
  // meanwhile need not wait. If one stays for longer, the next attempt is made when the log is twice as long.
  // REQUIRES: no open transaction. The connection's busy handler is to be set again afterwards.
  void look(const sqlite::ConnectionRef& db) noexcept;

 private:
  std::int64_t limit_;
  std::int64_t threshold_;
  int until_look_ = 0;
};

}  // namespace cairn::sql
