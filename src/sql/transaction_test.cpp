#include "cairn/sql/transaction.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>

#include "base/error_of.hpp"
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

TEST_F(TransactionTest, CommitSaysThatAStatementEndedTheTransaction) {
  Transaction tx(db);
  tx.execute("INSERT INTO t VALUES (1)");
  EXPECT_THROW(tx.execute("INSERT OR ROLLBACK INTO t VALUES (1)"), Error);
  const Error nested = error_of([&] { Transaction inner(tx); });
  EXPECT_NE(std::string(nested.what()).find("ended the transaction"), std::string::npos) << nested.what();
  EXPECT_FALSE(db.in_transaction()) << "an inner one must not begin anew";
  EXPECT_EQ(error_of([&] { tx.commit(); }).code(), ErrorCode::sql);
}

TEST_F(TransactionTest, AnOuterOneCannotCommitOverAnInnerOne) {
  auto outer = std::make_unique<Transaction>(db);
  auto inner = std::make_unique<Transaction>(*outer);
  inner->execute("INSERT INTO t VALUES (1)");
  EXPECT_EQ(error_of([&] { outer->commit(); }).code(), ErrorCode::invalid_argument);
  outer.reset();  // takes the inner one with it
  EXPECT_FALSE(inner->is_open());
  EXPECT_EQ(error_of([&] { inner->commit(); }).code(), ErrorCode::invalid_argument);
  inner.reset();
  EXPECT_EQ(count(), 0);
  EXPECT_FALSE(db.in_transaction());
}

TEST_F(TransactionTest, InsideATransactionBegunBySqlItIsASavepoint) {
  db.execute("BEGIN");
  {
    Transaction tx(db);
    tx.execute("INSERT INTO t VALUES (1)");
  }
  Transaction(db, TransactionMode::exclusive).commit();
  EXPECT_TRUE(db.in_transaction());
  db.execute("COMMIT");
  EXPECT_EQ(count(), 0);
}

TEST_F(TransactionTest, ADeferredForeignKeyCanBeMendedAndCommittedAgain) {
  db.execute_script("CREATE TABLE child(t REFERENCES t(x) DEFERRABLE INITIALLY DEFERRED)");
  Transaction tx(db);
  tx.execute("INSERT INTO child VALUES (5)");
  EXPECT_EQ(error_of([&] { tx.commit(); }).code(), ErrorCode::foreign_key);
  EXPECT_TRUE(tx.is_open());
  tx.execute("INSERT INTO t VALUES (5)");
  tx.commit();
  EXPECT_EQ(count(), 1);
}

TEST_F(TransactionTest, ClosuresCommitOnReturnAndRollBackOnException) {
  const auto insert = [](Transaction& tx) {
    tx.execute("INSERT INTO t VALUES (?)", tx.query_one<int>("SELECT count(*) FROM t"));
    return tx.last_insert_rowid();
  };
  EXPECT_EQ(transaction(db, insert), 1);
  EXPECT_THROW(transaction(db,
                           [&](Transaction& tx) {
                             insert(tx);
                             throw std::runtime_error("no");
                           }),
               std::runtime_error);
  EXPECT_EQ(count(), 1);
  transaction(db, [&](Transaction& tx) {
    insert(tx);
    EXPECT_THROW(transaction(tx, [&](Transaction& inner) { insert(inner), throw std::runtime_error("no"); }),
                 std::runtime_error);
    EXPECT_EQ(transaction(tx, insert), 3);
  });
  EXPECT_EQ(count(), 3);
  transaction(db, [&](Transaction& tx) {
    insert(tx);
    tx.rollback();
  });
  EXPECT_EQ(count(), 3);
}

struct TransactionLock : testing::Test {
  TransactionLock() {
    options.busy_timeout = std::chrono::milliseconds(1);
    one.emplace(options);
    two.emplace(options);
    one->execute_script("CREATE TABLE t(x); INSERT INTO t VALUES (0)");
  }
  TempDir dir;
  ConnectOptions options = ConnectOptions::agent(dir.file("a.db"));
  std::optional<Connection> one, two;
};

TEST_F(TransactionLock, ImmediateTakesTheWriteLockAtOnce) {
  Transaction tx(*one);
  EXPECT_EQ(error_of([&] { Transaction blocked(*two); }).code(), ErrorCode::busy);
  Transaction reading(*two, TransactionMode::deferred);
  EXPECT_EQ(reading.query_one<int>("SELECT x FROM t"), 0);
}

TEST_F(TransactionLock, BusyIsTriedAgainWithABound) {
  std::optional<Transaction> blocker(std::in_place, *one);
  const auto never = [](Transaction&) {};
  EXPECT_EQ(error_of([&] { write_transaction(*two, never, {.attempts = 2}); }).code(), ErrorCode::busy);

  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    blocker.reset();
  });
  int runs = 0;
  const int x = write_transaction(*two,
                                  [&](Transaction& tx) {
                                    tx.execute("UPDATE t SET x = x + 1");
                                    // As a busy COMMIT would do without WAL.
                                    if (++runs < 3) throw Error(ErrorCode::busy, "once more");
                                    return tx.query_one<int>("SELECT x FROM t");
                                  },
                                  {.attempts = 1000});
  other.join();
  EXPECT_EQ(x, 1) << "each attempt starts on a clean database";
  EXPECT_EQ(runs, 3);
}

TEST_F(TransactionLock, InsideATransactionThereIsNoSecondAttempt) {
  Transaction outer(*one);
  int runs = 0;
  const auto busy = [&](Transaction&) {
    ++runs;
    throw Error(ErrorCode::busy, "for the test");
  };
  EXPECT_THROW(write_transaction(outer, busy), Error);
  EXPECT_EQ(runs, 1);
}

}  // namespace
}  // namespace cairn::sql
