#include "cairn/sql/connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>

#include "sql/connection_state.hpp"
#include "sqlite/api.hpp"
#include "sqlite/error.hpp"

namespace cairn::sql {

namespace {

const char* name_of(JournalMode mode) {
  switch (mode) {
    case JournalMode::delete_:
      return "DELETE";
    case JournalMode::truncate:
      return "TRUNCATE";
    case JournalMode::persist:
      return "PERSIST";
    case JournalMode::memory:
      return "MEMORY";
    case JournalMode::wal:
      return "WAL";
    case JournalMode::off:
      return "OFF";
  }
  return "DELETE";
}

int open_flags(OpenMode mode) {
  // NOMUTEX: a connection belongs to one thread at a time, so SQLite need not lock for each call.
  const int common = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI | SQLITE_OPEN_EXRESCODE;
  switch (mode) {
    case OpenMode::read_only:
      return common | SQLITE_OPEN_READONLY;
    case OpenMode::read_write:
      return common | SQLITE_OPEN_READWRITE;
    case OpenMode::create:
      return common | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  }
  return common;
}

// SQLite takes this option only in a URI, where three characters of a path have a meaning of their own
// (https://www.sqlite.org/uri.html).
std::string immutable_uri(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

// A path that happens to start with "file:" is still a path, unless it is the pool's own memory database.
std::string to_filename(const ConnectOptions& options) {
  if (options.immutable) return immutable_uri(options.path);
  const bool plain_path =
      options.path.starts_with("file:") && !options.path.starts_with("file:/cairn-memory-");
  return plain_path ? "./" + options.path : options.path;
}

// SQLite takes an int of milliseconds, and less than nothing for no wait at all.
std::chrono::milliseconds clamped(std::chrono::milliseconds timeout) {
  return std::min(timeout, std::chrono::milliseconds(std::numeric_limits<int>::max()));
}

// Changing to or from WAL needs the file exclusively, and SQLite does not call the busy handler for it:
// of two processes that start at once on a new file, one would fail. So wait here, as long as the
// busy_timeout says.
void set_journal_mode(const ConnectionRef& db, JournalMode mode, std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + clamped(timeout);
  while (true) {
    try {
      db.execute_script(fmt::format("PRAGMA journal_mode = {}", name_of(mode)));
      return;
    } catch (const Error& e) {
      if (e.code() != ErrorCode::busy || std::chrono::steady_clock::now() >= deadline) throw;
    }
    sqlite3_sleep(2);
  }
}

void apply(const ConnectOptions& options, const ConnectionRef& db) {
  const auto pragma = [&db](std::string_view name, const auto& value) {
    db.execute_script(fmt::format("PRAGMA {} = {}", name, value));
  };
  if (options.journal_mode && options.mode != OpenMode::read_only)
    set_journal_mode(db, *options.journal_mode, options.busy_timeout);
  pragma("foreign_keys", options.foreign_keys ? "ON" : "OFF");
  if (options.synchronous) pragma("synchronous", static_cast<int>(*options.synchronous));
  if (options.temp_store) pragma("temp_store", static_cast<int>(*options.temp_store));
  if (options.cache_size) pragma("cache_size", *options.cache_size);
  if (options.mmap_size) pragma("mmap_size", *options.mmap_size);
  for (const auto& [name, value] : options.pragmas) pragma(name, value);
  if (options.query_only) pragma("query_only", "ON");
}

}  // namespace

ConnectOptions ConnectOptions::agent(std::string path) {
  ConnectOptions options;
  options.path = std::move(path);
  options.mode = OpenMode::create;
  options.journal_mode = JournalMode::wal;
  options.synchronous = Synchronous::normal;
  options.temp_store = TempStore::memory;
  options.cache_size = -64000;
  options.mmap_size = 268435456;
  return options;
}

Connection::Connection(const ConnectOptions& options)
    : ConnectionRef(nullptr),
      path_(options.path),
      cache_capacity_(options.statement_cache_capacity),
      state_(std::make_unique<detail::ConnectionState>(clamped(options.busy_timeout))) {
  const int code = sqlite3_open_v2(to_filename(options).c_str(), &db_, open_flags(options.mode), nullptr);
  try {
    sqlite::check(db_, code, fmt::format("cannot open '{}'", path_));
    state_->db = db_;
    state_->install_busy_handler();
    // A misspelt column in double quotes must be an error, not a string.
    sqlite3_db_config(db_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(db_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    for (const auto& extension : options.extensions) extension(*this);
    apply(options, *this);
  } catch (const Error& e) {
    sqlite3_close_v2(db_);
    const std::string_view text = e.what();
    if (text.find(path_) != std::string_view::npos) throw;
    throw Error(e.code(), fmt::format("cannot open '{}': {}", path_, text), e.sqlite_code());
  } catch (...) {
    sqlite3_close_v2(db_);
    throw;
  }
}

Connection::Connection(Connection&& other) noexcept
    : ConnectionRef(std::exchange(other.db_, nullptr)),
      path_(std::move(other.path_)),
      cache_capacity_(other.cache_capacity_),
      cache_(std::move(other.cache_)),
      state_(std::move(other.state_)) {}

Connection::~Connection() {
  cache_.clear();
  if (state_) state_->remove_hooks();
  sqlite3_close_v2(db_);
}

CachedStatement Connection::cached(std::string_view sql) {
  const auto found =
      std::find_if(cache_.begin(), cache_.end(), [sql](const Entry& entry) { return entry.sql == sql; });
  if (found == cache_.end()) {
    while (cache_.size() >= cache_capacity_) {
      const auto idle =
          std::find_if(cache_.rbegin(), cache_.rend(), [](const Entry& entry) { return !entry.in_use; });
      if (idle == cache_.rend()) break;
      cache_.erase(std::next(idle).base());
    }
    cache_.push_front({std::string(sql), prepare(sql)});
  } else if (found->in_use) {
    return CachedStatement(std::make_unique<Statement>(prepare(sql)));
  } else {
    cache_.splice(cache_.begin(), cache_, found);
  }
  Entry& entry = cache_.front();
  return CachedStatement(&entry.statement, &entry.in_use);
}

void Connection::clear_statement_cache() noexcept {
  cache_.remove_if([](const Entry& entry) { return !entry.in_use; });
}

void Connection::backup_to(const std::string& path) const {
  execute("VACUUM INTO ?", path);
}

CachedStatement::~CachedStatement() {
  if (!statement_) return;
  statement_->reset();
  statement_->clear_bindings();
  if (in_use_) *in_use_ = false;
}

}  // namespace cairn::sql
