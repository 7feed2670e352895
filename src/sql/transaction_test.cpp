#include "cairn/sql/transaction.hpp"

#include <gtest/gtest.h>

#include "base/temp_dir.hpp"
#include "cairn/error.hpp"
#include "cairn/sql/connection.hpp"

namespace cairn::sql {
namespace {

struct TransactionTest : testing::Test {
  TransactionTest() { db.execute("CREATE TABLE t(x UNIQUE)"); }
  int count() const { return db.query_one<int>("SELECT count(*) FROM t"); }
  Connection db{ConnectOptions{}};
};

TEST_F(TransactionTest, RollsBackUnlessCommitted) {
  {
    Transaction tx(db);
    db.execute("INSERT INTO t VALUES (1)");
  }
  EXPECT_EQ(count(), 0);
  Transaction tx(db);
  db.execute("INSERT INTO t VALUES (1)");
  tx.commit();
  EXPECT_FALSE(db.in_transaction());
  EXPECT_EQ(count(), 1);
}

TEST_F(TransactionTest, NestedOnesAreSavepoints) {
  Transaction outer(db);
  db.execute("INSERT INTO t VALUES (1)");
  {
    Transaction middle(db);
    db.execute("INSERT INTO t VALUES (2)");
    {
      Transaction inner(db);
      db.execute("INSERT INTO t VALUES (3)");
      inner.commit();
    }
    EXPECT_EQ(count(), 3);
  }
  EXPECT_EQ(count(), 1);
  outer.commit();
  EXPECT_EQ(count(), 1);
}

TEST_F(TransactionTest, SurvivesAnErrorThatEndedTheTransaction) {
  Transaction tx(db);
  db.execute("INSERT INTO t VALUES (1)");
  EXPECT_THROW(db.execute("INSERT OR ROLLBACK INTO t VALUES (1)"), Error);
  EXPECT_FALSE(db.in_transaction());
  tx.rollback();
  EXPECT_EQ(count(), 0);
}

TEST(TransactionLock, ImmediateTakesTheWriteLockAtOnce) {
  TempDir dir;
  ConnectOptions options = ConnectOptions::agent(dir.file("a.db"));
  options.busy_timeout = std::chrono::milliseconds(1);
  Connection one(options);
  Connection two(options);
  Transaction tx(one);
  try {
    Transaction blocked(two);
    FAIL() << "a second writer got the lock";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::busy);
  }
}

}  // namespace
}  // namespace cairn::sql
