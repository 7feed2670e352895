// What generated code and cairn/sql/checked.hpp do with a database. The texts are those of write_headers.cpp.
#include <gtest/gtest.h>

#include <list>

#include "app.hpp"
#include "cairn/sql/async.hpp"
#include "cairn/sql/checked.hpp"
#include "cairn/sql/time.hpp"
#include "tasks.sql.hpp"

namespace {

using cairn::Error;
using cairn::ErrorCode;
using namespace cairn::sql;

#define TASKS "SELECT id, title, due FROM tasks WHERE owner = :owner AND done = :done ORDER BY id"
#define INSERT "INSERT INTO tasks(title, owner, due) VALUES (:title, :owner, :due)"
#define INSERT_RETURNING "INSERT INTO tasks(title, owner) VALUES (?, ?) RETURNING id, title"

constexpr const char* kSchema = R"(
  CREATE TABLE tasks(id INTEGER PRIMARY KEY, title TEXT NOT NULL, owner TEXT NOT NULL,
                     done BOOLEAN NOT NULL DEFAULT 0, due INTEGER, weight REAL NOT NULL DEFAULT 1.5, note BLOB,
                     state TEXT NOT NULL DEFAULT 'open');
  INSERT INTO tasks(title, owner, due) VALUES ('write', 'ada', NULL), ('test', 'ada', 7), ('rest', 'bob', 8))";

template <class F>
ErrorCode code_of(F&& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.code();
  }
  return {};
}

