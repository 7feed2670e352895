#include "cairn/sqlite/row.hpp"

#include <gtest/gtest.h>

#include "base/error_of.hpp"
#include "cairn/sqlite/connection_ref.hpp"
#include "sqlite/memory_database.hpp"

namespace cairn::sqlite {

struct Task {
  std::int64_t id = 0;
  std::string title;
  std::optional<double> due;
  std::vector<float> embedding;
  bool operator==(const Task&) const = default;
};

namespace {

struct NoDefault {
  explicit NoDefault(int v) : value(v) {}
  int value;
};

}  // namespace
}  // namespace cairn::sqlite

template <>
struct cairn::SqlType<cairn::sqlite::NoDefault> {
  static int to_sql(const cairn::sqlite::NoDefault& x) { return x.value; }
  static cairn::sqlite::NoDefault from_sql(int x) { return cairn::sqlite::NoDefault(x); }
};

namespace cairn::sqlite {
namespace {

struct RowTest : testing::Test {
  RowTest() {
    db().execute_script(
        "CREATE TABLE task(id INTEGER PRIMARY KEY, title TEXT NOT NULL, due REAL, embedding BLOB NOT NULL)");
    for (const Task& task : tasks)
      db().execute("INSERT INTO task VALUES (:id, :title, :due, :embedding)", named(task));
  }
  ConnectionRef db() const { return memory.db(); }
  ErrorCode reading_task(std::string_view sql) const {
    return error_of([&] { db().query_all<Task>(sql); }).code();
  }

