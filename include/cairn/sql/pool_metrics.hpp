// What a pool is doing, and who holds its connections.
//
//   const cairn::sql::PoolMetrics now = pool.metrics();
//   std::cout << now.readers.leased << " of " << now.readers.limit << " readers in use\n";
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>

namespace cairn::sql {

// The writer, or the readers. Counts are since the pool was made.
struct LaneMetrics {
  std::size_t limit = 0;    // connections allowed
  std::size_t size = 0;     // open ones: idle and leased
  std::size_t idle = 0;     // ready to be lent
  std::size_t leased = 0;   // with somebody, or just being opened for somebody
  std::size_t waiting = 0;  // threads that wait for one
  std::uint64_t acquires = 0;
  std::uint64_t timeouts = 0;
  std::uint64_t opened = 0;
  std::uint64_t closed = 0;  // or detached
  std::uint64_t waits = 0;   // acquires that found none free
  std::chrono::nanoseconds wait_total{0};
  std::chrono::nanoseconds wait_longest{0};
};

struct PoolMetrics {
  LaneMetrics writer;
  LaneMetrics readers;
};

// A connection that somebody holds now. With WAL, a reader inside a transaction for minutes lets the log
// grow, since a checkpoint cannot pass its snapshot: this finds it.
struct LeaseInfo {
  bool writer = false;
  std::string label;  // as given to Acquire
  std::thread::id thread;
  std::chrono::nanoseconds held_for{0};
};

}  // namespace cairn::sql