template <class F>
std::string message_of(F&& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

struct CheckedSqlTest : testing::Test {
  CheckedSqlTest() { db.execute_script(kSchema); }

  Connection db{ConnectOptions()};
};

TEST_F(CheckedSqlTest, RowsHaveTypesAndNames) {
  const auto rows = CAIRN_SQL(TASKS).all(db, {.owner = "ada", .done = false});
  ASSERT_EQ(rows.size(), 2u);
  static_assert(std::is_same_v<decltype(rows[0].id), std::int64_t>);
  static_assert(std::is_same_v<decltype(rows[0].title), std::string>);
  static_assert(std::is_same_v<decltype(rows[0].due), std::optional<std::int64_t>>);
  EXPECT_EQ(rows[0].title, "write");
  EXPECT_EQ(rows[0].due, std::nullopt);
  EXPECT_EQ(rows[1].due, 7);
  const auto& [id, title, due] = rows[1];
  EXPECT_EQ(title, "test");
}

TEST_F(CheckedSqlTest, EachFormGivesWhatItSays) {
  const auto tasks = CAIRN_SQL(TASKS);
  EXPECT_EQ(tasks.one(db, {.owner = "bob", .done = false}).title, "rest");
  EXPECT_EQ(code_of([&] { tasks.one(db, {.owner = "eve", .done = false}); }), ErrorCode::row_not_found);
  EXPECT_EQ(tasks.optional(db, {.owner = "bob", .done = false})->title, "rest");
  EXPECT_FALSE(tasks.optional(db, {.owner = "eve", .done = false}));
  EXPECT_EQ(CAIRN_SQL("SELECT due FROM tasks WHERE id = ?").scalar(db, {2}), 7);
  EXPECT_EQ(CAIRN_SQL("SELECT due FROM tasks WHERE id = ?").scalar(db, {1}), std::nullopt);
  EXPECT_EQ(code_of([&] { CAIRN_SQL("SELECT due FROM tasks WHERE id = ?").scalar(db, {9}); }),
            ErrorCode::row_not_found);
  std::string titles;
  for (const auto& task : tasks.each(db, {.owner = std::string("ada"), .done = false}))
    titles += task.title + ' ';
  EXPECT_EQ(titles, "write test ");
  EXPECT_EQ(CAIRN_SQL(INSERT).execute(db, {.title = "a", .owner = "b", .due = nullptr}), 1);
  EXPECT_EQ(CAIRN_SQL("DELETE FROM tasks").execute(db), 4);
}

// The same on all that a query runs on.
TEST(CheckedSql, RunsOnConnectionsTransactionsPoolsAndThreads) {
  const auto all_of = [](auto&& on) {
    return CAIRN_SQL(TASKS).all(on, {.owner = "ada", .done = false}).size();
  };
  Pool pool{ConnectOptions()};
  pool.write([](Transaction& tx) { tx.execute_script(kSchema); });
  AsyncPool async(pool);
  EXPECT_EQ(all_of(pool), 2u);
  EXPECT_EQ(CAIRN_SQL(INSERT).execute(pool, {.title = "x", .owner = "ada", .due = 1}), 1);
  EXPECT_EQ(CAIRN_SQL(INSERT_RETURNING).one(pool, {"y", "ada"}).id, 5);
  EXPECT_EQ(CAIRN_SQL(TASKS).all(async, {.owner = "ada", .done = false}).future().get().size(), 4u);
  EXPECT_EQ(CAIRN_SQL(INSERT)
                .execute(async, {.title = std::string("z"), .owner = "ada", .due = nullptr})
                .future()
                .get(),
            1);
  {
    PooledConnection lease = pool.writer();
    EXPECT_EQ(all_of(lease), 5u);
    Transaction tx(*lease);
    CAIRN_SQL(INSERT).execute(tx, {.title = "undone", .owner = "ada", .due = 1});
    EXPECT_EQ(all_of(tx), 6u);
    EXPECT_EQ(all_of(cairn::sqlite::ConnectionRef(lease->handle())), 6u);
  }
  EXPECT_EQ(all_of(pool), 5u);

  std::string titles;
  for (const auto& task : CAIRN_SQL(TASKS).each(pool, {.owner = "ada", .done = false})) titles += task.title;
  EXPECT_EQ(titles, "writetestxyz");
  titles.clear();
  auto stream = CAIRN_SQL(TASKS).each(async, {.owner = "ada", .done = false});
  while (auto batch = stream.next())
    for (const auto& task : *batch) titles += task.title;
  EXPECT_EQ(titles, "writetestxyz");
}

// A range on a pool holds its reader, and no longer.
TEST(CheckedSql, ARangeHoldsItsLease) {
  Pool pool{ConnectOptions(), {.readers = 1}};
  pool.write([](Transaction& tx) { tx.execute_script(kSchema); });
  {
    auto rows = CAIRN_SQL(TASKS).each(pool, {.owner = "ada", .done = false});
    EXPECT_FALSE(pool.try_reader());
    EXPECT_EQ((*rows.begin()).title, "write");
  }
  EXPECT_TRUE(pool.try_reader());
}

TEST_F(CheckedSqlTest, ArgumentsAreOfTheKindsOfTheirParameters) {
  enum class Number : std::uint8_t { seven = 7 };
  const auto insert = CAIRN_SQL(INSERT);
  const std::string title = "a";
  const std::string_view view = "b";
  const char* pointer = "c";
  char array[] = "d";
  insert.execute(db, {.title = title, .owner = view, .due = Number::seven});
  insert.execute(db, {.title = pointer, .owner = array, .due = std::optional<short>(7)});
  insert.execute(db,
                 {.title = app::State::shut, .owner = "e", .due = UnixSeconds(std::chrono::sys_seconds())});
  insert.execute(db, {"f", "g", std::nullopt});
  insert.execute(db, {"f", "g", true});
  const auto texts = db.query_all<std::string>(
      "SELECT concat FROM (SELECT title || owner || ifnull(due, '-') AS concat, id FROM tasks) WHERE id > 3 "
      "ORDER BY id");
  EXPECT_EQ(texts, (std::vector<std::string>{"ab7", "cd7", "shute0", "fg-", "fg1"}));
  EXPECT_EQ(code_of([&] {
              insert.execute(db, {"a", "b", std::uint64_t{1} << 63});
            }),
            ErrorCode::invalid_argument);

  const auto types =
      CAIRN_SQL("SELECT typeof(:any) AS any, typeof(:real) AS real, typeof(:vector) AS vector");
  const auto row = types.one(db, {.any = 1, .real = 1, .vector = std::vector<float>{1, 0}});
  EXPECT_EQ(row.any + row.real + row.vector, "integerrealblob");
  const auto nulls = types.one(db, {.any = nullptr, .real = std::optional<int>(), .vector = "[1, 0]"});
  EXPECT_EQ(nulls.any + nulls.real + nulls.vector, "nullnulltext");
  EXPECT_EQ(types.one(db, {.any = std::optional(1.5), .real = std::optional(1), .vector = {1.f, 0.f}}).real,
            "real");

  const auto update = CAIRN_SQL("UPDATE tasks SET weight = :weight, note = :note WHERE id = :id");
  const std::vector<std::uint8_t> bytes = {1, 2};
  EXPECT_EQ(update.execute(db, {.weight = 3, .note = bytes, .id = 1}), 1);
  EXPECT_EQ(update.execute(db, {.weight = 2.5f, .note = nullptr, .id = 2}), 1);
  EXPECT_EQ(code_of([&] { update.execute(db, {.weight = 0. / 0., .note = nullptr, .id = 2}); }),
            ErrorCode::invalid_argument);
}

TEST_F(CheckedSqlTest, ListsBecomeJson) {
  const auto some = CAIRN_SQL(
      "SELECT id, weight, note FROM tasks WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id");
  EXPECT_EQ(some.all(db, {.ids = {1, 3}}).size(), 2u);
  EXPECT_EQ(some.all(db, {.ids = std::vector<std::int64_t>{1, 2, 9}}).size(), 2u);
  EXPECT_EQ(some.all(db, {.ids = std::list<unsigned>{}}).size(), 0u);
  EXPECT_EQ(some.all(db, {.ids = "[3]"}).size(), 1u);

  const auto json = CAIRN_SQL("SELECT :list AS json");
  EXPECT_EQ(json.scalar(db, {.list = {1, -2}}), "[1,-2]");
  EXPECT_EQ(json.scalar(db, {.list = std::array{~std::uint64_t{0}}}), "[18446744073709551615]");
  EXPECT_EQ(json.scalar(db, {.list = {1.0, 0.25}}), "[1.0,0.25]");
  EXPECT_EQ(json.scalar(db, {.list = {true, false}}), "[1,0]");
  EXPECT_EQ(json.scalar(db, {.list = std::vector<std::uint8_t>{1, 255}}), "[1,255]");
  EXPECT_EQ(code_of([&] { json.scalar(db, {.list = {1. / 0.}}); }), ErrorCode::invalid_argument);
  // SQLite reads back what was meant.
  const std::vector<std::string> texts = {"", "a\"b\\c", "\n\x01\x1f", "h\303\244"};
  const std::string list = json.scalar(db, {.list = texts});
  EXPECT_EQ(db.query_all<std::string>("SELECT value FROM json_each(?)", list), texts);
  EXPECT_EQ(db.query_all<double>("SELECT value FROM json_each(?)",
                                 json.scalar(db, {.list = {1e300, -1e-300, 0.1, 12345678.0}})),
            (std::vector<double>{1e300, -1e-300, 0.1, 12345678.0}));
}

TEST_F(CheckedSqlTest, MappedTypes) {
  const auto open =
      CAIRN_SQL("SELECT id, state FROM tasks WHERE state = :state").all(db, {.state = app::State::open});
  ASSERT_EQ(open.size(), 3u);
  EXPECT_EQ(open[0].state, app::State::open);
}

// A literal is an int, whatever the type map says.
TEST(CheckedSql, MappedNumbersTakeNumbers) {
  static_assert(param::Exactly<std::uint32_t>::takes<int>);
  static_assert(param::Exactly<float>::takes<int>);
  static_assert(!param::Exactly<std::uint32_t>::takes<double>);
  static_assert(!param::Exactly<bool>::takes<int>);
}

TEST_F(CheckedSqlTest, RowsOfOnesOwn) {
  struct Task {
    std::string TITLE;
    std::optional<UnixSeconds> due;
    std::uint32_t id;
  };
  const auto tasks = CAIRN_SQL(TASKS).as<Task>();
  const auto rows = tasks.all(db, {.owner = "ada", .done = false});
  EXPECT_EQ(rows[1].TITLE, "test");
  EXPECT_EQ(rows[1].due->time.time_since_epoch().count(), 7);
  EXPECT_EQ(rows[1].id, 2u);
  EXPECT_EQ(tasks.one(db, {.owner = "bob", .done = false}).TITLE, "rest");
  for (const Task& task : tasks.each(db, {.owner = "bob", .done = false})) EXPECT_EQ(task.id, 3u);
  EXPECT_EQ(tasks::tasks_of.as<Task>()(db, {.owner = "ada", .done = false}).size(), 2u);
}

TEST_F(CheckedSqlTest, NamedQueries) {
  EXPECT_EQ(tasks::tasks_of(db, {.owner = "ada", .done = false})[1].due, 7);
  const tasks::tasks_of_row row = CAIRN_SQL(TASKS).one(db, {.owner = "ada", .done = false});
  EXPECT_EQ(row.id, 1);
  EXPECT_EQ(tasks::count(db), 3);
  EXPECT_EQ(tasks::due(db, {2})->due, 7);
  EXPECT_EQ(tasks::delete_(db, {.id = 2}), 1);
}

TEST_F(CheckedSqlTest, NamesThatCppKeepsForItself) {
  const auto row = CAIRN_SQL("SELECT 1 AS class, 2 AS \"new!\", :class AS \"Row\"").one(db, {.class_ = "c"});
  EXPECT_EQ(row.class_ + row.new_, 3);
  EXPECT_EQ(row.Row_, "c");
}

TEST_F(CheckedSqlTest, TextsArriveAsTheyAre) {
  EXPECT_EQ(CAIRN_SQL("SELECT ')sql\"\\' || '?\?/' AS odd\n-- \\\n").scalar(db), ")sql\"\\?\?/");
  const auto row = CAIRN_SQL("SELECT '\xff\"' AS odd,\r\n 'h\303\244?\?=' AS umlaut").one(db);
  EXPECT_EQ(row.odd, "\xff\"");
  EXPECT_EQ(row.umlaut, "h\303\244?\?=");
}

TEST_F(CheckedSqlTest, AWriteWhoseRowCannotBeReadIsUndone) {
  const auto lie = CAIRN_SQL("INSERT INTO tasks(title, owner) VALUES (?, ?) RETURNING due");
  EXPECT_EQ(code_of([&] { lie.all(db, {"a", "b"}); }), ErrorCode::decode);
  EXPECT_EQ(code_of([&] { lie.one(db, {"a", "b"}); }), ErrorCode::decode);
  EXPECT_EQ(code_of([&] { lie.scalar(db, {"a", "b"}); }), ErrorCode::decode);
  EXPECT_EQ(CAIRN_SQL("SELECT count(*) AS n FROM tasks").scalar(db), 3);
}

TEST_F(CheckedSqlTest, AnotherSchemaIsNoticed) {
  const auto star = CAIRN_SQL("SELECT * FROM tasks WHERE id = :id");
  EXPECT_EQ(star.one(db, {1}).state, app::State::open);
  db.execute("ALTER TABLE tasks RENAME COLUMN note TO remark");
  EXPECT_EQ(code_of([&] { star.one(db, {1}); }), ErrorCode::decode);
  EXPECT_EQ(
      message_of([&] { star.all(db, {1}); }),
      "'SELECT * FROM tasks WHERE id = :id' returns 8 columns (id, title, owner, done, due, weight, remark, "
      "state), and the program was checked against a schema where it returns 8 (id, title, owner, done, due, "
      "weight, note, state); run its migrations on this database, or build it against this schema");
  EXPECT_FALSE(star.optional(db, {99})) << "without a row there is nothing to be misread";
  EXPECT_EQ(message_of([&] { CAIRN_SQL("SELECT id, title FROM tasks").all(db); }),
            "'SELECT id, title FROM tasks' returns 2 columns (id, title), and the program was checked "
            "against a schema "
            "where it returns 1; run its migrations on this database, or build it against this schema");
}

TEST_F(CheckedSqlTest, AnOverrideBesideAStar) {
  EXPECT_EQ(CAIRN_SQL("SELECT *, id AS \"n!\" FROM (SELECT id, title FROM tasks)").all(db)[2].n, 3);
}

}  // namespace
