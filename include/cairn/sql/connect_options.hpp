// How to open a database. Everything here is applied to every connection that is opened with it, so a
// pool cannot hold one connection with a setting and another without.
//
//   auto options = cairn::sql::ConnectOptions::agent("agent.db");
//   options.busy_timeout = std::chrono::seconds(30);
//   cairn::sql::Connection db(options);
//
//   auto tasks = cairn::sql::ConnectOptions::from_url("sqlite:tasks.db?mode=rwc");
//
// The order: the file is opened; busy_timeout; keys of encryption among `pragmas`; loadable_extensions,
// `extensions`, functions, collations; page_size, auto_vacuum, locking_mode, journal_mode, foreign_keys,
// synchronous, temp_store, cache_size, mmap_size, wal_autocheckpoint, analysis_limit; the other `pragmas`;
// query_only; on_statement. So a key comes before anything that reads the file, what concerns a new file
// before the first write, and what virtual tables and collations need before anything that could use them. A
// value that SQLite would not take, or takes for another, is an error: invalid_argument, or unsupported where
// it is valid but not to be had.
//
// Connections that are read-only or query_only write no settings into the file: they leave out page_size,
// auto_vacuum and journal_mode. So does a memory database, which has no journal file; it leaves out
// locking_mode and mmap_size too.
//
// A plain value: copy it freely.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cairn/sql/function.hpp"
#include "cairn/sql/statement_event.hpp"
#include "cairn/sqlite/connection_ref.hpp"

namespace cairn::sql {

using sqlite::Bytes;
using sqlite::CachedStatement;
using sqlite::ColumnType;
using sqlite::ConnectionRef;
using sqlite::named;
using sqlite::Rows;
using sqlite::Statement;
using sqlite::Value;

enum class OpenMode { read_only, read_write, create };
enum class JournalMode { delete_, truncate, persist, memory, wal, off };
enum class LockingMode { normal, exclusive };
enum class Synchronous { off, normal, full, extra };
enum class AutoVacuum { none, full, incremental };
enum class TempStore { default_, file, memory };

// A shared library with a SQLite extension in it. Without an entry point SQLite guesses its name from the
// file's.
struct LoadableExtension {
  std::string path;
  std::string entry_point = {};
};

struct ConnectOptions {
  // A path, or ":memory:" for a database that lives as long as the connection (or the pool). Always a path: a
  // "file:" URI is none.
  std::string path = ":memory:";
  OpenMode mode = OpenMode::read_write;  // `create` makes a missing file
  // The file cannot change while it is open (read-only media): it is read without locks or a -shm file.
  // Wrong answers follow if somebody writes to it after all. Only with OpenMode::read_only.
  bool immutable = false;
  std::string vfs = {};  // the layer below SQLite, by its registered name; empty: the default one
  bool shared_cache =
      false;  // one page cache for all such connections of the process; brings `locked` errors
  // Lets SQLite lock for each of its calls, for code that uses the raw handle from several threads. A
  // Connection and its statements still belong to one thread at a time.
  bool serialized = false;
  // How long to wait for a lock; then `busy`. The connection waits by itself, looking more often than SQLite
  // does, so PRAGMA busy_timeout reads 0.
  std::chrono::milliseconds busy_timeout{5000};
  bool foreign_keys = true;
  std::optional<JournalMode>
      journal_mode;  // unset: as the file has it. `unsupported` if SQLite keeps another
  std::optional<LockingMode> locking_mode;
  std::optional<Synchronous> synchronous;  // unset: SQLite's own default
  std::optional<AutoVacuum> auto_vacuum;   // of a new file; one that has pages keeps what it has
  std::optional<std::int64_t> page_size;   // of a new file, likewise: bytes, a power of two from 512 to 65536
  std::optional<TempStore> temp_store;
  std::optional<std::int64_t> cache_size;  // pages, or KiB when negative (PRAGMA cache_size)
  std::optional<std::int64_t> mmap_size;   // bytes, at most; SQLite has a maximum of its own, often 2 GB
  std::optional<std::int64_t>
      wal_autocheckpoint;                      // pages in the log after which a commit checkpoints; 0: never
  std::optional<std::int64_t> analysis_limit;  // rows per index that ANALYZE looks at; 0: all
  // `PRAGMA optimize` when the connection closes, looking at analysis_limit rows per index, 400 when it is
  // unset. It waits for no lock, and what it cannot do it leaves undone.
  bool optimize_on_close = false;
  // Further ones, in this order; those that hand over a key (key, hexkey, textkey, cipher_…, kdf_iter) come
  // before everything else. The value is a single one and is quoted; what a pragma makes of it is its own
  // affair. A name that neither SQLite nor the VFS knows is invalid_argument.
  std::vector<std::pair<std::string, std::string>> pragmas;
  // Loaded from files. SQL's load_extension() stays off.
  std::vector<LoadableExtension> loadable_extensions;
  // Called for each new connection before any PRAGMA: registers functions and virtual tables.
  std::vector<std::function<void(ConnectionRef)>> extensions;
  std::vector<Function> functions;
  std::vector<Collation> collations;
  // Called, in the connection's thread, for each statement that took slow_threshold or longer. It must not
  // use the connection; what it throws is swallowed. Costs nothing when it is empty.
  std::function<void(const StatementEvent&)> on_statement;
  std::chrono::milliseconds slow_threshold{0};
  std::size_t statement_cache_capacity = 100;  // prepared statements kept per connection
  bool query_only = false;                     // refuse every write; pools set it on their readers

  // WAL, synchronous NORMAL, 64 MB page cache, temporary tables in memory, 1 GB mapped, file created
  // when missing: the settings for one file that agents read and write all day.
  // (docs/decisions/0012-agent-preset.md has the measurements.)
  static ConnectOptions agent(std::string path);

  // sqlx's form: `sqlite:tasks.db`, `sqlite://tasks.db`, `sqlite:///srv/tasks.db`, `sqlite::memory:`, with
  // `%20` and its kind decoded, then `?` and any of mode=ro|rw|rwc|memory (default rw: a missing file is not
  // made), cache=private|shared, immutable=true|false|1|0, vfs=NAME, joined by `&`. immutable=true implies
  // mode=ro. Anything else is invalid_argument.
  static ConnectOptions from_url(std::string_view url);
  // The URL of path, mode, shared_cache, immutable and vfs; from_url gives these five back.
  std::string to_url() const;
};

}  // namespace cairn::sql
