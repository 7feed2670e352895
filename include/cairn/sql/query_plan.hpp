// How SQLite would run a statement, as data: EXPLAIN QUERY PLAN (https://www.sqlite.org/eqp.html).
//
//   for (const PlanStep& step : query_plan(db, "SELECT * FROM tasks WHERE owner = ?"))
//     std::cout << std::string(2 * step.depth, ' ') << step.detail << '\n';   // SEARCH tasks USING INDEX …
//
// The words of `detail` are SQLite's and change between its versions: for people, and for tests that look for
// "USING INDEX" or "SCAN".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/sqlite/connection_ref.hpp"

namespace cairn::sql {

struct PlanStep {
  int id;
  int parent;         // the id of the step that this one is part of, 0 at the top
  std::size_t depth;  // 0 at the top
  std::string detail;
};

// In the order of SQLite's tree, parents first. Nothing is run and parameters need no values. Throws what
// preparing `sql` throws.
std::vector<PlanStep> query_plan(const sqlite::ConnectionRef& db, std::string_view sql);

}  // namespace cairn::sql
