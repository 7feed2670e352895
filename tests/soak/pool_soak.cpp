// A pool under 4 writing and 16 reading threads, with another process that writes without a pause.
//
//   pool_soak [SECONDS]
//
// Money moves between accounts. Every snapshot must hold the same sum, no call may fail, and in the end each
// writer's count in the file must be what the writer counted. Prints throughput and the longest waits.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/temp_dir.hpp"
#include "cairn/sql/pool.hpp"
#include "child.hpp"

namespace {

using namespace cairn::sql;
using Clock = std::chrono::steady_clock;

constexpr int kAccounts = 100, kWriters = 4, kReaders = 16, kOtherProcess = 100;
constexpr std::int64_t kSum = kAccounts * 1000;

std::atomic<int> failures{0};

void fail(const char* what) {
  if (++failures <= 10) std::fprintf(stderr, "FAILED: %s\n", what);
}

struct Timing {
  std::vector<float> ms;

  template <class Work>
  void time(Work&& work) {
    const Clock::time_point start = Clock::now();
    work();
    ms.push_back(std::chrono::duration<float, std::milli>(Clock::now() - start).count());
  }
  void print(const char* name, double seconds) {
    if (ms.empty()) return;
    std::sort(ms.begin(), ms.end());
    const auto at = [&](double share) { return ms[static_cast<std::size_t>(share * double(ms.size() - 1))]; };
    std::printf("%-24s %9.0f/s   median %.3f ms   99%% %.3f ms   99.9%% %.3f ms   longest %.1f ms\n", name,
                double(ms.size()) / seconds, at(0.5), at(0.99), at(0.999), at(1));
  }
};

void setup(Pool& pool) {
  pool.write([](Transaction& tx) {
    tx.execute_script(
        "CREATE TABLE account(id INTEGER PRIMARY KEY, balance INTEGER NOT NULL);"
        "CREATE TABLE done(writer INTEGER PRIMARY KEY, transfers INTEGER NOT NULL) WITHOUT ROWID");
    for (int id = 0; id < kAccounts; ++id) tx.execute("INSERT INTO account VALUES (?, 1000)", id);
    for (int id = 0; id < kWriters; ++id) tx.execute("INSERT INTO done VALUES (?, 0)", id);
    tx.execute("INSERT INTO done VALUES (?, 0)", kOtherProcess);
  });
}

struct ChangedMyMind {};

// One transfer in ten is given up half-way, one in ten makes a detour through a savepoint.
void transfer(Transaction& tx, int writer, std::mt19937& random) {
  const int from = static_cast<int>(random() % kAccounts), to = static_cast<int>(random() % kAccounts);
  const auto balance = tx.query_one<std::int64_t>("SELECT balance FROM account WHERE id = ?", from);
  const std::int64_t amount = balance / 2;
  tx.execute("UPDATE account SET balance = balance - ? WHERE id = ?", amount, from);
  const auto kind = random() % 10;
  if (kind == 0) throw ChangedMyMind();
  if (kind == 1) {
    Transaction detour(tx);
    detour.execute("UPDATE account SET balance = 0");
  }
  tx.execute("UPDATE account SET balance = balance + ? WHERE id = ?", amount, to);
  tx.execute("UPDATE done SET transfers = transfers + 1 WHERE writer = ?", writer);
}

std::int64_t write_until(Clock::time_point end, Pool& pool, int writer, Timing& timing) {
  std::mt19937 random(static_cast<unsigned>(writer) + 1);
  std::int64_t done = 0;
  while (Clock::now() < end) {
    try {
      timing.time([&] { pool.write([&](Transaction& tx) { transfer(tx, writer, random); }); });
      ++done;
    } catch (const ChangedMyMind&) {
    } catch (const std::exception& error) {
      fail(error.what());
    }
  }
  return done;
}

void read_until(Clock::time_point end, Pool& pool, Timing& timing) {
  while (Clock::now() < end) {
    try {
      timing.time([&] {
        pool.read([&](Connection& db) {
          const auto before = db.query_one<std::int64_t>("SELECT sum(transfers) FROM done");
          if (db.query_one<std::int64_t>("SELECT sum(balance) FROM account") != kSum)
            fail("a snapshot with another sum");
          if (db.query_one<std::int64_t>("SELECT sum(transfers) FROM done") != before)
            fail("a snapshot that moved");
        });
      });
    } catch (const std::exception& error) {
      fail(error.what());
    }
  }
}

int other_process(const std::string& path, int seconds) {
  Pool pool(ConnectOptions::agent(path));
  Timing timing;
  const std::int64_t done =
      write_until(Clock::now() + std::chrono::seconds(seconds), pool, kOtherProcess, timing);
  timing.print("the other process", seconds);
  std::fflush(stdout);
  if (pool.read([](Connection& db) {
        return db.query_one<std::int64_t>("SELECT transfers FROM done WHERE writer = ?", kOtherProcess);
      }) != done)
    fail("transfers of the other process were lost");
  return failures == 0 ? 0 : 1;
}

int soak(int seconds) {
  const cairn::TempDir dir;
  const std::string path = dir.file("soak.db");
  Pool pool(ConnectOptions::agent(path));
  setup(pool);
  const pid_t other =
      start_child({"pool_soak", "--other", path, std::to_string(seconds)}, dup(STDOUT_FILENO));

  const Clock::time_point end = Clock::now() + std::chrono::seconds(seconds);
  std::vector<Timing> timings(kWriters + kReaders);
  std::vector<std::int64_t> done(kWriters);
  std::vector<std::thread> threads;
  for (int i = 0; i < kWriters; ++i)
    threads.emplace_back(
        [&, i] { done[std::size_t(i)] = write_until(end, pool, i, timings[std::size_t(i)]); });
  for (int i = kWriters; i < kWriters + kReaders; ++i)
    threads.emplace_back([&, i] { read_until(end, pool, timings[std::size_t(i)]); });
  for (std::thread& thread : threads) thread.join();
  int status = 0;
  waitpid(other, &status, 0);
  if (status != 0) fail("the other process failed");

  Timing writes, reads;
  for (int i = 0; i < kWriters + kReaders; ++i) {
    std::vector<float>& all = i < kWriters ? writes.ms : reads.ms;
    all.insert(all.end(), timings[std::size_t(i)].ms.begin(), timings[std::size_t(i)].ms.end());
  }
  writes.print("writes", seconds);
  reads.print("reads", seconds);
  const auto [least, most] = std::minmax_element(done.begin(), done.end());
  std::printf("transfers per writing thread: %lld to %lld\n", static_cast<long long>(*least),
              static_cast<long long>(*most));
  const PoolMetrics metrics = pool.metrics();
  std::printf("longest wait for a lease: writer %.1f ms, reader %.1f ms; log %.1f MB\n",
              double(metrics.writer.wait_longest.count()) / 1e6,
              double(metrics.readers.wait_longest.count()) / 1e6,
              double(std::filesystem::file_size(path + "-wal")) / 1e6);

  const auto db = pool.reader();
  for (int i = 0; i < kWriters; ++i)
    if (db->query_one<std::int64_t>("SELECT transfers FROM done WHERE writer = ?", i) != done[std::size_t(i)])
      fail("transfers were lost");
  if (db->query_one<std::string>("PRAGMA integrity_check") != "ok") fail("integrity_check");
  std::printf("%d failures\n", failures.load());
  return failures == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 4 && std::string(argv[1]) == "--other") return other_process(argv[2], std::atoi(argv[3]));
  return soak(argc > 1 ? std::atoi(argv[1]) : 60);
}
