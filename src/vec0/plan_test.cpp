#include "vec0/plan.hpp"

#include <gtest/gtest.h>

#include "cairn/error.hpp"

namespace cairn::vec0 {
namespace {

TableDefinition table() {
  const char* argv[] = {
      "vec0", "main", "t", "a float[4]", "b float[4]", "where_ text", "p text partition key", "+x text"};
  TableDefinition t = parse_constructor(8, argv);
  t.add_hidden_columns(true);
  return t;
}

TEST(Plan, TextAndBack) {
  const TableDefinition t = table();
  for (const char* text :
       {"scan", "scan where where_ >=, rowid in", "point", "point b", "stream a",
        "stream a where distance <, p is not, x is null, where_ like", "k b", "k b probe where p ="}) {
    EXPECT_EQ(Plan::from_text(t, text).to_text(t), text);
  }
  const Plan plan = Plan::from_text(t, "k b probe where p =");
  EXPECT_EQ(plan.mode, Mode::k);
  EXPECT_EQ(plan.vector_column, 1u);
  EXPECT_TRUE(plan.has_probe);
  EXPECT_EQ(plan.conditions.at(0).column, (ColumnRef{ColumnKind::partition, 0}));
}

TEST(Plan, UnknownTextIsAnError) {
  for (const char* text : {"", "dance", "k nothing", "k where_", "scan where nothing =", "scan where p ~"})
    EXPECT_THROW(Plan::from_text(table(), text), Error) << text;
}

// A query such as `WHERE probe MATCH ? AND k = 3` once read arguments that were not there.
TEST(Plan, ColumnsMayBeCalledLikeThePlansWords) {
  const char* argv[] = {"vec0", "main", "t", "probe float[4]", "where float[4]", "k_ text"};
  TableDefinition t = parse_constructor(6, argv);
  t.add_hidden_columns(true);
  for (const char* text : {"k probe", "k probe probe", "k probe where k_ =", "stream where", "point where",
                           "stream where where k_ =", "k where probe where k_ ="}) {
    const Plan plan = Plan::from_text(t, text);
    EXPECT_EQ(plan.to_text(t), text);
    EXPECT_TRUE(plan.has_match) << text;
  }
  EXPECT_FALSE(Plan::from_text(t, "k probe").has_probe);
}

}  // namespace
}  // namespace cairn::vec0
