// What a lease and a trip to another thread cost, beside the look-up that they are for.
//
//   pool_bench [ROUNDS]
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "cairn/sql/async.hpp"
#include "cairn/sql/run_loop.hpp"

namespace {

using namespace cairn::sql;

template <class Work>
void measure(const char* name, int rounds, Work&& work) {
  const auto start = std::chrono::steady_clock::now();
  work(rounds);
  const auto took =
      std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
  std::printf("%-52s %9.3f us\n", name, took / rounds);
}

std::int64_t look_up(Connection& db) {
  auto st = db.cached("SELECT x FROM t WHERE rowid = ?");
  st->bind(1, 50).step();
  return st->get<std::int64_t>(0);
}

Task<> trips(AsyncPool& async, RunLoop& loop, int rounds) {
  for (int i = 0; i < rounds; ++i) co_await async.read(look_up).resume_on(loop);
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 100'000;
  char folder[] = "/tmp/cairn-pool-bench-XXXXXX";
  if (!mkdtemp(folder)) return 1;
  const std::string path = std::string(folder) + "/bench.db";
  {
    Pool pool(ConnectOptions::agent(path));
    AsyncPool async(pool);
    RunLoop loop;
    pool.write([](Transaction& tx) {
      tx.execute(
          "CREATE TABLE t AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 100) "
          "SELECT x FROM n");
    });

    measure("acquire and release", 10 * rounds, [&](int n) {
      for (int i = 0; i < n; ++i) const auto lease = pool.reader();
    });
    measure("the same by 4 threads with 4 readers, per lease", 10 * rounds, [&](int n) {
      std::vector<std::thread> threads;
      for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
          for (int i = 0; i < n / 4; ++i) const auto lease = pool.reader();
        });
      for (std::thread& thread : threads) thread.join();
    });
    auto db = std::make_unique<PooledConnection>(pool.reader());
    measure("look-up by rowid, cached statement", rounds, [&](int n) {
      for (int i = 0; i < n; ++i) look_up(**db);
    });
    db.reset();
    measure("pool.read: lease, transaction, look-up", rounds, [&](int n) {
      for (int i = 0; i < n; ++i) pool.read(look_up);
    });
    measure("async.read(look-up).future().get()", rounds / 10, [&](int n) {
      for (int i = 0; i < n; ++i) async.read(look_up).future().get();
    });
    measure("co_await async.read(look-up).resume_on(loop)", rounds / 10,
            [&](int n) { loop.run(trips(async, loop, n)); });
    measure("the same, 8 coroutines at once, per trip", rounds / 10, [&](int n) {
      std::vector<std::future<void>> tasks;
      for (int t = 0; t < 7; ++t) tasks.push_back(spawn(loop, trips(async, loop, n / 8)));
      loop.run(trips(async, loop, n / 8));
      for (auto& task : tasks)
        while (task.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
          loop.run(trips(async, loop, 1));
    });
  }
  for (const char* suffix : {"", "-wal", "-shm"}) std::remove((path + suffix).c_str());
  std::remove(folder);
}
