#include "cairn/sql/query_plan.hpp"

#include <gtest/gtest.h>

#include "base/error_of.hpp"
#include "cairn/sql/connection.hpp"

namespace cairn::sql {
namespace {

TEST(QueryPlan, IsATreeOfSteps) {
  Connection db(ConnectOptions{});
  db.execute_script("CREATE TABLE t(a, b); CREATE INDEX t_a ON t(a)");
  const auto search = query_plan(db, "SELECT b FROM t WHERE a = ?");
  ASSERT_EQ(search.size(), 1u);
  EXPECT_NE(search[0].detail.find("USING INDEX t_a"), std::string::npos) << search[0].detail;
  EXPECT_EQ(search[0].depth, 0u);

  const auto both = query_plan(db, "SELECT a FROM t UNION ALL SELECT b FROM t");
  ASSERT_GE(both.size(), 3u);
  EXPECT_EQ(both[0].depth, 0u);
  EXPECT_EQ(both[1].parent, both[0].id);
  EXPECT_EQ(both[1].depth, 1u);
  EXPECT_EQ(error_of([&] { query_plan(db, "SELECT nope"); }).code(), ErrorCode::sql);
}

}  // namespace
}  // namespace cairn::sql
