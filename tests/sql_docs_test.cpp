// The examples of docs/sql/queries.md, pool-and-transactions.md, async.md and testing.md, compiled and run.
// The last test compares the pages with this file.
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
#include "cairn/sql/query_builder.hpp"
#include "cairn/sql/query_plan.hpp"
#include "cairn/sql/run_loop.hpp"
#include "cairn/sql/time.hpp"
#include "cairn/testing.hpp"
#include "cairn/testing/gtest.hpp"

namespace app {
namespace {
// What cairn_embed_migrations() makes of a folder.
const cairn::sql::MigrationSet& migrations() {
  static constexpr cairn::sql::MigrationFile files[] = {
      {"0001_notes.sql", "CREATE TABLE notes(id INTEGER PRIMARY KEY, text TEXT NOT NULL, vector BLOB)"}};
  static const cairn::sql::MigrationSet set{std::span<const cairn::sql::MigrationFile>(files)};
  return set;
}

#define APP_FIXTURES CAIRN_SOURCE_DIR "/tests/fixtures"

// clang-format off
class NotesTest : public cairn::testing::DatabaseTest {
 protected:
  NotesTest() : DatabaseTest(app::migrations(), {.fixtures_folder = APP_FIXTURES}) {}
};

TEST_F(NotesTest, FindsANote) {
  database.fixtures({"sample_notes"});
  auto db = database.connect();
  EXPECT_EQ(db.query_one<int>("SELECT count(*) FROM notes WHERE text LIKE '%key%'"), 1);
}

TEST(SqlDocs, TestDatabase) {
  cairn::testing::TestDatabase database("finds a note", app::migrations(), {.fixtures_folder = APP_FIXTURES});
  database.fixtures({"sample_notes"});
  database.pool().write([](cairn::sql::Transaction& tx) { tx.execute("DELETE FROM notes"); });
  if (database.connect().query_one<int>("SELECT count(*) FROM notes") != 0) throw std::runtime_error("a note is left");
}
// clang-format on
}  // namespace
}  // namespace app

namespace cairn::sql {
namespace {

constexpr const char* kSchema = "CREATE TABLE notes(id INTEGER PRIMARY KEY, text TEXT NOT NULL)";

// clang-format off
Task<int> add_and_count(AsyncPool& async, RunLoop& loop) {
  co_await async.write([](Transaction& tx) { tx.execute("INSERT INTO notes(text) VALUES ('x')"); }).resume_on(loop);
  co_return co_await async.read([](Connection& db) { return db.query_one<int>("SELECT count(*) FROM notes"); })
      .resume_on(loop);
}

struct Task {
  std::int64_t id;
  std::string title;
  std::optional<std::int64_t> due;
};

TEST(SqlDocs, Queries) {
  Connection db(ConnectOptions{});
  db.execute_script(R"(
    CREATE TABLE tasks(id INTEGER PRIMARY KEY, title TEXT NOT NULL UNIQUE, due INTEGER);
    CREATE INDEX tasks_by_due ON tasks(due);
  )");

  std::string titles, undated, column, plan;
  db.execute("INSERT INTO tasks(title, due) VALUES (?, ?)", "write", 20261124);
  db.execute("INSERT INTO tasks(title) VALUES (:title)", named(":title", "rest"));

  const auto count = db.query_one<int>("SELECT count(*) FROM tasks");
  const auto write = db.query_optional<Task>("SELECT id, title, due FROM tasks WHERE title = ?", "write");
  const std::vector<Task> tasks = db.query_all<Task>("SELECT * FROM tasks ORDER BY id");
  for (const auto& [id, title] : db.query<std::tuple<int, std::string>>("SELECT id, title FROM tasks ORDER BY id"))
    titles += title + std::to_string(id);
  EXPECT_EQ(count, 2);
  EXPECT_EQ(write->due, 20261124);
  EXPECT_EQ(tasks.size(), 2u);
  EXPECT_EQ(titles, "write1rest2");

  const Task task{7, "plan", std::nullopt};
  db.execute("INSERT INTO tasks VALUES (:id, :title, :due)", named(task));

  {
    const auto statement = db.cached("SELECT title, due FROM tasks WHERE id > ?");
    statement->bind(1, 0);
    while (statement->step())
      if (statement->is_null(1)) undated += statement->get<std::string_view>(0);
    EXPECT_EQ(undated, "restplan");
  }

  db.execute("UPDATE tasks SET due = ? WHERE id = 7", UnixSeconds::now());
  const auto due = db.query_one<UnixSeconds>("SELECT due FROM tasks WHERE id = 7").time;
  const auto made = db.query_one<Rfc3339>("SELECT '2026-11-24T20:04:21.5+02:00'").time;
  EXPECT_LE(due, std::chrono::system_clock::now());
  EXPECT_EQ(to_text(Rfc3339(made)), "2026-11-24T18:04:21.500+00:00");

  const std::optional<std::string> owner = "plan";
  const std::vector<int> ids = {1, 7};
  const std::vector<std::string> names = {"a", "b"};
  QueryBuilder q("SELECT id, title, due FROM tasks");
  if (owner) q.where("title = ?", *owner);
  q.where("id IN ").list(ids).sql(" ORDER BY ").name("title").sql(" LIMIT ").value(10);
  const std::vector<Task> found = q.query_all<Task>(db);

  QueryBuilder insert("INSERT INTO tasks(title) VALUES ");
  insert.rows(names, [](const std::string& name) { return std::tuple(name); }).execute(db);
  EXPECT_EQ(found.at(0).id, 7);

  try {
    db.execute("INSERT INTO tasks(title) VALUES (?)", "write");
  } catch (const Error& error) {
    if (error.code() != ErrorCode::unique) throw;
    column = error.context()->columns.front();  // "tasks.title"
  }
  EXPECT_EQ(column, "tasks.title");

  for (const PlanStep& step : query_plan(db, "SELECT title FROM tasks WHERE due < ?"))
    plan += std::string(2 * step.depth, ' ') + step.detail + '\n';
  EXPECT_NE(plan.find("tasks_by_due"), std::string::npos) << plan;
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
  for (const char* page : {"queries.md", "pool-and-transactions.md", "async.md", "testing.md"}) {
    std::ifstream in(std::string(CAIRN_SOURCE_DIR "/docs/sql/") + page);
    std::istringstream all(lines_of(in, true));
    for (std::string example; std::getline(all, example, '\f'); ++examples)
      EXPECT_NE(code.find(example), std::string::npos) << page << " has an example that is not here:\n"
                                                       << example;
  }
  EXPECT_GE(examples, 19);
}

}  // namespace
}  // namespace cairn::sql
