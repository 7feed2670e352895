// The work that one query vector has caused, kept for when SQLite asks the same again. A join asks once per
// outer row, and a correlated subquery opens a new cursor each time; so the cursors of a statement share it.
// It lives as long as one of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "vec0/moment.hpp"
#include "vec0/search.hpp"
#include "vector/distance.hpp"

namespace cairn::vec0 {

struct KeptSearch {
  std::string request;  // serialised
  Moment moment;        // in which it was asked
  // Mode::stream and Mode::k, and Mode::point after many look-ups.
  std::unique_ptr<Search> search;
  // Mode::point
  std::optional<vector::DistanceTo> distance;
  std::size_t point_calls = 0;
  std::size_t point_limit = 0;
};

}  // namespace cairn::vec0
