// Connections to one database, shared by threads: one that writes and up to `readers` that only read.
//
//   cairn::sql::Pool pool(cairn::sql::ConnectOptions::agent("agent.db"));
//   const auto id = pool.write([](cairn::sql::Transaction& tx) {      // committed when it returns
//     tx.execute("INSERT INTO notes(text) VALUES (?)", "hello");
//     return tx.last_insert_rowid();
//   });
//   const auto count = pool.read([](cairn::sql::Connection& db) {     // all its queries see one snapshot
//     return db.query_one<std::int64_t>("SELECT count(*) FROM notes");
//   });
//   auto reader = pool.reader({.label = "report"});                   // or hold one for longer
//
// SQLite allows one writer at a time anyway; queueing for it here is fair (strictly first come, first
// served) and wakes at once, where SQLite polls. With WAL, readers never wait for the writer nor it for
// them. Against writers of other processes, BEGIN IMMEDIATE waits up to the busy_timeout.
// A ":memory:" database is shared by the pool's connections and lives as long as the pool; without a WAL,
// its readers and its writer wait for each other, up to the busy_timeout.
// Thread-safety: every member may be called from any thread; a lease belongs to one thread at a time.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cairn/sql/pool_metrics.hpp"
#include "cairn/sql/pool_options.hpp"
#include "cairn/sql/transaction.hpp"

namespace cairn::sql {

namespace detail {
class Lane;
struct Slot;
}  // namespace detail

struct Acquire {
  std::string_view label = {};  // for leases() and messages; must outlive the lease, as a literal does
  std::optional<std::chrono::milliseconds> timeout = {};  // instead of acquire_timeout
  std::stop_token stop = {};                              // ends the waiting, with `interrupted`
};

// A leased connection; goes back to its pool when it dies, and may outlive it. Given back, a connection is
// clean: an open transaction is rolled back, running statements are reset, an interrupt is forgotten. What a
// borrower set (hooks, PRAGMAs, temporary tables) stays; after_release is the place to undo it.
class PooledConnection {
 public:
  PooledConnection(PooledConnection&& other) noexcept
      : lane_(std::move(other.lane_)),
        slot_(std::exchange(other.slot_, nullptr)),
        connection_(std::exchange(other.connection_, nullptr)) {}
  PooledConnection& operator=(PooledConnection&&) = delete;
  ~PooledConnection() {
    if (slot_) give_back();
  }

  Connection* operator->() const noexcept { return connection_; }
  Connection& operator*() const noexcept { return *connection_; }

  // Takes the connection out of the pool, which may open another in its place. Of a writer, that makes a
  // second one; the two wait for each other as processes do.
  Connection detach() &&;

 private:
  friend class Pool;
  PooledConnection(std::shared_ptr<detail::Lane> lane, detail::Slot& slot) noexcept;
  void give_back() noexcept;

  std::shared_ptr<detail::Lane> lane_;  // keeps the lane alive for leases that outlive the pool
  detail::Slot* slot_;
  Connection* connection_;
};

class Pool {
 public:
  // Opens the writer (or, for OpenMode::read_only, one reader) and min_readers, so that a file that cannot
  // be opened is known at once.
  explicit Pool(const ConnectOptions& connect_options, const PoolOptions& options = {});
  // Closes, without waiting for leases.
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Throw `timeout` after acquire_timeout, naming who holds the connections, `closed` after close(), and
  // what opening a connection or a hook throws.
  PooledConnection reader(const Acquire& how = {});
  PooledConnection writer(const Acquire& how = {});  // throws read_only for a pool opened read-only
  // Nothing when none is free now, or somebody waits already.
  std::optional<PooledConnection> try_reader(std::string_view label = {});
  std::optional<PooledConnection> try_writer(std::string_view label = {});

  // f(Connection&) on a reader, in one deferred transaction; returns what it returns.
  template <class F>
  auto read(F&& f, const Acquire& how = {}) {
    const PooledConnection db = reader(how);
    return transaction(
        *db, [&](Transaction&) { return f(*db); }, TransactionMode::deferred);
  }
  // f(Transaction&) on the writer, in BEGIN IMMEDIATE … COMMIT; rolled back when it throws.
  template <class F>
  auto write(F&& f, const Acquire& how = {}) {
    const PooledConnection db = writer(how);
    return transaction(*db, std::forward<F>(f));
  }

  // Wakes everybody who waits, with `closed`, and closes idle connections now, leased ones as they come
  // back. True when none was left open after `wait`.
  bool close(std::chrono::milliseconds wait = std::chrono::milliseconds(0)) noexcept;
  bool is_closed() const noexcept;

  PoolMetrics metrics() const;
  // Longest held first.
  std::vector<LeaseInfo> leases() const;

 private:
  detail::Lane& writing() const;

  bool read_only_;
  std::string path_;
  std::optional<Connection> anchor_;  // keeps a database in memory alive when all others are closed
  std::shared_ptr<detail::Lane> writer_;
  std::shared_ptr<detail::Lane> readers_;
};

}  // namespace cairn::sql
