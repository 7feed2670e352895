// How many connections a pool keeps, for how long, and what it does with them on the way.
//
//   cairn::sql::PoolOptions options{.readers = 8, .acquire_timeout = std::chrono::seconds(2)};
//   options.after_connect = [](cairn::sql::Connection& db) { db.execute_script("PRAGMA …"); };
//
// A plain value: copy it freely.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "cairn/sql/connection.hpp"

namespace cairn::sql {

struct ConnectionMeta {
  std::chrono::nanoseconds age;       // since it was opened
  std::chrono::nanoseconds idle_for;  // since the lease before ended; 0 in after_release
};

// In every duration, std::chrono::milliseconds::max() means for ever.
struct PoolOptions {
  std::size_t readers = 4;      // at most so many, at least 1; opened when first needed
  std::size_t min_readers = 0;  // so many are opened at once, and never closed for being idle
  std::chrono::milliseconds acquire_timeout{30000};  // then `timeout` is thrown
  // Limits are looked at when a connection is taken or given back; there is no thread for them. A reader
  // idle for longer is closed, which gives its page cache back; a connection that lived longer is replaced.
  std::chrono::milliseconds idle_timeout = std::chrono::minutes(10);
  std::chrono::milliseconds max_lifetime = std::chrono::milliseconds::max();
  // A connection that was idle for a second or more is tested before it is lent: whether its file is still
  // the one under that name. Otherwise (deleted, replaced by a restored backup) it would read and write a
  // file that nobody else can see. Nothing else about a local file breaks while it is idle.
  bool test_before_acquire = true;
  // With WAL: the log is emptied when it has grown to so many bytes, by who gives the writer back; 0 leaves
  // it to SQLite. SQLite's own checkpoints never start the log anew while readers come and go without a
  // pause.
  std::int64_t log_limit_bytes = 64 << 20;

  // Hooks run in the thread that acquires or releases, outside the pool's lock; they must not use the pool.
  // For a new connection, with all options applied. An exception closes it and reaches who acquires.
  std::function<void(Connection&)> after_connect;
  // For a connection that was idle: false closes it, and another takes its place. An exception closes it,
  // too, and reaches who acquires.
  std::function<bool(Connection&, const ConnectionMeta&)> before_acquire;
  // For a connection given back, after its cleaning: false, or an exception, closes it.
  std::function<bool(Connection&, const ConnectionMeta&)> after_release;
};

}  // namespace cairn::sql
