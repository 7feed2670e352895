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
  options.mmap_size = std::int64_t{1} << 30;
  return options;
}

Connection::Connection(const ConnectOptions& options)
    : ConnectionRef(nullptr),
      path_(options.path),
      statements_(std::make_unique<sqlite::StatementCache>(options.statement_cache_capacity)),
      state_(std::make_unique<detail::ConnectionState>(clamped(options.busy_timeout))) {
  cache_ = statements_.get();
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
    : ConnectionRef(std::exchange(other.db_, nullptr), other.cache_),
      path_(std::move(other.path_)),
      statements_(std::move(other.statements_)),
      state_(std::move(other.state_)) {}

Connection::~Connection() {
  statements_.reset();
  if (state_) state_->close();
  sqlite3_close_v2(db_);
}

}  // namespace cairn::sql