  MemoryDatabase memory;
  const std::vector<Task> tasks = {{1, "write", 2.5, {1, 2}}, {2, "read", std::nullopt, {3}}};
};

TEST_F(RowTest, NamesOfMembersAreThoseOfTheSource) {
  struct Local {
    int a_1;
    std::optional<std::string> b;
    std::array<float, 2> c;
  };
  EXPECT_EQ(members::names<Task>, (std::array<std::string_view, 4>{"id", "title", "due", "embedding"}));
  EXPECT_EQ(members::names<Local>, (std::array<std::string_view, 3>{"a_1", "b", "c"}));
  struct Wide {
    int m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22,
        m23, m24, m25, m26, m27, m28, m29, m30, m31, m32;
  };
  EXPECT_EQ(members::count<Wide>, 32u);
  EXPECT_EQ(members::names<Wide>.back(), "m32");
  EXPECT_EQ(members::names<Wide>[13], "m14");
}

TEST_F(RowTest, StructsAreReadByNameInAnyOrder) {
  EXPECT_EQ(db().query_all<Task>("SELECT * FROM task ORDER BY id"), tasks);
  EXPECT_EQ(db().query_all<Task>("SELECT embedding, 1 AS other, due, title, id FROM task ORDER BY id"),
            tasks);
  EXPECT_EQ(db().query_one<Task>("SELECT * FROM task WHERE id = ?", 2), tasks[1]);
  EXPECT_EQ(db().query_optional<Task>("SELECT * FROM task WHERE id = 3"), std::nullopt);
}

TEST_F(RowTest, AMemberNeedsOneColumn) {
  EXPECT_EQ(reading_task("SELECT id, title, due FROM task"), ErrorCode::decode);
  EXPECT_EQ(reading_task("SELECT *, 1 AS id FROM task"), ErrorCode::decode);
  EXPECT_EQ(reading_task("SELECT id, NULL AS title, due, embedding FROM task"), ErrorCode::decode);
}

TEST_F(RowTest, MembersNeedNoDefaultConstructor) {
  struct Row {
    NoDefault x;
    const int y;
  };
  const Row row = db().query_one<Row>("SELECT 5 AS x, 6 AS y");
  EXPECT_EQ(row.x.value, 5);
  EXPECT_EQ(row.y, 6);
}

TEST_F(RowTest, TuplesAndScalarsTakeAsManyColumnsAsThereAre) {
  using Pair = std::pair<std::int64_t, std::string>;
  EXPECT_EQ(db().query_all<Pair>("SELECT id, title FROM task ORDER BY id"),
            (std::vector<Pair>{{1, "write"}, {2, "read"}}));
  EXPECT_EQ((db().query_one<std::tuple<int, std::optional<double>>>("SELECT id, due FROM task WHERE id = 2")),
            std::tuple(2, std::optional<double>()));
  EXPECT_EQ(error_of([&] { db().query_one<Pair>("SELECT id FROM task"); }).code(), ErrorCode::decode);
  EXPECT_EQ(error_of([&] { db().query_one<int>("SELECT id, title FROM task"); }).code(), ErrorCode::decode);
}

TEST_F(RowTest, ARangeReadsRowsOneByOneAndEndsWithItsScope) {
  std::vector<std::int64_t> ids;
  for (const auto& [id, title] :
       db().query<std::tuple<std::int64_t, std::string_view>>("SELECT id, title FROM task WHERE id > ?", 0))
    ids.push_back(id + static_cast<std::int64_t>(title.size()));
  EXPECT_EQ(ids, (std::vector<std::int64_t>{6, 6}));
  for (int id : db().query<int>("SELECT id FROM task WHERE id > ?", std::int64_t{9})) FAIL() << id;
  {
    auto rows = db().query<std::string>("SELECT title FROM task WHERE title <> ?", std::string("x"));
    EXPECT_EQ(*rows.begin(), "write");
  }
  db().execute("DROP TABLE task");  // a statement left open would lock it
}

TEST_F(RowTest, ACursorSeesColumnsThatCameLater) {
  Statement all = db().prepare("SELECT * FROM task");
  EXPECT_EQ(all.column_count(), 4);
  db().execute("ALTER TABLE task RENAME COLUMN title TO name");
  db().execute("ALTER TABLE task ADD COLUMN title TEXT DEFAULT 'new'");
  ASSERT_TRUE(all.step());
  EXPECT_EQ(RowReader<Task>(all).read(all).title, "new");
}

TEST_F(RowTest, ExecuteCountsTheRowsItChanged) {
  EXPECT_EQ(db().execute("UPDATE task SET due = 1"), 2);
  EXPECT_EQ(db().execute("SELECT 1"), 0);
  EXPECT_EQ(db().execute("CREATE TABLE other(x UNIQUE)"), 0);
  EXPECT_EQ(db().execute("INSERT INTO other VALUES (1), (2), (3)"), 3);
  EXPECT_EQ(db().execute("INSERT OR IGNORE INTO other VALUES (1)"), 0);
  EXPECT_EQ(db().execute("DELETE FROM task WHERE id = ?", 9), 0);
}

TEST_F(RowTest, AWriteThatReturnsRowsRunsToItsEnd) {
  EXPECT_EQ(db().query_one<int>("INSERT INTO task VALUES (7, 'a', 1, x''), (8, 'b', 1, x'') RETURNING id"),
            7);
  EXPECT_FALSE(db().in_transaction());
  EXPECT_EQ(db().query_one<int>("SELECT count(*) FROM task"), 4);
}

TEST_F(RowTest, AWriteWhoseRowCannotBeReadIsUndone) {
  const std::string insert = "INSERT INTO task VALUES (7, 'a', 1, x'') RETURNING title";
  EXPECT_EQ(error_of([&] { db().query_one<int>(insert); }).code(), ErrorCode::decode);
  EXPECT_EQ(error_of([&] { db().query_all<int>(insert); }).code(), ErrorCode::decode);
  EXPECT_EQ(db().query_one<int>("SELECT count(*) FROM task"), 2);
  EXPECT_FALSE(db().in_transaction());
  db().execute("BEGIN");
  db().execute("UPDATE task SET due = 9 WHERE id = 1");
  EXPECT_EQ(error_of([&] { db().query_one<int>(insert); }).code(), ErrorCode::decode);
  db().execute("COMMIT");
  EXPECT_EQ(db().query_one<int>("SELECT count(*) FROM task WHERE due = 9"), 1);
}

TEST_F(RowTest, AWriteThatReturnsRowsIsDoneOnce) {
  db().execute_script(
      "CREATE TABLE log(x); CREATE TRIGGER seen BEFORE INSERT ON task BEGIN INSERT INTO log VALUES (1); END");
  const auto runs = [&] { return db().query_one<int>("SELECT count(*) FROM log"); };
  EXPECT_EQ(
      db().query_all<int>("INSERT INTO task(title, embedding) VALUES ('a', x''), ('b', x'') RETURNING id")
          .size(),
      2u);
  EXPECT_EQ(runs(), 2);
  EXPECT_EQ(db().query_one<int>("SELECT count(*) FROM task"), 4);
  const char* ignored = "INSERT OR IGNORE INTO task(id, title, embedding) VALUES (1, 'a', x'') RETURNING id";
  EXPECT_EQ(db().query_optional<int>(ignored), std::nullopt);
  EXPECT_EQ(runs(), 3);
  EXPECT_TRUE(db().query_all<int>(ignored).empty());
  EXPECT_EQ(runs(), 4);
  EXPECT_EQ(db().query_one<int>("INSERT INTO task(title, embedding) VALUES ('c', x'') RETURNING id"), 5);
  EXPECT_EQ(runs(), 5);
}

TEST_F(RowTest, AWriteIsNoRange) {
  EXPECT_EQ(error_of([&] { db().query<int>("DELETE FROM task RETURNING id"); }).code(),
            ErrorCode::invalid_argument);
  EXPECT_EQ(db().query_one<int>("SELECT count(*) FROM task"), 2);
}

TEST_F(RowTest, NamesIgnoreCaseAsInSql) {
  EXPECT_EQ(db().query_all<Task>("SELECT ID, Title, DUE, embedding FROM task ORDER BY id"), tasks);
}

TEST_F(RowTest, AColumnThatIsNotThereIsAnError) {
  Statement one = db().prepare("SELECT 1");
  ASSERT_TRUE(one.step());
  EXPECT_EQ(error_of([&] { one.get<int>(1); }).code(), ErrorCode::invalid_argument);
  EXPECT_EQ(error_of([&] { one.get<std::optional<int>>(-1); }).code(), ErrorCode::invalid_argument);
}

TEST_F(RowTest, NamedArgumentsAreAllThereOnceAndKnown) {
  const auto code = [&](const auto&... args) {
    return error_of([&] { db().execute("SELECT :a, @b, :a", args...); }).code();
  };
  EXPECT_EQ(code(named(":a", 1), named("@b", "x")), ErrorCode{0});
  EXPECT_EQ(code(named("@b", "x"), named(":a", 1)), ErrorCode{0});
  EXPECT_EQ(code(named(":a", 1)), ErrorCode::invalid_argument);
  EXPECT_EQ(code(named(":a", 1), named(":a", 2)), ErrorCode::invalid_argument);
  EXPECT_EQ(code(named(":a", 1), named(":b", 2)), ErrorCode::invalid_argument);
  EXPECT_EQ(code(named(":a", 1), named("@b", 2), named(":c", 3)), ErrorCode::invalid_argument);
  struct A {
    int a;
    std::string b;
    int unused;
  };
  const A a{5, "x", 0};
  EXPECT_EQ((db().query_one<std::tuple<int, std::string>>("SELECT :a, $b", named(a))), std::tuple(5, "x"));
  EXPECT_EQ(error_of([&] { db().execute("SELECT :c", named(a)); }).code(), ErrorCode::invalid_argument);
  EXPECT_EQ(error_of([&] { db().execute("SELECT ?", named(a)); }).code(), ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace cairn::sqlite
