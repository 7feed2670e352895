#include "cairn/sql/database.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "cairn/error.hpp"
#include "cairn/sql/connection.hpp"
#include "sqlite/api.hpp"

namespace cairn::sql {

namespace {

namespace fs = std::filesystem;

void require_file(const ConnectOptions& options) {
  if (options.path == ":memory:")
    throw Error(ErrorCode::invalid_argument,
                "':memory:' is no file: a memory database is made when it is opened and gone when it is "
                "closed; name a file");
}

// What it takes to look at the file as it is, and no more.
ConnectOptions as_it_is(const ConnectOptions& options, OpenMode mode) {
  ConnectOptions bare;
  bare.path = options.path;
  bare.mode = mode;
  bare.vfs = options.vfs;
  bare.busy_timeout = options.busy_timeout;
  bare.pragmas = options.pragmas;
  return bare;
}

// Reads the header past locks, logs and journals: opened in the ordinary way, SQLite takes a file beside it
// whose name ends in -journal for its own, and empties it.
void require_database(const ConnectOptions& options) {
  ConnectOptions frozen = as_it_is(options, OpenMode::read_only);
  frozen.immutable = true;
  Connection(frozen).execute("PRAGMA schema_version");
}

void remove(const std::string& file) {
  std::error_code error;
  fs::remove(file, error);
  if (error)
    throw Error(error == std::errc::permission_denied ? ErrorCode::read_only : ErrorCode::io,
                fmt::format("cannot remove '{}': {}", file, error.message()));
}

}  // namespace

bool database_exists(const ConnectOptions& options) {
  if (options.path == ":memory:") return false;
  std::error_code error;
  const fs::file_status status = fs::status(options.path, error);
  if (status.type() == fs::file_type::not_found) return false;
  if (error)
    throw Error(ErrorCode::io, fmt::format("cannot look for '{}': {}", options.path, error.message()));
  if (fs::is_directory(status))
    throw Error(ErrorCode::not_a_database, fmt::format("'{}' is a folder; name a file in it", options.path));
  return true;
}

void create_database(const ConnectOptions& options) {
  require_file(options);
  if (database_exists(options)) return require_database(options);
  const fs::path folder = fs::path(options.path).parent_path();
  if (!folder.empty() && !fs::is_directory(folder))
    throw Error(ErrorCode::io, fmt::format("cannot create '{}': there is no folder '{}'; make it first",
                                           options.path, folder.string()));
  ConnectOptions create = options;
  create.mode = OpenMode::create;
  create.query_only = false;
  // Until something is written the file has no bytes, and so neither a page size nor any other setting.
  Connection(create).execute_script("BEGIN IMMEDIATE; COMMIT");
}

bool drop_database(const ConnectOptions& options) {
  require_file(options);
  if (!database_exists(options)) return false;
  require_database(options);
  ConnectOptions alone = as_it_is(options, OpenMode::read_write);
  alone.journal_mode = JournalMode::delete_;  // empties and removes the log; fails while others have it open
  Connection db(alone);
  db.execute("PRAGMA locking_mode = EXCLUSIVE");
  db.execute("BEGIN EXCLUSIVE");
  // Symbolic links are resolved in SQLite's name of the file, and it is beside that one that the others lie.
  const std::string file = sqlite3_db_filename(db.handle(), "main");
  // The database goes last, while its lock is held: whoever opens the name afterwards gets a new file, and
  // none of the others is theirs.
  for (const char* company : {"-wal", "-shm", "-journal"}) remove(file + company);
  remove(file);
  if (fs::is_symlink(options.path)) remove(options.path);
  return true;
}

}  // namespace cairn::sql
