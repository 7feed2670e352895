#include "cairn/sql/pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/error_of.hpp"
#include "base/temp_dir.hpp"
#include "cairn/sql/transaction.hpp"

namespace cairn::sql {
namespace {

TEST(Pool, ReadersReadAndCannotWrite) {
  TempDir dir;
  Pool pool(ConnectOptions::agent(dir.file("p.db")));
  pool.writer()->execute_script("CREATE TABLE t(x); INSERT INTO t VALUES (7)");
  auto reader = pool.reader();
  EXPECT_EQ(reader->query_one<int>("SELECT x FROM t"), 7);
  EXPECT_EQ(error_of([&] { reader->execute("DELETE FROM t"); }).code(), ErrorCode::read_only);
  EXPECT_EQ(reader->query_one<int>("PRAGMA cache_size"), -64000) << "options must reach every connection";
}

TEST(Pool, AMemoryDatabaseIsSharedAndLivesAsLongAsThePool) {
  Pool pool(ConnectOptions{}, {.readers = 2});
  pool.writer()->execute_script("CREATE TABLE t(x); INSERT INTO t VALUES (1)");
  auto one = pool.reader();
  auto two = pool.reader();
  EXPECT_EQ(one->query_one<int>("SELECT count(*) FROM t"), 1);
  EXPECT_EQ(two->query_one<int>("SELECT count(*) FROM t"), 1);
  Pool other(ConnectOptions{});
  EXPECT_EQ(other.reader()->query_one<int>("SELECT count(*) FROM sqlite_schema"), 0);
}

TEST(Pool, ALeaseThatDiesInsideATransactionRollsItBack) {
  Pool pool(ConnectOptions{});
  pool.writer()->execute("CREATE TABLE t(x)");
  pool.writer()->execute_script("BEGIN; INSERT INTO t VALUES (1)");
  EXPECT_EQ(pool.writer()->query_one<int>("SELECT count(*) FROM t"), 0);
}

TEST(Pool, TimesOutAndCloses) {
  Pool pool(ConnectOptions{}, {.acquire_timeout = std::chrono::milliseconds(5)});
  {
    auto held = pool.writer();
    EXPECT_EQ(error_of([&] { pool.writer(); }).code(), ErrorCode::timeout);
  }
  EXPECT_NO_THROW(pool.writer());
  pool.close();
  EXPECT_EQ(error_of([&] { pool.reader(); }).code(), ErrorCode::closed);
}

TEST(Pool, CloseWakesWhoWaitsAndLeasesOutliveIt) {
  auto pool = std::make_unique<Pool>(ConnectOptions{});
  auto held = pool->writer();
  std::atomic<bool> closed{false};
  std::thread waiter([&] { closed = error_of([&] { pool->writer(); }).code() == ErrorCode::closed; });
  pool->close();
  waiter.join();
  EXPECT_TRUE(closed);
  pool.reset();
  EXPECT_EQ(held->query_one<int>("SELECT 1"), 1);
}

TEST(Pool, ManyThreadsWriteAndReadWithoutAnError) {
  TempDir dir;
  Pool pool(ConnectOptions::agent(dir.file("busy.db")), {.readers = 3});
  pool.writer()->execute_script("CREATE TABLE t(x); INSERT INTO t VALUES (0)");
  constexpr int kWriters = 4, kRounds = 50;
  std::atomic<int> errors{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kWriters; ++i)
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        try {
          auto db = pool.writer();
          Transaction tx(*db);
          const int x = db->query_one<int>("SELECT x FROM t");
          db->execute("UPDATE t SET x = ?", x + 1);
          tx.commit();
        } catch (const Error&) {
          ++errors;
        }
      }
    });
  for (int i = 0; i < 6; ++i)
    threads.emplace_back([&] {
      int last = 0;
      for (int round = 0; round < kRounds; ++round) {
        try {
          const int x = pool.reader()->query_one<int>("SELECT x FROM t");
          if (x < last) ++errors;
          last = x;
        } catch (const Error&) {
          ++errors;
        }
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(errors, 0);
  EXPECT_EQ(pool.reader()->query_one<int>("SELECT x FROM t"), kWriters * kRounds);
}

TEST(Pool, TheLongestTimeoutsMeanForever) {
  TempDir dir;
  auto options = ConnectOptions::agent(dir.file("p.db"));
  options.busy_timeout = std::chrono::milliseconds::max();
  Pool pool(options, {.readers = 1, .acquire_timeout = std::chrono::milliseconds::max()});
  auto writer = std::make_unique<PooledConnection>(pool.writer());
  EXPECT_GT((*writer)->query_one<int>("PRAGMA busy_timeout"), 0);
  std::atomic<bool> waited = false;
  std::thread other([&] { waited = error_of([&] { pool.writer(); }).code() == ErrorCode{0}; });
  writer.reset();
  other.join();
  EXPECT_TRUE(waited);
}

}  // namespace
}  // namespace cairn::sql
