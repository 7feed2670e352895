// The examples of docs/sql/pool-and-transactions.md and docs/sql/async.md, compiled and run. The last test
// compares the pages with this file.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <future>
#include <sstream>
#include <string>
#include <vector>

#include "base/temp_dir.hpp"
#include "cairn/sql/async.hpp"
#include "cairn/sql/pool.hpp"
#include "cairn/sql/run_loop.hpp"

namespace cairn::sql {
namespace {

constexpr const char* kSchema = "CREATE TABLE notes(id INTEGER PRIMARY KEY, text TEXT NOT NULL)";

// clang-format off
Task<int> add_and_count(AsyncPool& async, RunLoop& loop) {
  co_await async.write([](Transaction& tx) { tx.execute("INSERT INTO notes(text) VALUES ('x')"); }).resume_on(loop);
  co_return co_await async.read([](Connection& db) { return db.query_one<int>("SELECT count(*) FROM notes"); })
      .resume_on(loop);
}

TEST(SqlDocs, Pool) {
  const TempDir dir;
  const std::string path = dir.file("docs.db");
  Connection(ConnectOptions::agent(path)).execute(kSchema);

  Pool pool(ConnectOptions::agent(path), {.readers = 8});

  const auto id = pool.write([](Transaction& tx) {
    tx.execute("INSERT INTO notes(text) VALUES (?)", "the key rotates every 90 days");
    return tx.last_insert_rowid();
  });

  const auto text = pool.read([id](Connection& db) {
    return db.query_one<std::string>("SELECT text FROM notes WHERE id = ?", id);
  });
  EXPECT_EQ(text, "the key rotates every 90 days");

  const auto reader = pool.reader({.label = "nightly report", .timeout = std::chrono::seconds(2)});
  const auto notes = reader->query_one<int>("SELECT count(*) FROM notes");
  EXPECT_EQ(notes, 1);
}

TEST(SqlDocs, Transactions) {
  Connection db(ConnectOptions{});
  db.execute(kSchema);

  Transaction tx(db);
  tx.execute("INSERT INTO notes(text) VALUES ('kept')");
  {
    Transaction inner(tx);
    inner.execute("INSERT INTO notes(text) VALUES ('dropped')");
  }
  tx.commit();

  write_transaction(
      db, [](Transaction& again) { again.execute("UPDATE notes SET text = upper(text)"); },
      {.attempts = 5, .within = std::chrono::seconds(20)});
  EXPECT_EQ(db.query_one<std::string>("SELECT group_concat(text) FROM notes"), "KEPT");
}

TEST(SqlDocs, Async) {
  Pool pool(ConnectOptions{});
  pool.writer()->execute(kSchema);
  std::promise<int> seen;

  AsyncPool async(pool);
  const auto count = [](Connection& db) { return db.query_one<int>("SELECT count(*) FROM notes"); };

  std::future<int> future = async.read(count).future();

  async.read(count).then([&](Outcome<int> outcome) {
    if (outcome.ok()) seen.set_value(outcome.get());
  });
  EXPECT_EQ(future.get(), 0);
  EXPECT_EQ(seen.get_future().get(), 0);

  RunLoop loop;
  EXPECT_EQ(loop.run(add_and_count(async, loop)), 1);

  std::stop_source stop;
  auto limited = async.read(count, {.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(200),
                                    .stop = stop.get_token()});
  stop.request_stop();
  EXPECT_THROW(std::move(limited).future().get(), Error);

  std::string all;
  auto texts = async.stream<std::string>([](Connection& db, RowSink<std::string>& sink) {
    auto st = db.cached("SELECT text FROM notes ORDER BY id");
    while (st->step()) sink.push(st->get<std::string>(0));
  });
  while (const auto batch = texts.next())
    for (const std::string& text : *batch) all += text;
  EXPECT_EQ(all, "x");
}
// clang-format on

// Lines without their indentation, and without empty ones.
std::string lines_of(std::istream& in, bool only_examples) {
  std::string all, line;
  bool inside = !only_examples;
  while (std::getline(in, line)) {
    line.erase(0, line.find_first_not_of(' '));
    if (only_examples && line.starts_with("```")) {
      inside = line == "```cpp";
      all += inside ? "" : "\f";
    } else if (inside && !line.empty()) {
      all += line + '\n';
    }
  }
  return all;
}

TEST(SqlDocs, AreAsWrittenHere) {
  std::ifstream self(__FILE__);
  const std::string code = lines_of(self, false);
  int examples = 0;
  for (const char* page : {"pool-and-transactions.md", "async.md"}) {
    std::ifstream in(std::string(CAIRN_SOURCE_DIR "/docs/sql/") + page);
    std::istringstream all(lines_of(in, true));
    for (std::string example; std::getline(all, example, '\f'); ++examples)
      EXPECT_NE(code.find(example), std::string::npos) << page << " has an example that is not here:\n"
                                                       << example;
  }
  EXPECT_GE(examples, 9);
}

}  // namespace
}  // namespace cairn::sql
