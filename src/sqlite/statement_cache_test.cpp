#include "cairn/sqlite/statement_cache.hpp"

#include <gtest/gtest.h>

#include "sqlite/memory_database.hpp"

namespace cairn::sqlite {
namespace {

struct StatementCacheTest : testing::Test {
  CachedStatement lend(std::string_view sql) { return db().cached(sql); }
  ConnectionRef db() { return memory.db(&cache); }

  MemoryDatabase memory;
  StatementCache cache{2};
};

TEST_F(StatementCacheTest, StatementsAreReusedAndLent) {
  const Statement* first = nullptr;
  {
    auto one = lend("SELECT ?");
    first = &*one;
    one->bind(1, 5).step();
    auto recursive = lend("SELECT ?");  // in use: a second one
    EXPECT_NE(&*recursive, first);
    ASSERT_TRUE(recursive->step());
    EXPECT_TRUE(recursive->is_null(0));
    EXPECT_EQ(one->get<int>(0), 5);
  }
  auto again = lend("SELECT ?");
  EXPECT_EQ(&*again, first);
  ASSERT_TRUE(again->step());
  EXPECT_TRUE(again->is_null(0)) << "bindings of the earlier lease must be gone";
  auto two = lend("SELECT 2");
  auto three = lend("SELECT 3");  // no room: both others are lent
  EXPECT_TRUE(three->step());
  EXPECT_EQ(cache.size(), 2u);
}

TEST_F(StatementCacheTest, TheLeastRecentlyUsedOneMakesRoom) {
  const Statement* one = &*lend("SELECT 1");
  lend("SELECT 2");
  lend("SELECT 1");
  lend("SELECT 3");
  EXPECT_EQ(&*lend("SELECT 1"), one);
  EXPECT_EQ(cache.size(), 2u);
  cache.clear();
  EXPECT_EQ(cache.size(), 0u);
}

TEST_F(StatementCacheTest, AStatementIsCachedAsItWasWritten) {
  const Statement* first = &*lend("SELECT 1;\n");
  EXPECT_EQ(&*lend("SELECT 1;\n"), first);
}

// A flag that is set while its PRAGMA is prepared would not be set again by a cached one.
TEST_F(StatementCacheTest, APragmaTakesEffectEachTime) {
  for (int round = 0; round < 2; ++round) {
    db().execute("PRAGMA foreign_keys = ON");
    EXPECT_EQ(db().query_one<int>("PRAGMA foreign_keys"), 1);
    db().execute("/* off */ -- now\n pragma foreign_keys = OFF");
    EXPECT_EQ(db().query_one<int>("PRAGMA foreign_keys"), 0);
  }
  EXPECT_EQ(cache.size(), 0u);
}

TEST_F(StatementCacheTest, ALeaseMayMoveAndAFailureLendsNothing) {
  {
    auto one = lend("SELECT 1");
    auto moved = std::move(one);
    EXPECT_TRUE(moved->step());
    EXPECT_NE(&*lend("SELECT 1"), &*moved);
  }
  EXPECT_THROW(lend("SELECT nope"), std::exception);
  EXPECT_EQ(cache.size(), 1u);
}

TEST_F(StatementCacheTest, CapacityZeroKeepsNothing) {
  StatementCache none(0);
  EXPECT_EQ(memory.db(&none).query_one<int>("SELECT 1"), 1);
  EXPECT_EQ(none.size(), 0u);
}

}  // namespace
}  // namespace cairn::sqlite
