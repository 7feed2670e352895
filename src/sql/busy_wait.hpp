// How a connection waits for a lock that another process holds. SQLite's own busy handler sleeps longer
// and longer, up to 100 ms between two looks, and against a writer that comes back at once looks too seldom
// to ever find the lock free: with transactions of 5 ms, one in another process waited for 5 s and failed.
// This one looks every half a millisecond or so, which costs some 5 % of a core while it waits.
//
//   wait_when_busy(db.handle(), std::chrono::seconds(5));
#pragma once

#include <chrono>

struct sqlite3;

namespace cairn::sql {

// Replaces the connection's busy handler; PRAGMA busy_timeout reads 0 from then on, and setting it brings
// SQLite's own handler back. Nothing to keep alive.
void wait_when_busy(sqlite3* db, std::chrono::milliseconds timeout) noexcept;

}  // namespace cairn::sql
