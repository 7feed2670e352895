#include "cairn/sql/query_plan.hpp"

namespace cairn::sql {

std::vector<PlanStep> query_plan(const sqlite::ConnectionRef& db, std::string_view sql) {
  std::vector<PlanStep> plan;
  // Prepared for this once: plans are asked for while somebody looks, not in a loop.
  sqlite::Statement rows = db.prepare("EXPLAIN QUERY PLAN " + std::string(sql));
  while (rows.step()) {
    const int parent = rows.get<int>(1);
    std::size_t depth = 0;
    for (const PlanStep& step : plan)
      if (step.id == parent) depth = step.depth + 1;
    plan.push_back({rows.get<int>(0), parent, depth, rows.get<std::string>(3)});
  }
  return plan;
}

}  // namespace cairn::sql
