// What a lease and a trip to another thread cost: the pool and its asynchronous use, on the file that
// sql_bench made.
//
//   pool_bench FILE [ROUNDS] [ROWS]
//
// Prints one JSON object (sql_task.hpp). acquire: a reader, and giving it back; acquire_by_4: the same by
// four threads with four readers, per lease; pooled_look_up: pool.read, so a lease, a transaction and a
// look-up; trip_future: async.read of a look-up, waited for; trip: the same, resumed in a loop; eight_trips:
// eight coroutines at once, per trip.
#include <cstdlib>
#include <span>
#include <thread>

#include "cairn/sql/async.hpp"
#include "cairn/sql/run_loop.hpp"
#include "sql_task.hpp"

namespace {

using namespace cairn::sql;
using Ids = std::span<const std::int64_t>;

auto look_up(std::int64_t id) {
  return [id](Connection& db) { return bench::checksum(db.query_one<bench::Row>(bench::kLookUp, id)); };
}

template <class Run>
std::uint64_t sum_of(Ids ids, const Run& run) {
  std::uint64_t sum = 0;
  for (const std::int64_t id : ids) sum += run(look_up(id));
  return sum;
}

std::uint64_t acquire(Pool& pool, int count) {
  for (int i = 0; i < count; ++i) const auto lease = pool.reader();
  return 0;
}

std::uint64_t acquire_by_4(Pool& pool, int count) {
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) threads.emplace_back([&pool, count] { acquire(pool, count / 4); });
  return 0;
}

Task<std::uint64_t> trips(AsyncPool& async, RunLoop& loop, Ids ids) {
  std::uint64_t sum = 0;
  for (const std::int64_t id : ids) sum += co_await async.read(look_up(id)).resume_on(loop);
  co_return sum;
}

Task<std::uint64_t> eight_trips(AsyncPool& async, RunLoop& loop, Ids ids) {
  std::vector<std::future<std::uint64_t>> others;
  const std::size_t part = ids.size() / 8;
  for (int t = 0; t < 7; ++t, ids = ids.subspan(part))
    others.push_back(spawn(loop, trips(async, loop, ids.first(part))));
  std::uint64_t sum = co_await trips(async, loop, ids);
  for (auto& other : others) {
    while (other.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
      co_await async.read([](Connection&) {}).resume_on(loop);
    sum += other.get();
  }
  co_return sum;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s FILE [ROUNDS] [ROWS]\n", argv[0]);
    return 2;
  }
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 100;
  const std::vector<std::int64_t> ids = bench::ids_to_look_up(argc > 3 ? std::atoi(argv[3]) : 100000);
  Pool pool(ConnectOptions::agent(argv[1]));
  AsyncPool async(pool);
  RunLoop loop;

  bench::Report report;
  const auto measure = [&](const char* task, auto&& work) {
    report.measure(task, "cairn", bench::kLookUps, work);
  };
  for (int round = 0; round <= rounds; ++round) {
    measure("acquire", [&] { return acquire(pool, bench::kLookUps); });
    measure("acquire_by_4", [&] { return acquire_by_4(pool, bench::kLookUps); });
    measure("pooled_look_up", [&] { return sum_of(ids, [&](auto f) { return pool.read(f); }); });
    measure("trip_future", [&] { return sum_of(ids, [&](auto f) { return async.read(f).future().get(); }); });
    measure("trip", [&] { return loop.run(trips(async, loop, ids)); });
    measure("eight_trips", [&] { return loop.run(eight_trips(async, loop, ids)); });
  }
  report.print();
}
