#include "cairn/sql/pool.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

#include "cairn/error.hpp"
#include "sqlite/api.hpp"

namespace cairn::sql {

namespace {

// SQLite's memdb VFS shares a database between the connections of a process when its name starts with a
// slash (sqlite.org/src/file/src/memdb.c), with ordinary locks; shared-cache mode would bring SQLITE_LOCKED.
std::string shared_memory_name() {
  static std::atomic<unsigned> sequence{0};
  return fmt::format("file:/cairn-memory-{}?vfs=memdb", sequence++);
}

ConnectOptions for_pool(ConnectOptions options) {
  if (options.path == ":memory:") {
    options.path = shared_memory_name();
    options.mode = OpenMode::create;
    options.journal_mode.reset();  // a memory database keeps its own journal; WAL is not for it
  }
  return options;
}

ConnectOptions for_reader(ConnectOptions options) {
  options.query_only = true;
  options.journal_mode.reset();  // a property of the file, set by the writer
  if (options.mode == OpenMode::create) options.mode = OpenMode::read_write;
  return options;
}

}  // namespace

namespace detail {

std::unique_ptr<Connection> Lane::acquire(std::chrono::milliseconds timeout) {
  // The clock counts nanoseconds, in which milliseconds::max() does not fit.
  timeout = std::min<std::chrono::milliseconds>(timeout, std::chrono::years(100));
  std::unique_lock lock(mutex_);
  Waiter self;
  waiters_.push_back(&self);
  const bool in_time = self.wake.wait_for(
      lock, timeout, [&] { return closed_ || (waiters_.front() == &self && leased_ < capacity_); });
  waiters_.erase(std::find(waiters_.begin(), waiters_.end(), &self));
  if (closed_) throw Error(ErrorCode::closed, "the pool was closed");
  if (!in_time) {
    if (!waiters_.empty()) waiters_.front()->wake.notify_one();
    throw Error(
        ErrorCode::timeout,
        fmt::format("no connection was free within {} ms ({} of {} in use); end transactions sooner, or "
                    "allow more readers or a longer acquire_timeout",
                    timeout.count(), leased_, capacity_));
  }
  ++leased_;
  std::unique_ptr<Connection> connection;
  if (!idle_.empty()) {
    connection = std::move(idle_.back());
    idle_.pop_back();
  }
  if (!waiters_.empty() && leased_ < capacity_) waiters_.front()->wake.notify_one();
  if (connection) return connection;

  lock.unlock();
  try {
    return std::make_unique<Connection>(options_);
  } catch (...) {
    release(nullptr);
    throw;
  }
}

void Lane::release(std::unique_ptr<Connection> connection) noexcept {
  if (connection && connection->in_transaction())
    sqlite3_exec(connection->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  std::lock_guard lock(mutex_);
  --leased_;
  // Cannot throw: the constructor reserved room for every connection.
  if (connection && !closed_ && !connection->in_transaction()) idle_.push_back(std::move(connection));
  if (!waiters_.empty()) waiters_.front()->wake.notify_one();
}

void Lane::close() noexcept {
  std::lock_guard lock(mutex_);
  closed_ = true;
  idle_.clear();
  for (Waiter* waiter : waiters_) waiter->wake.notify_one();
}

}  // namespace detail

Pool::Pool(const ConnectOptions& connect_options, const PoolOptions& options)
    : options_(options),
      read_only_(connect_options.mode == OpenMode::read_only),
      path_(connect_options.path) {
  const ConnectOptions shared = for_pool(connect_options);
  writer_ = std::make_shared<detail::Lane>(shared, 1);
  readers_ = std::make_shared<detail::Lane>(for_reader(shared), std::max<std::size_t>(options.readers, 1));
  read_only_ ? (void)reader() : (void)writer();
}

Pool::~Pool() {
  close();
}

PooledConnection Pool::reader() {
  return {readers_, readers_->acquire(options_.acquire_timeout)};
}

PooledConnection Pool::writer() {
  if (read_only_) throw Error(ErrorCode::read_only, fmt::format("'{}' was opened read-only", path_));
  return {writer_, writer_->acquire(options_.acquire_timeout)};
}

void Pool::close() noexcept {
  readers_->close();
  writer_->close();
}

}  // namespace cairn::sql
