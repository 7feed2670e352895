#include "cairn/sql/row_stream.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <numeric>
#include <thread>
#include <vector>

#include "base/error_of.hpp"
#include "base/temp_dir.hpp"
#include "cairn/sql/async.hpp"
#include "cairn/sql/run_loop.hpp"

namespace cairn::sql {
namespace {

constexpr int kRows = 1000;

struct RowStreamTest : testing::Test {
  RowStreamTest() {
    pool.writer()->execute(
        "CREATE TABLE t AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
        "SELECT i FROM n",
        kRows);
  }

  RowStream<int> numbers(const StreamOptions& options = {}) {
    return async.stream<int>(
        [this](Connection& db, RowSink<int>& sink) {
          auto st = db.cached("SELECT i FROM t ORDER BY i");
          while (st->step()) {
            sink.push(st->get<int>(0));
            ++pushed;
          }
        },
        options);
  }

  TempDir dir;
  Pool pool{ConnectOptions::agent(dir.file("s.db")), {.readers = 1}};
  std::atomic<int> pushed = 0;
  RunLoop loop;
  AsyncPool async{pool};
};

TEST_F(RowStreamTest, AllRowsInOrderInBatches) {
  RowStream<int> stream = numbers({.batch_rows = 64});
  std::vector<int> all;
  while (const auto batch = stream.next()) {
    EXPECT_TRUE(batch->size() == 64 || batch->size() == kRows % 64);
    all.insert(all.end(), batch->begin(), batch->end());
  }
  std::vector<int> expected(kRows);
  std::iota(expected.begin(), expected.end(), 1);
  EXPECT_EQ(all, expected);
  EXPECT_FALSE(stream.next()) << "the end stays the end";
}

TEST_F(RowStreamTest, InACoroutine) {
  const auto sum = [](RowStream<int> stream, RunLoop& loop_) -> Task<int> {
    int total = 0;
    while (const auto batch = co_await stream.next_on(loop_))
      total = std::accumulate(batch->begin(), batch->end(), total);
    co_return total;
  };
  EXPECT_EQ(loop.run(sum(numbers({.batch_rows = 10, .batches = 1}), loop)), kRows * (kRows + 1) / 2);
}

TEST_F(RowStreamTest, TheQueryWaitsForItsReader) {
  RowStream<int> stream = numbers({.batch_rows = 10, .batches = 2});
  ASSERT_TRUE(stream.next());
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_LE(pushed, 10 * (1 + 2 + 1)) << "one batch taken, two waiting, one being made";
}

TEST_F(RowStreamTest, ALimitEndsAQueryWhoseReaderIsBehind) {
  const auto endless = [](Connection&, RowSink<int>& sink) {
    while (true) sink.push(1);
  };
  const auto drained = [](RowStream<int>& stream) {
    return error_of([&] {
      while (stream.next()) {
      }
    });
  };
  auto late = async.stream<int>(
      endless, {},
      {.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(30), .stop = {}});
  while (pool.metrics().readers.leased > 0 || pool.metrics().readers.acquires == 0) std::this_thread::yield();
  EXPECT_EQ(drained(late).code(), ErrorCode::timeout);

  std::stop_source stop;
  auto stopped = async.stream<int>(endless, {}, {.deadline = std::nullopt, .stop = stop.get_token()});
  while (pool.metrics().readers.leased == 0) std::this_thread::yield();
  stop.request_stop();
  while (pool.metrics().readers.leased > 0) std::this_thread::yield();
  EXPECT_EQ(drained(stopped).code(), ErrorCode::interrupted);
}

TEST_F(RowStreamTest, ADroppedStreamEndsItsQuery) {
  { RowStream<int> stream = numbers({.batch_rows = 10}); }
  // There is one reader: it must become free.
  EXPECT_EQ(
      async.read([](Connection& db) { return db.query_one<int>("SELECT count(*) FROM t"); }).future().get(),
      kRows);
  EXPECT_LT(pushed, kRows);
}

TEST_F(RowStreamTest, AnErrorComesAfterTheRowsBeforeIt) {
  auto stream = async.stream<int>([](Connection& db, RowSink<int>& sink) {
    sink.push(1);
    sink.flush();
    db.execute("SELECT nope");
  });
  const auto batch = stream.next();
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->size(), 1u);
  EXPECT_EQ(error_of([&] { (void)stream.next(); }).code(), ErrorCode::sql);
}

TEST_F(RowStreamTest, ClosingEndsAStreamWhoseReaderDawdles) {
  std::optional<AsyncPool> closing(std::in_place, pool);
  auto stream = closing->stream<int>(
      [](Connection&, RowSink<int>& sink) {
        for (int i = 0; i < kRows; ++i) sink.push(i);
      },
      {.batch_rows = 1, .batches = 1});
  ASSERT_TRUE(stream.next());
  closing.reset();
  while (error_of([&] { (void)stream.next(); }).code() != ErrorCode::closed) continue;
}

}  // namespace
}  // namespace cairn::sql
