#include "cairn/sql/async.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/error_of.hpp"
#include "base/temp_dir.hpp"
#include "cairn/sql/run_loop.hpp"

namespace cairn::sql {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr const char* kEndless =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

struct AsyncTest : testing::Test {
  AsyncTest() { pool.writer()->execute_script("CREATE TABLE t(x); INSERT INTO t VALUES (1)"); }

  static int count(Connection& db) { return db.query_one<int>("SELECT count(*) FROM t"); }
  static void insert(Transaction& tx) { tx.execute("INSERT INTO t VALUES (2)"); }

  TempDir dir;
  Pool pool{ConnectOptions::agent(dir.file("a.db")), {.readers = 2}};
  RunLoop loop;
  AsyncPool async{pool};
};

// Keeps the writer until it is told to go on.
struct Blocker {
  explicit Blocker(AsyncPool& async) {
    std::promise<void> running;
    std::future<void> runs = running.get_future();
    done = async
               .write([this, running = std::move(running)](Transaction&) mutable {
                 running.set_value();
                 go.get_future().wait();
               })
               .future();
    runs.wait();
  }
  std::promise<void> go;
  std::future<void> done;
};

TEST_F(AsyncTest, Futures) {
  async.write(insert).future().get();
  EXPECT_EQ(async.read(count).future().get(), 2);
  auto failed = async
                    .write([](Transaction& tx) {
                      insert(tx);
                      throw std::runtime_error("no");
                    })
                    .future();
  EXPECT_THROW(failed.get(), std::runtime_error);
  EXPECT_EQ(async.read(count).future().get(), 2) << "what threw is rolled back";
}

TEST_F(AsyncTest, Callbacks) {
  std::promise<int> seen;
  async.read(count).then([&](Outcome<int> outcome) { seen.set_value(outcome.get()); });
  EXPECT_EQ(seen.get_future().get(), 1);
  std::promise<bool> failed;
  async.read([](Connection& db) { db.execute("DELETE FROM t"); }).then([&](Outcome<void> outcome) {
    failed.set_value(!outcome.ok() && error_of([&] { outcome.get(); }).code() == ErrorCode::read_only);
  });
  EXPECT_TRUE(failed.get_future().get());
}

Task<int> insert_and_count(AsyncPool& async, RunLoop& loop, std::thread::id& database,
                           std::thread::id& after) {
  co_await async.write(AsyncTest::insert).resume_on(loop);
  const int n = co_await async
                    .read([&database](Connection& db) {
                      database = std::this_thread::get_id();
                      return AsyncTest::count(db);
                    })
                    .resume_on(loop);
  after = std::this_thread::get_id();
  co_return n;
}

TEST_F(AsyncTest, CoroutinesGoOnWhereTheCallerSays) {
  std::thread::id database, after;
  EXPECT_EQ(loop.run(insert_and_count(async, loop, database, after)), 2);
  EXPECT_NE(database, std::this_thread::get_id());
  EXPECT_EQ(after, std::this_thread::get_id());
}

TEST_F(AsyncTest, CoroutinesGetExceptions) {
  const auto fail = [](AsyncPool& pool_, RunLoop& loop_) -> Task<std::string> {
    try {
      co_await pool_.read([](Connection& db) { db.execute("SELECT nope"); }).resume_on(loop_);
    } catch (const Error& error) {
      co_return error.what();
    }
    co_return "";
  };
  EXPECT_NE(loop.run(fail(async, loop)).find("nope"), std::string::npos);
}

TEST_F(AsyncTest, MoveOnlyClosuresAndResults) {
  auto text = std::make_unique<std::string>("moved");
  auto result =
      async.read([text = std::move(text)](Connection&) mutable { return std::move(text); }).future();
  EXPECT_EQ(*result.get(), "moved");
}

TEST_F(AsyncTest, ADeadlineEndsAQueryAndCountsTheWaiting) {
  const auto endless = [](Connection& db) { return db.query_one<int>(kEndless); };
  auto running = async.read(endless, {.deadline = Clock::now() + milliseconds(20), .stop = {}}).future();
  EXPECT_EQ(error_of([&] { running.get(); }).code(), ErrorCode::timeout);

  Blocker blocker(async);
  std::atomic<bool> ran = false;
  auto waiting =
      async.write([&](Transaction&) { ran = true; }, {.deadline = Clock::now() + milliseconds(5), .stop = {}})
          .future();
  std::this_thread::sleep_for(milliseconds(10));
  blocker.go.set_value();
  EXPECT_EQ(error_of([&] { waiting.get(); }).code(), ErrorCode::timeout);
  EXPECT_FALSE(ran);
}

TEST_F(AsyncTest, AStopEndsThatOperationOnly) {
  const auto endless = [](Connection& db) { return db.query_one<int>(kEndless); };
  std::stop_source stop, other;
  auto stopped = async.read(endless, {.deadline = {}, .stop = stop.get_token()}).future();
  auto running = async.read(endless, {.deadline = {}, .stop = other.get_token()}).future();
  stop.request_stop();
  EXPECT_EQ(error_of([&] { stopped.get(); }).code(), ErrorCode::interrupted);
  EXPECT_EQ(running.wait_for(milliseconds(20)), std::future_status::timeout);
  other.request_stop();
  EXPECT_EQ(error_of([&] { running.get(); }).code(), ErrorCode::interrupted);
  EXPECT_EQ(async.read(count).future().get(), 1) << "the connection is none the worse";
}

TEST_F(AsyncTest, AStopRollsAWriteBack) {
  std::stop_source stop;
  auto stopped = async
                     .write(
                         [&](Transaction& tx) {
                           insert(tx);
                           stop.request_stop();
                           return tx.query_one<int>(kEndless);
                         },
                         {.deadline = {}, .stop = stop.get_token()})
                     .future();
  EXPECT_EQ(error_of([&] { stopped.get(); }).code(), ErrorCode::interrupted);
  EXPECT_EQ(async.read(count).future().get(), 1);
}

// The connection is held by somebody who uses the pool directly.
TEST_F(AsyncTest, AStopEndsTheWaitForAConnection) {
  const auto held = pool.writer();
  std::stop_source stop;
  auto waiting = async.write(insert, {.deadline = std::nullopt, .stop = stop.get_token()}).future();
  while (pool.metrics().writer.waiting == 0) std::this_thread::yield();
  stop.request_stop();
  EXPECT_EQ(error_of([&] { waiting.get(); }).code(), ErrorCode::interrupted);
}

TEST_F(AsyncTest, ALoopEndsWithATaskThatEndedElsewhere) {
  RunLoop other;
  std::atomic<bool> stop = false;
  std::thread elsewhere([&] {
    while (!stop) {
      other.run([]() -> Task<> { co_return; }());
      std::this_thread::yield();
    }
  });
  const auto task = [](AsyncPool& pool_, RunLoop& last) -> Task<int> {
    co_return co_await pool_.read(count).resume_on(last);
  };
  EXPECT_EQ(loop.run(task(async, other)), 1);
  stop = true;
  elsewhere.join();
}

TEST_F(AsyncTest, AFullQueueSaysSoAtOnce) {
  AsyncPool small(pool, {.max_pending = 1});
  Blocker blocker(small);
  auto waits = small.write(insert).future();
  auto refused = small.write(insert).future();
  EXPECT_EQ(error_of([&] { refused.get(); }).code(), ErrorCode::busy);
  blocker.go.set_value();
  waits.get();
}

TEST_F(AsyncTest, ClosingFailsWhatWaitsAndFinishesWhatRuns) {
  std::optional<AsyncPool> closing(std::in_place, pool);
  Blocker blocker(*closing);
  auto waits = closing->write(insert).future();
  const auto write = [](AsyncPool& pool_, RunLoop& loop_) -> Task<> {
    co_await pool_.write(insert).resume_on(loop_);
  };
  auto waits_too = spawn(loop, write(*closing, loop));
  loop.run([]() -> Task<> { co_return; }());
  closing->close();
  EXPECT_EQ(error_of([&] { waits.get(); }).code(), ErrorCode::closed);
  loop.run([]() -> Task<> { co_return; }());
  EXPECT_EQ(error_of([&] { waits_too.get(); }).code(), ErrorCode::closed);
  auto late = closing->read(count).future();
  EXPECT_EQ(error_of([&] { late.get(); }).code(), ErrorCode::closed);
  blocker.go.set_value();
  closing.reset();
  EXPECT_NO_THROW(blocker.done.get());
}

// A task dropped in mid-operation, in its loop's thread, is not resumed; its work is done all the same.
TEST_F(AsyncTest, ADroppedTaskIsNotResumed) {
  bool resumed = false;
  Blocker blocker(async);
  {
    const auto write = [](AsyncPool& pool_, RunLoop& loop_, bool& flag) -> Task<> {
      co_await pool_.write(insert).resume_on(loop_);
      flag = true;
    };
    Task<> task = write(async, loop, resumed);
    auto awaiting = std::move(task).operator co_await();
    awaiting.await_suspend(std::noop_coroutine()).resume();
  }
  blocker.go.set_value();
  async.write([](Transaction&) {}).future().get();
  loop.run([]() -> Task<> { co_return; }());
  EXPECT_FALSE(resumed);
  EXPECT_EQ(async.read(count).future().get(), 2);
}

TEST_F(AsyncTest, SharesItsPoolWithDirectUsers) {
  auto held = std::make_unique<PooledConnection>(pool.writer());
  auto waits = async.write(insert).future();
  EXPECT_EQ(waits.wait_for(milliseconds(5)), std::future_status::timeout);
  held.reset();
  EXPECT_NO_THROW(waits.get());
}

Task<int> many(AsyncPool& async, RunLoop& loop, int rounds) {
  int sum = 0;
  for (int i = 0; i < rounds; ++i) {
    co_await async.write(AsyncTest::insert).resume_on(loop);
    sum +=
        co_await async.read([](Connection& db) { return AsyncTest::count(db) > 0 ? 1 : 0; }).resume_on(loop);
  }
  co_return sum;
}

TEST_F(AsyncTest, ManyAtOnce) {
  constexpr int kTasks = 8, kRounds = 25;
  std::vector<std::future<int>> tasks;
  for (int i = 0; i < kTasks; ++i) tasks.push_back(spawn(loop, many(async, loop, kRounds)));
  std::vector<std::thread> threads;
  std::atomic<int> errors = 0;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        try {
          async.write(insert).future().get();
          if (async.read(count).future().get() < 1) ++errors;
        } catch (...) {
          ++errors;
        }
      }
    });
  EXPECT_EQ(loop.run(many(async, loop, kRounds)), kRounds);
  for (std::thread& thread : threads) thread.join();
  for (std::future<int>& task : tasks) {
    while (task.wait_for(milliseconds(0)) != std::future_status::ready) loop.run(many(async, loop, 1));
    EXPECT_EQ(task.get(), kRounds);
  }
  EXPECT_EQ(errors, 0);
}

}  // namespace
}  // namespace cairn::sql

#ifdef __SANITIZE_THREAD__
// An exception that std::future carries is freed by whichever thread lets go of it last. Its counter is
// atomic, but lives in libstdc++.so, where ThreadSanitizer does not see it.
extern "C" __attribute__((visibility("default"))) const char* __tsan_default_suppressions() {
  return "race:std::__exception_ptr::exception_ptr::_M_release\n";
}
#endif
