// A moment in the life of a connection, told apart from others as finely as its changes can be counted. While
// it lasts, a table stays as it is: within one run of a statement that does not write to it.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "sqlite/api.hpp"
#include "vec0/storage.hpp"

namespace cairn::vec0 {

struct Moment {
  std::uint64_t writes = 0;  // through this virtual table, rollbacks included
  std::int64_t changes = 0;  // by SQL on this connection, shadow tables included
  // Statements of the connection that are running, and their how many-th run it is. Between two statements
  // anything may happen that nobody counts: a savepoint is rolled back, a blob of a shadow table written.
  std::vector<std::pair<sqlite3_stmt*, int>> running;

  static Moment now(const Storage& storage) {
    sqlite3* const db = storage.db();
    Moment moment{storage.writes(), sqlite3_total_changes64(db), {}};
    for (sqlite3_stmt* st = sqlite3_next_stmt(db, nullptr); st; st = sqlite3_next_stmt(db, st))
      if (sqlite3_stmt_busy(st) && sqlite3_sql(st))  // an open blob has no SQL
        moment.running.emplace_back(st, sqlite3_stmt_status(st, SQLITE_STMTSTATUS_RUN, 0));
    return moment;
  }
  friend bool operator==(const Moment&, const Moment&) = default;
};

}  // namespace cairn::vec0
