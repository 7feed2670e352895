// What the tests count, so that a plan that quietly reads everything fails them.
#pragma once

#include <atomic>
#include <cstdint>

namespace cairn::vec0 {

struct Counters {
  std::atomic<std::uint64_t> searches{0};           // passes over a vector column
  std::atomic<std::uint64_t> rows_handed{0};        // rows that a stream or k search gave to SQLite
  std::atomic<std::uint64_t> chunk_writes{0};       // times that a chunk's changes went to the shadow tables
  std::atomic<std::uint64_t> point_reads{0};        // single vectors that were read for their distance
  std::atomic<std::uint64_t> resident_searches{0};  // searches in memory
  std::atomic<std::uint64_t> bounded_searches{0};   // of those, by bounds
  std::atomic<std::uint64_t> list_searches{0};      // and by lists
  std::atomic<std::uint64_t> chunks_kept{0};        // times that a chunk's vectors were read into memory
};

Counters& counters() noexcept;

}  // namespace cairn::vec0
