#include "cairn/sql/backup.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "cairn/sql/connection.hpp"
#include "sqlite/error.hpp"

namespace cairn::sql {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int all_pages = -1;
constexpr int restarts_before_all_at_once = 3;

void require_no_transaction(sqlite::ConnectionRef db, std::string_view which) {
  if (db.in_transaction())
    throw Error(ErrorCode::invalid_argument,
                fmt::format("a transaction is open on the {} of a backup; commit it first", which));
}

}  // namespace

Backup::Backup(sqlite::ConnectionRef source, sqlite::ConnectionRef destination,
               const std::string& source_schema, const std::string& destination_schema)
    : destination_(destination) {
  require_no_transaction(source, "source");
  require_no_transaction(destination, "destination");
  backup_ = sqlite3_backup_init(destination.handle(), destination_schema.c_str(), source.handle(),
                                source_schema.c_str());
  if (!backup_)
    sqlite::throw_error(destination.handle(), sqlite3_errcode(destination.handle()), "cannot begin a backup");
}

Backup::~Backup() {
  sqlite3_backup_finish(backup_);
}

// Whether there is more to copy.
bool Backup::step(int pages, const BackupOptions& options) {
  const auto begin = Clock::now();
  while (true) {
    const int code = sqlite3_backup_step(backup_, pages);
    if (code == SQLITE_DONE) return false;
    if (code == SQLITE_OK) return true;
    const bool locked = (code & 0xFF) == SQLITE_BUSY || (code & 0xFF) == SQLITE_LOCKED;
    if (!locked || Clock::now() - begin >= options.busy_timeout)
      sqlite::throw_error(nullptr, code, "cannot go on with a backup");
    sqlite3_sleep(10);
  }
}

void Backup::run(const BackupOptions& options) {
  int pages = options.pages_per_step > 0 ? options.pages_per_step : all_pages;
  int restarts = 0;
  std::int64_t left_before = 0;
  for (bool more = true; more;) {
    more = step(pages, options);
    const std::int64_t left = sqlite3_backup_remaining(backup_);
    if (options.on_progress) options.on_progress(left, sqlite3_backup_pagecount(backup_));
    // Somebody who never stops writing must not keep the copy from ever being finished.
    if (more && left_before != 0 && left >= left_before && ++restarts == restarts_before_all_at_once)
      pages = all_pages;
    left_before = left;
    if (more && options.pause.count() > 0) sqlite3_sleep(static_cast<int>(options.pause.count()));
  }
  // What remains is to let go of the destination, which has committed already.
  sqlite::check(destination_.handle(), sqlite3_backup_finish(std::exchange(backup_, nullptr)),
                "cannot finish a backup");
}

void Connection::backup_to(const std::string& path, const BackupOptions& options) const {
  if (path == ":memory:")
    throw Error(ErrorCode::invalid_argument,
                "':memory:' is no file, and the copy would be gone at once; name one");
  std::error_code unknown;
  if (std::filesystem::exists(path, unknown))
    throw Error(ErrorCode::invalid_argument,
                fmt::format("cannot back up to '{}': it exists; name a new file", path));
  require_no_transaction(*this, "source");
  try {
    Connection copy({.path = path, .mode = OpenMode::create});
    Backup(*this, copy).run(options);
  } catch (...) {
    std::error_code ignored;
    for (const char* part : {"", "-journal", "-wal", "-shm"}) std::filesystem::remove(path + part, ignored);
    throw;
  }
}

}  // namespace cairn::sql
