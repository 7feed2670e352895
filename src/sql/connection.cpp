#include "cairn/sql/connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>

#include "sql/apply_options.hpp"
#include "sql/connection_state.hpp"
#include "sqlite/api.hpp"
#include "sqlite/error.hpp"

namespace cairn::sql {

namespace {

// SQLite takes an int of milliseconds, and less than nothing for no wait at all.
std::chrono::milliseconds clamped(std::chrono::milliseconds timeout) {
  return std::min(timeout, std::chrono::milliseconds(std::numeric_limits<int>::max()));
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
  if (options.optimize_on_close && options.mode != OpenMode::read_only && !options.query_only)
    state_->optimize_rows = options.analysis_limit.value_or(400);
  validate(options);
  try {
    open(options, db_);
    state_->db = db_;
    state_->install_busy_handler();
    apply(options, *this);
    if (options.on_statement) state_->log.emplace(db_, path_, options.on_statement, options.slow_threshold);
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
  if (state_) state_->close();
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

CachedStatement::~CachedStatement() {
  if (!statement_) return;
  statement_->reset();
  statement_->clear_bindings();
  if (in_use_) *in_use_ = false;
}

}  // namespace cairn::sql
