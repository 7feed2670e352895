// The work that one query vector has caused, kept for when SQLite asks the same again. A join asks once per
// outer row, and a correlated subquery opens a new cursor each time; so the cursors of a statement share it.
// It lives as long as one of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sqlite/api.hpp"
#include "vec0/search.hpp"
#include "vector/distance.hpp"

namespace cairn::vec0 {

struct KeptSearch {
  // What the answer depends on besides the request.
  struct Stamp {
    std::uint64_t writes = 0;  // through this virtual table, rollbacks included
    std::int64_t changes = 0;  // by SQL on this connection, shadow tables included
    // Statements of the connection that are running, and their how many-th run it is. Between two statements
    // anything may happen that nobody counts: a savepoint is rolled back, a blob of a shadow table written.
    std::vector<std::pair<sqlite3_stmt*, int>> running;
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };

  std::string request;  // serialised
  Stamp stamp;
  // Mode::stream and Mode::k, and Mode::point after many look-ups.
  std::unique_ptr<Search> search;
  // Mode::point
  std::optional<vector::DistanceTo> distance;
  std::size_t point_calls = 0;
  std::size_t point_limit = 0;
};

}  // namespace cairn::vec0
