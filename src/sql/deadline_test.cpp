#include "cairn/sql/deadline.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "base/error_of.hpp"
#include "base/temp_dir.hpp"
#include "cairn/sql/transaction.hpp"

namespace cairn::sql {
namespace {

using namespace std::chrono_literals;

// Runs until it is stopped.
constexpr const char* endless =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

TEST(OperationLimit, StopsAtItsDeadline) {
  Connection db(ConnectOptions{});
  {
    OperationLimit limit(db, 20ms);
    const Error error = error_of([&] { limit.run([&] { db.execute(endless); }); });
    EXPECT_EQ(error.code(), ErrorCode::timeout) << error.what();
    EXPECT_NE(std::string(error.what()).find("count(*)"), std::string::npos) << error.what();
    EXPECT_EQ(error_of([&] { OperationLimit(db, 1h); }).code(), ErrorCode::timeout);
  }
  EXPECT_EQ(db.query_one<int>("SELECT 1"), 1);
}

TEST(OperationLimit, LeavesWhatIsInTimeAlone) {
  Connection db(ConnectOptions{});
  OperationLimit limit(db, std::chrono::milliseconds::max());
  EXPECT_EQ(limit.run([&] { return db.query_one<int>("SELECT 7"); }), 7);
  EXPECT_EQ(error_of([&] { limit.run([&] { db.execute("SELECT nope"); }); }).code(), ErrorCode::sql);
}

TEST(OperationLimit, StopsWhenItIsToldTo) {
  Connection db(ConnectOptions{});
  std::stop_source source;
  OperationLimit limit(db, {.stop = source.get_token()});
  std::jthread other([&source] { source.request_stop(); });
  const Error error = error_of([&] { limit.run([&] { db.execute(endless); }); });
  EXPECT_EQ(error.code(), ErrorCode::interrupted);
  EXPECT_TRUE(std::string(error.what()).starts_with("cancelled")) << error.what();
  EXPECT_EQ(error_of([&] { OperationLimit(db, {.stop = source.get_token()}); }).code(),
            ErrorCode::interrupted);
}

TEST(OperationLimit, TheNearestOfNestedOnesWins) {
  Connection db(ConnectOptions{});
  OperationLimit outer(db, 1h);
  {
    OperationLimit inner(db, 10ms);
    const Error error = error_of([&] { outer.run([&] { inner.run([&] { db.execute(endless); }); }); });
    EXPECT_EQ(error.code(), ErrorCode::timeout);
  }
  EXPECT_EQ(outer.run([&] { return db.query_one<int>("SELECT 1"); }), 1);

  OperationLimit near(db, 10ms);
  OperationLimit far(db, 1h);
  const Error error = error_of([&] { near.run([&] { far.run([&] { db.execute(endless); }); }); });
  EXPECT_EQ(error.code(), ErrorCode::timeout);
}

TEST(OperationLimit, BoundsTheWaitForALock) {
  TempDir dir;
  Connection holder(ConnectOptions::agent(dir.file("a.db")));
  holder.execute("CREATE TABLE t(x)");
  ConnectOptions patient = ConnectOptions::agent(dir.file("a.db"));
  patient.busy_timeout = std::chrono::hours(1);
  Connection waiter(patient);
  Transaction lock(holder);
  OperationLimit limit(waiter, 20ms);
  const Error error = error_of([&] { limit.run([&] { Transaction tx(waiter); }); });
  EXPECT_EQ(error.code(), ErrorCode::timeout) << error.what();
}

TEST(OperationLimit, DoesNotLengthenTheWaitForALock) {
  TempDir dir;
  Connection holder(ConnectOptions::agent(dir.file("a.db")));
  ConnectOptions hasty = ConnectOptions::agent(dir.file("a.db"));
  hasty.busy_timeout = 10ms;
  Connection waiter(hasty);
  Transaction lock(holder);
  {
    OperationLimit limit(waiter, 1h);
    EXPECT_EQ(error_of([&] { limit.run([&] { Transaction tx(waiter); }); }).code(), ErrorCode::busy);
  }
  EXPECT_EQ(error_of([&] { Transaction tx(waiter); }).code(), ErrorCode::busy);
}

TEST(OperationLimit, WaitsForALockThatIsReleasedInTime) {
  TempDir dir;
  Connection holder(ConnectOptions::agent(dir.file("a.db")));
  Connection waiter(ConnectOptions::agent(dir.file("a.db")));
  auto lock = std::make_unique<Transaction>(holder);
  OperationLimit limit(waiter, 1h);
  std::jthread other([&lock] {
    std::this_thread::sleep_for(20ms);  // so that the waiter does wait
    lock.reset();
  });
  limit.run([&] { Transaction(waiter).commit(); });
}

TEST(OperationLimit, SharesTheProgressHandlerWithTheUsersOwn) {
  Connection db(ConnectOptions{});
  int calls = 0;
  db.on_progress(2500, [&calls] { return ++calls < 10; });
  {
    OperationLimit limit(db, 1h);
    EXPECT_EQ(error_of([&] { limit.run([&] { db.execute(endless); }); }).code(), ErrorCode::interrupted);
    EXPECT_EQ(calls, 10);
    db.on_progress(100, [] { return true; });
    OperationLimit inner(db, 10ms);
    EXPECT_EQ(error_of([&] { inner.run([&] { db.execute(endless); }); }).code(), ErrorCode::timeout);
  }
  calls = 0;
  db.on_progress(2500, [&calls] { return ++calls < 10; });
  EXPECT_EQ(error_of([&] { db.execute(endless); }).code(), ErrorCode::interrupted);
  EXPECT_EQ(calls, 10);
}

TEST(OperationLimit, AnUnfinishedTransactionIsUndone) {
  Connection db(ConnectOptions{});
  db.execute("CREATE TABLE t(x)");
  OperationLimit limit(db, 20ms);
  const Error error = error_of([&] {
    limit.run([&] {
      Transaction tx(db);
      db.execute("INSERT INTO t VALUES (1)");
      db.execute(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) INSERT INTO t SELECT i FROM n");
      tx.commit();
    });
  });
  EXPECT_EQ(error.code(), ErrorCode::timeout);
  EXPECT_FALSE(db.in_transaction());
  EXPECT_EQ(db.query_one<int>("SELECT count(*) FROM t"), 0);
}

}  // namespace
}  // namespace cairn::sql
