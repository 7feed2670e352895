// Kills a process that writes, in mid-transaction, and looks at what it left behind.
//
//   kill_soak [KILLS [SEED]]
//
// The child writes batches of rows, each batch in a transaction, in two threads, and says on its standard
// output when a batch begins, is about to commit, is committed, and is rolled back. After SIGKILL, every
// batch said to be committed must be whole in the file, no batch may be there in part, and none that was
// rolled back or was not about to commit.
#include <signal.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/temp_dir.hpp"
#include "cairn/sql/pool.hpp"
#include "child.hpp"

namespace {

using namespace cairn::sql;

constexpr int kRowsPerBatch = 30;

struct Record {
  std::int64_t batch;
  std::int64_t stage;
};
enum Stage : std::int64_t { begun, committing, committed, rolled_back };

// One write, so it arrives whole or not at all.
void say(std::int64_t batch, Stage stage) {
  const Record record{batch, stage};
  if (write(STDOUT_FILENO, &record, sizeof record) != sizeof record) _exit(1);
}

struct ChangedMyMind {};

void write_for_ever(Pool& pool, std::int64_t first) {
  for (std::int64_t batch = first;; ++batch) {
    try {
      pool.write([&](Transaction& tx) {
        say(batch, begun);
        for (int i = 0; i < kRowsPerBatch; ++i)
          tx.execute("INSERT INTO entry VALUES (?, ?, randomblob(300))", batch, i);
        if (batch % 5 == 0) throw ChangedMyMind();
        say(batch, committing);
      });
      say(batch, committed);
    } catch (const ChangedMyMind&) {
      say(batch, rolled_back);
    }
  }
}

int child(const std::string& path, std::int64_t first) {
  Pool pool(ConnectOptions::agent(path));
  std::thread other([&] { write_for_ever(pool, first + 500'000); });
  write_for_ever(pool, first);
  return 0;
}

std::map<std::int64_t, Stage> read_all(int fd) {
  std::map<std::int64_t, Stage> stages;
  Record record;
  while (read(fd, &record, sizeof record) == sizeof record) stages[record.batch] = Stage(record.stage);
  close(fd);
  return stages;
}

struct Tally {
  int kills_in_a_transaction = 0;
  std::int64_t committed = 0, rolled_back = 0, undecided = 0, failures = 0;
};

void check(const std::string& path, std::int64_t first, const std::map<std::int64_t, Stage>& stages,
           Tally& tally) {
  const auto fail = [&](const char* what, std::int64_t batch) {
    ++tally.failures;
    std::fprintf(stderr, "FAILED: %s, batch %lld\n", what, static_cast<long long>(batch));
  };
  Connection db(ConnectOptions::agent(path));
  std::map<std::int64_t, int> present;
  Statement st = db.prepare("SELECT batch, count(*) FROM entry WHERE batch >= ? GROUP BY batch");
  st.bind(1, first);
  while (st.step()) present[st.get<std::int64_t>(0)] = st.get<int>(1);

  bool in_transaction = false;
  for (const auto& [batch, stage] : stages) {
    const bool here = present.contains(batch);
    if (stage == committed && !here) fail("committed and lost", batch);
    if (stage == begun && here) fail("there without a commit", batch);
    if (stage == rolled_back && here) fail("there though rolled back", batch);
    in_transaction |= stage == begun || stage == committing;
    tally.committed += stage == committed;
    tally.rolled_back += stage == rolled_back;
    tally.undecided += stage == committing;
  }
  tally.kills_in_a_transaction += in_transaction;
  for (const auto& [batch, rows] : present) {
    if (rows != kRowsPerBatch) fail("there in part", batch);
    if (!stages.contains(batch)) fail("there and never begun", batch);
  }
  if (db.query_one<std::string>("PRAGMA integrity_check") != "ok") fail("integrity_check", first);
}

int soak(int kills, unsigned seed) {
  std::printf("seed %u\n", seed);
  std::mt19937 random(seed);
  const cairn::TempDir dir;
  const std::string path = dir.file("kill.db");
  Connection(ConnectOptions::agent(path))
      .execute("CREATE TABLE entry(batch, i, filler, PRIMARY KEY(batch, i))");

  Tally tally;
  for (int round = 0; round < kills; ++round) {
    const std::int64_t first = (round + 1) * std::int64_t{1'000'000};
    int ends[2];
    if (pipe(ends) != 0) return 1;
    const pid_t pid = start_child({"kill_soak", "--child", path, std::to_string(first)}, ends[1]);
    close(ends[1]);
    std::map<std::int64_t, Stage> stages;
    std::thread reader([&] { stages = read_all(ends[0]); });
    std::this_thread::sleep_for(std::chrono::microseconds(20'000 + random() % 60'000));
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    reader.join();
    check(path, first, stages, tally);
  }
  std::printf(
      "%d kills, %d of them inside a transaction; %lld batches committed, %lld rolled back, %lld killed "
      "while committing; %lld failures\n",
      kills, tally.kills_in_a_transaction, static_cast<long long>(tally.committed),
      static_cast<long long>(tally.rolled_back), static_cast<long long>(tally.undecided),
      static_cast<long long>(tally.failures));
  const bool nothing_tested = tally.committed == 0 || tally.kills_in_a_transaction == 0;
  if (nothing_tested) std::fprintf(stderr, "FAILED: no transaction was hit\n");
  return tally.failures == 0 && !nothing_tested ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 4 && std::string(argv[1]) == "--child") return child(argv[2], std::atoll(argv[3]));
  return soak(argc > 1 ? std::atoi(argv[1]) : 200,
              argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : std::random_device{}());
}
