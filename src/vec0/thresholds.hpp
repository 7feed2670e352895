// From what size on it pays to keep a table in memory and to search by bounds. Variables, because tests make
// them small: a thousand small tables find more mistakes than one large.
#pragma once

#include <atomic>
#include <cstddef>

namespace cairn::vec0 {

struct Thresholds {
  // Of live vectors. Reading less than this out of SQLite's pages is as good.
  std::atomic<std::size_t> resident_bytes{256 << 10};
  // Rows of a cairn() table, so that it pays to file them in lists; and rows of full chunks that wait for it.
  std::atomic<std::size_t> listed_rows{16384};
  std::atomic<std::size_t> filed_rows{4096};
  // Candidates, so that a pass over their codes is worth its preparation.
  std::atomic<std::size_t> bounded_rows{1000};
  // Of what an exact search reads, in percent: lists in which a search reads more are given up. It can still
  // be done exactly then, and both take little more than that alone.
  std::atomic<std::size_t> given_up_percent{50};
};

inline Thresholds& thresholds() noexcept {
  static Thresholds instance;
  return instance;
}

}  // namespace cairn::vec0
