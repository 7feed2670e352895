#include "sql/log_limit.hpp"

#include <chrono>

#include "sql/busy_wait.hpp"
#include "sqlite/api.hpp"
#include "sqlite/raw_file.hpp"

namespace cairn::sql {

namespace {

// The size costs a system call.
constexpr int kTransactionsPerLook = 16;
constexpr auto kPatience = std::chrono::milliseconds(100);

std::int64_t log_bytes(sqlite3* db) noexcept {
  return static_cast<std::int64_t>(sqlite::RawFile::journal(db, "main").size().value_or(0));
}

}  // namespace

void LogLimit::look(const sqlite::ConnectionRef& db) noexcept {
  if (limit_ <= 0 || --until_look_ > 0) return;
  until_look_ = kTransactionsPerLook;
  const std::int64_t bytes = log_bytes(db.handle());
  if (bytes < threshold_) return;
  wait_when_busy(db.handle(), kPatience);
  const int code =
      sqlite3_wal_checkpoint_v2(db.handle(), "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  threshold_ = code == SQLITE_OK ? limit_ : 2 * bytes;
}

}  // namespace cairn::sql
