#include "cairn/sql/query_builder.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "base/error_of.hpp"
#include "cairn/sql/connection.hpp"

namespace cairn::sql {
namespace {

struct Task {
  std::int64_t id;
  std::string title;
  std::optional<std::string> owner;
  bool operator==(const Task&) const = default;
};

struct QueryBuilderTest : testing::Test {
  QueryBuilderTest() {
    db.execute(
        "CREATE TABLE tasks(id INTEGER PRIMARY KEY, title TEXT NOT NULL, owner TEXT, \"odd \"\"name\" TEXT)");
    QueryBuilder insert("INSERT INTO tasks(id, title, owner) VALUES ");
    EXPECT_EQ(
        insert.rows(tasks, [](const Task& t) { return std::tuple(t.id, t.title, t.owner); }).execute(db), 3);
  }
  Connection db{ConnectOptions{}};
  const std::vector<Task> tasks = {
      {1, "write", "ada"}, {2, "it's; DROP TABLE tasks --", "bob"}, {3, "rest", {}}};
};

TEST_F(QueryBuilderTest, ConditionsAreThoseThatWereAsked) {
  QueryBuilder all("SELECT id, title, owner FROM tasks");
  EXPECT_EQ(all.query_all<Task>(db), tasks);
  all.where("owner = ?", "ada").where("id BETWEEN ? AND ?", 1, 9);
  EXPECT_EQ(all.text(), "SELECT id, title, owner FROM tasks WHERE owner = ? AND id BETWEEN ? AND ?");
  EXPECT_EQ(all.query_one<Task>(db), tasks[0]);
  QueryBuilder some("SELECT id FROM tasks");
  some.where("id IN ").list(std::vector{3, 1}).where("title <> ?", tasks[1].title);
  some.sql(" ORDER BY ").name("id").sql(" DESC LIMIT ").value(1);
  EXPECT_EQ(some.query_all<int>(db), std::vector{3});
  EXPECT_EQ(QueryBuilder("SELECT id FROM tasks").where("id = ?", 9).query_optional<int>(db), std::nullopt);
}

TEST_F(QueryBuilderTest, AConditionWithAnOrStaysOne) {
  QueryBuilder q("SELECT id FROM tasks");
  q.where("owner = ?\nor id = ?", "nobody", 1).where("title = ?", "rest");
  EXPECT_TRUE(q.query_all<int>(db).empty()) << q.text();
  EXPECT_EQ(
      QueryBuilder("SELECT id FROM tasks").where("(id = 3)OR(id = 9)").where("1 = 1").query_one<int>(db), 3);
  EXPECT_EQ(QueryBuilder("SELECT id FROM tasks").where("owner ORDER").text(),
            "SELECT id FROM tasks WHERE owner ORDER");
}

TEST_F(QueryBuilderTest, EmptyListsAndRows) {
  const std::vector<int> none;
  EXPECT_TRUE(QueryBuilder("SELECT id FROM tasks").where("id IN ").list(none).query_all<int>(db).empty());
  EXPECT_EQ(QueryBuilder("SELECT id FROM tasks").where("id NOT IN ").list(none).query_all<int>(db).size(),
            3u);
  EXPECT_EQ(error_of([&] { QueryBuilder("VALUES ").rows(none, [](int i) { return std::tuple(i); }); }).code(),
            ErrorCode::invalid_argument);
}

TEST_F(QueryBuilderTest, NamesAreQuoted) {
  QueryBuilder q("SELECT count(");
  q.name("odd \"name").sql(") FROM ").name("tasks");
  EXPECT_EQ(q.query_one<int>(db), 0);
  EXPECT_EQ(error_of([&] { q.name(""); }).code(), ErrorCode::invalid_argument);
  EXPECT_EQ(error_of([&] { q.name(std::string_view("a\0b", 3)); }).code(), ErrorCode::invalid_argument);
  EXPECT_EQ(error_of([&] { QueryBuilder("SELECT ").name("id\" FROM tasks --").query_one<int>(db); }).code(),
            ErrorCode::sql);
}

TEST_F(QueryBuilderTest, AConditionTakesAsManyValuesAsItHasPlaces) {
  EXPECT_EQ(error_of([&] { QueryBuilder("SELECT 1").where("1 = ?").execute(db); }).code(),
            ErrorCode::invalid_argument);
  EXPECT_EQ(error_of([&] { QueryBuilder("SELECT 1").where("1 = 1", 5).execute(db); }).code(),
            ErrorCode::invalid_argument);
}

// Whatever is put in as a value comes back as that value and changes nothing else.
TEST_F(QueryBuilderTest, GeneratedTextIsNeverSql) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  const std::vector<std::string> parts = {"'",  "\"", ";",         "--", "/*", "?",
                                          ":a", "x",  " OR 1 = 1", ")",  "\n", "é"};
  for (int round = 0; round < 300; ++round) {
    std::set<std::string> texts;
    for (std::size_t i = 0; i < 1 + random() % 5; ++i) {
      std::string text;
      for (std::size_t p = 0; p < random() % 6; ++p) text += parts[random() % parts.size()];
      texts.insert(text);
    }
    db.execute("DELETE FROM tasks");
    QueryBuilder insert("INSERT INTO tasks(title) VALUES ");
    insert.rows(texts, [](const std::string& t) { return std::tuple(t); }).execute(db);
    QueryBuilder q("SELECT title FROM tasks");
    ASSERT_EQ(q.where("title IN ").list(texts).sql(" ORDER BY title").query_all<std::string>(db),
              std::vector<std::string>(texts.begin(), texts.end()));
    ASSERT_EQ(db.query_one<std::size_t>("SELECT count(*) FROM tasks"), texts.size());
  }
}

}  // namespace
}  // namespace cairn::sql
