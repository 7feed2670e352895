// Connections to one database, shared by threads: one that writes and up to `readers` that only read.
//
//   cairn::sql::Pool pool(cairn::sql::ConnectOptions::agent("agent.db"));
//   auto reader = pool.reader();                 // waits for a free one, first come first served
//   auto count = reader->query_one<std::int64_t>("SELECT count(*) FROM content");
//   auto writer = pool.writer();
//   cairn::sql::Transaction tx(*writer); …
//
// SQLite allows one writer at a time anyway; queueing for it here is fair and wakes at once, where
// SQLite's busy handler polls. With WAL, readers never wait for the writer.
// A ":memory:" database is shared by the pool's connections and lives as long as the pool.
// Thread-safety: every member may be called from any thread; a lease belongs to one thread at a time.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "cairn/sql/connection.hpp"

namespace cairn::sql {

struct PoolOptions {
  std::size_t readers = 4;                           // at least 1; opened when first needed
  std::chrono::milliseconds acquire_timeout{30000};  // then `timeout` is thrown
};

namespace detail {

// The connections of one kind and those who wait for one, in order of arrival.
class Lane {
 public:
  Lane(ConnectOptions options, std::size_t capacity) : options_(std::move(options)), capacity_(capacity) {
    idle_.reserve(capacity);
  }

  std::unique_ptr<Connection> acquire(std::chrono::milliseconds timeout);
  void release(std::unique_ptr<Connection> connection) noexcept;
  void close() noexcept;

 private:
  struct Waiter {
    std::condition_variable wake;
  };

  const ConnectOptions options_;
  const std::size_t capacity_;
  std::mutex mutex_;
  std::deque<Waiter*> waiters_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::size_t leased_ = 0;
  bool closed_ = false;
};

}  // namespace detail

// A leased connection; goes back to its pool when it dies. A transaction left open is rolled back.
class PooledConnection {
 public:
  PooledConnection(PooledConnection&&) noexcept = default;
  PooledConnection& operator=(PooledConnection&&) = delete;
  ~PooledConnection() {
    if (connection_) lane_->release(std::move(connection_));
  }

  Connection* operator->() const noexcept { return connection_.get(); }
  Connection& operator*() const noexcept { return *connection_; }

 private:
  friend class Pool;
  PooledConnection(std::shared_ptr<detail::Lane> lane, std::unique_ptr<Connection> connection)
      : lane_(std::move(lane)), connection_(std::move(connection)) {}

  std::shared_ptr<detail::Lane> lane_;  // keeps the lane alive for leases that outlive the pool
  std::unique_ptr<Connection> connection_;
};

class Pool {
 public:
  // Opens the writer (or, for OpenMode::read_only, one reader), so that a file that cannot be opened
  // is known at once.
  explicit Pool(const ConnectOptions& connect_options, const PoolOptions& options = {});
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Throw `timeout` after acquire_timeout, `closed` after close(), and what opening a connection throws.
  PooledConnection reader();
  PooledConnection writer();  // throws read_only for a pool opened read-only

  // Wakes everybody who waits, with `closed`; connections close as their leases end.
  void close() noexcept;

 private:
  const PoolOptions options_;
  const bool read_only_;
  std::string path_;
  std::shared_ptr<detail::Lane> writer_;
  std::shared_ptr<detail::Lane> readers_;
};

}  // namespace cairn::sql
