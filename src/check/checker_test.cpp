// What the checker says of wrong statements, and where; corpora of right ones are in tests/checked_sql.
#include "check/checker.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/temp_dir.hpp"
#include "cairn/error.hpp"
#include "check/schema.hpp"

namespace cairn::check {
namespace {

constexpr const char* kSchema = R"sql(
CREATE TABLE tasks(id INTEGER PRIMARY KEY, title TEXT NOT NULL, owner TEXT NOT NULL, due TEXT, done BOOLEAN NOT NULL DEFAULT 0,
                   price DECIMAL(10, 2), color, shown TEXT GENERATED ALWAYS AS (upper(title)));
CREATE TABLE owners(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE VIEW open_tasks AS SELECT * FROM tasks WHERE done = 0;
CREATE VIRTUAL TABLE vectors USING vec0(embedding float[4]);
CREATE VIRTUAL TABLE words USING fts5(title, body);
)sql";

class CheckerTest : public testing::Test {
 protected:
  CheckerTest() { schema_.execute_script(kSchema); }

  Verdict check(std::string_view sql) { return checker().check(sql); }
  Checker checker() { return Checker(schema_, types_); }

  // The one mistake of a statement as "message @ the text at its place | help".
  std::string mistake(std::string_view sql) {
    const Verdict verdict = check(sql);
    std::string all;
    for (const Mistake& mistake : verdict.mistakes) {
      if (!all.empty()) all += "; ";
      all += mistake.message;
      if (mistake.offset) {
        std::string_view at = sql.substr(*mistake.offset);
        all += " @ " + std::string(at.substr(0, at.find_first_of(" ,()", 1)));
      }
      if (!mistake.help.empty()) all += " | " + mistake.help;
    }
    return verdict.description ? "none" : all;
  }

  sql::Connection schema_ = make_schema({});
  TypeMap types_;
};

TEST_F(CheckerTest, WrongStatements) {
  struct Case {
    const char* sql;
    const char* mistake;
  };
  const Case cases[] = {
      // Names.
      {"SELECT titel FROM tasks", "no such column: titel @ titel | did you mean 'title'?"},
      {"SELECT t.titel FROM tasks t", "no such column: t.titel @ t.titel | did you mean 'title'?"},
      {"SELECT id FROM taks", "no such table: taks @ taks | did you mean 'tasks'?"},
      {"SELECT id FROM other.tasks", "no such table: other.tasks @ tasks | did you mean 'tasks'?"},
      {"SELECT id FROM tasks WHERE ownr = :owner", "no such column: ownr @ ownr | did you mean 'owner'?"},
      {"SELECT id FROM tasks ORDER BY duo", "no such column: duo @ duo | did you mean 'due'?"},
      {"SELECT x.id FROM tasks t", "no such column: x.id @ x.id"},
      {"SELECT id FROM tasks JOIN owners ON owners.name = tasks.owner", "ambiguous column name: id @ id"},
      {"INSERT INTO tasks(titel, owner) VALUES (:a, :b)",
       "table tasks has no column named titel @ titel | did you mean 'title'?"},
      {"UPDATE tasks SET titel = :a", "no such column: titel @ titel | did you mean 'title'?"},
      {"SELECT lenght(title) AS n FROM tasks", "no such function: lenght @ lenght | did you mean 'length'?"},
      {"SELECT id FROM tasks WHERE title = \"ada\"", "no such column: ada @ \"ada\""},
      {"DELETE FROM task WHERE id = 1", "no such table: task @ task | did you mean 'tasks'?"},
      {"SELECT id FROM tasks WHERE title COLLATE nocas = 'a'", "no such collation sequence: nocas"},
      {"SELECT value FROM jsn_each('[]')", "no such table: jsn_each @ jsn_each"},
      // Grammar.
      {"SELEC id FROM tasks", "near \"SELEC\": syntax error @ SELEC"},
      {"SELECT id FROM tasks WHERE", "incomplete input"},
      {"SELECT id, FROM tasks", "near \"FROM\": syntax error @ FROM"},
      {"SELECT id FROM tasks; DELETE FROM tasks",
       "a second statement begins here; a query is a single one @ DELETE"},
      {"   -- nothing", "there is no statement here"},
      // Numbers of columns and arguments.
      {"SELECT id FROM tasks UNION SELECT id, title FROM tasks",
       "SELECTs to the left and right of UNION do not have the same number of result columns"},
      {"INSERT INTO owners(id, name) VALUES (1)", "1 values for 2 columns"},
      {"INSERT INTO owners VALUES (1, 'a', 2)", "table owners has 2 columns but 3 values were supplied"},
      {"SELECT id FROM tasks WHERE (id, title) = (1, 2, 3)", "row value misused"},
      {"SELECT id FROM tasks WHERE id IN (SELECT id, title FROM tasks)",
       "sub-select returns 2 columns - expected 1"},
      {"SELECT substr(title) AS part FROM tasks", "wrong number of arguments to function substr() @ substr"},
      {"SELECT id FROM tasks WHERE count(*) > 1", "misuse of aggregate function count() @ count"},
      {"SELECT id FROM tasks ORDER BY 2", "1st ORDER BY term out of range - should be between 1 and 1"},
      // What SQLite finds only when it runs, or never.
      {"INSERT INTO tasks(title) VALUES (:title)",
       "the INSERT leaves out tasks.owner, which is NOT NULL and has no default @ tasks"},
      {"INSERT INTO tasks DEFAULT VALUES",
       "the INSERT leaves out tasks.title, tasks.owner, which is NOT NULL and has no default @ tasks"},
      {"INSERT INTO tasks(title, owner) VALUES (NULL, 'ada')", "tasks.title is NOT NULL @ NULL"},
      {"UPDATE tasks SET title = NULL WHERE id = :id", "tasks.title is NOT NULL @ NULL"},
      {"UPDATE tasks SET shown = 'x'", "cannot UPDATE generated column \"shown\""},
      {"INSERT INTO open_tasks(title) VALUES ('x')", "cannot modify open_tasks because it is a view"},
      // Types and names that only the programmer can tell.
      {"SELECT color FROM tasks",
       "the type of column 'color' cannot be told @ color | say it in the name: AS \"color: std::string\""},
      {"SELECT NULL AS none FROM tasks",
       "the type of column 'none' cannot be told @ NULL | say it in the name: AS \"none: "
       "std::string\""},
      {"SELECT id, count(*) FROM tasks GROUP BY id",
       "column 2 is called 'count(*)', which is no name in C++: give it one with AS @ count"},
      {"SELECT id AS \"the id\", title FROM tasks",
       "column 1 is called 'the id', which is no name in C++: give it one with AS @ id"},
      {"SELECT a.id, b.id FROM tasks a, tasks b",
       "two columns are called 'id': give one of them another name with AS @ b.id"},
      {"SELECT id FROM tasks WHERE id = :a OR id = @a",
       "two parameters are called 'a', but for the sign before it @ @a"},
      {"SELECT id FROM tasks WHERE id = ?3", "parameter ?1 is used nowhere; parameter ?2 is used nowhere"},
      {"SELECT id FROM tasks WHERE id = $a::b", "parameter '$a::b' has a name that C++ cannot have @ $a::b"},
      {"PRAGMA table_info(tasks)", "a PRAGMA cannot be checked: some act while they are prepared @ PRAGMA"},
      {"; EXPLAIN QUERY PLAN PRAGMA short_column_names = OFF",
       "a PRAGMA cannot be checked: some act while they are prepared @ PRAGMA"},
      {"SELECT id FROM tasks WHERE owner = (SELECT title AS title FROM tasks WHERE nope)",
       "no such column: nope @ nope"},
  };
  for (const Case& c : cases) {
    const std::string found = mistake(c.sql);
    EXPECT_TRUE(found.starts_with(c.mistake))
        << c.sql << "\n  found:    " << found << "\n  expected: " << c.mistake;
  }
}

TEST_F(CheckerTest, Overrides) {
  const Verdict verdict = check(
      "SELECT due AS \"due!\", title AS \"title?\", color AS \"color: app::Color\", id AS \"id?:app::Id\","
      " count(*) AS \"n!: std::int32_t\" FROM tasks");
  ASSERT_TRUE(verdict.description) << verdict.mistakes[0].message;
  const std::vector<Column>& columns = verdict.description->columns;
  EXPECT_EQ(columns[0].name + " " + columns[0].type, "due std::string");
  EXPECT_FALSE(columns[0].nullable);
  EXPECT_TRUE(columns[1].nullable);
  EXPECT_EQ(columns[2].name + " " + columns[2].type, "color app::Color");
  EXPECT_TRUE(columns[2].nullable);
  EXPECT_EQ(columns[3].name + " " + columns[3].type, "id app::Id");
  EXPECT_TRUE(columns[3].nullable);
  EXPECT_EQ(columns[4].name + " " + columns[4].type, "n std::int32_t");
  EXPECT_FALSE(columns[4].nullable);
}

TEST_F(CheckerTest, BringsTheHeadersOfKnownTypes) {
  types_.declared["TEXT"] = {"cairn::sql::Rfc3339", ""};
  const Verdict verdict = check("SELECT due, id AS \"id: nlohmann::json\" FROM tasks");
  ASSERT_TRUE(verdict.description);
  EXPECT_EQ(verdict.description->includes,
            (std::set<std::string>{"<cairn/sql/time.hpp>", "<cairn/sql/json.hpp>"}));
}

TEST_F(CheckerTest, AColumnAloneNeedsNoName) {
  const Verdict verdict = check("SELECT count(*) FROM tasks");
  ASSERT_TRUE(verdict.description);
  EXPECT_EQ(verdict.description->columns[0].name, "value");
  // The ':' in there is none of an override.
  EXPECT_TRUE(check("SELECT EXISTS (SELECT 1 FROM tasks WHERE id = :id)").description);
}

TEST_F(CheckerTest, ColumnsOfTheTypeMap) {
  types_.declared["DECIMAL"] = {"app::Money", "\"app/money.hpp\""};
  types_.columns["tasks.due"] = {"app::Due", "<app/due.hpp>"};
  types_.includes["app::Color"] = "\"app/color.hpp\"";
  const Verdict verdict =
      check("SELECT price, due, color AS \"color: app::Color\" FROM open_tasks WHERE price > :price");
  ASSERT_TRUE(verdict.description) << verdict.mistakes[0].message;
  EXPECT_EQ(verdict.description->columns[0].type, "app::Money");
  EXPECT_EQ(verdict.description->columns[1].type, "app::Due");
  EXPECT_EQ(verdict.description->parameters[0].type, "app::Money");
  EXPECT_EQ(verdict.description->includes,
            (std::set<std::string>{"\"app/money.hpp\"", "<app/due.hpp>", "\"app/color.hpp\""}));
}

// What a reviewer found; the corpus has more of the kind.
TEST_F(CheckerTest, ClaimsThatWereFalse) {
  schema_.execute_script(R"sql(
CREATE TABLE a(Id INTEGER NOT NULL, title TEXT NOT NULL, x INTEGER, due INTEGER);
CREATE TABLE b(id INTEGER NOT NULL, note TEXT NOT NULL, x INTEGER);
CREATE TABLE c(id INTEGER NOT NULL, y TEXT NOT NULL, x INTEGER NOT NULL);
CREATE TABLE tid(id TEXT NOT NULL, w TEXT NOT NULL);
CREATE VIRTUAL TABLE f USING fts5(body, task UNINDEXED);
CREATE VIRTUAL TABLE g USING fts5(title, id UNINDEXED, content='tasks', content_rowid='id');
)sql");
  const auto claim = [&](const char* sql) {
    const Verdict verdict = check(sql);
    if (!verdict.description) return std::string("unknown");
    const Column& column = verdict.description->columns.back();
    return column.type + (column.nullable ? "?" : "!");
  };
  EXPECT_EQ(claim("SELECT (SELECT x + 0 AS x) AS v FROM a"), "std::int64_t?");
  EXPECT_EQ(claim("SELECT task FROM f"), "unknown");
  EXPECT_EQ(claim("SELECT id FROM g"), "std::int64_t?");
  EXPECT_EQ(claim("SELECT a.title AS t FROM a FULL JOIN b USING(id) JOIN c USING(id)"), "std::string?");
  EXPECT_EQ(claim("SELECT a.title AS t FROM a FULL JOIN b USING(id) WHERE id > 0"), "std::string?");
  EXPECT_EQ(claim("SELECT (SELECT q FROM (SELECT 'a' AS id, id AS q)) AS v FROM b"), "std::int64_t?");
  EXPECT_EQ(claim("SELECT 1 IN (SELECT q FROM (SELECT 1 AS due, due AS q)) AS hit FROM a"), "std::int64_t?");
  EXPECT_EQ(claim("WITH p AS (SELECT y FROM c), c AS (SELECT NULL AS y) SELECT y FROM p"), "unknown");
  EXPECT_EQ(claim("SELECT c.y FROM a JOIN (b LEFT JOIN c ON c.id = b.id + 5) USING(x)"), "std::string?");
  EXPECT_EQ(claim("SELECT json_set('{}', '$', 5) AS v"), "unknown");
  EXPECT_EQ(claim("SELECT json_set('{}', '$.a', 5) AS v"), "std::string!");
  EXPECT_EQ(claim("SELECT printf('%Y-%m', 5) AS v"), "std::string?");
  EXPECT_EQ(claim("SELECT printf('%d', 5) AS v"), "std::string!");
  EXPECT_EQ(claim("SELECT 9e999 - 9e999 AS v"), "double?");
  EXPECT_EQ(claim("SELECT a.title, a.x, a.due, a.* FROM a FULL JOIN tid USING(id)"), "unknown");
  EXPECT_EQ(claim("SELECT a.* FROM a LEFT JOIN b USING(id)"), "std::int64_t?");
}

TEST_F(CheckerTest, NumbersBesideParameters) {
  const auto kind = [&](const char* sql) { return check(sql).description->parameters.at(0).kind; };
  EXPECT_EQ(kind("SELECT id * :rate AS total FROM tasks"), Kind::real);
  EXPECT_EQ(kind("SELECT id + :n AS next FROM tasks"), Kind::integer);
  EXPECT_EQ(kind("UPDATE tasks SET id = id + :n"), Kind::integer);
  EXPECT_EQ(kind("SELECT id FROM tasks WHERE julianday(due) < :now + 3600"), Kind::real);
}

// A script may not reach the user's files.
TEST(Schema, AttachesNoFile) {
  const TempDir dir;
  const std::filesystem::path victim = dir.path() / "victim.db";
  {
    sql::Connection({.path = victim.string(), .mode = sql::OpenMode::create}).execute("CREATE TABLE keep(x)");
  }
  for (const std::string& script : {"ATTACH '" + victim.string() + "' AS v; DROP TABLE v.keep;",
                                    "VACUUM INTO '" + (dir.path() / "copy.db").string() + "';"}) {
    const std::filesystem::path stub = dir.write("stub.sql", script);
    EXPECT_THROW(make_schema({.stubs = {stub}}), Error) << script;
  }
  EXPECT_FALSE(std::filesystem::exists(dir.path() / "copy.db"));
  EXPECT_EQ(sql::Connection({.path = victim.string()}).query_one<int>("SELECT count(*) FROM sqlite_schema"),
            1);
  EXPECT_NO_THROW(make_schema({.stubs = {dir.write("vacuum.sql", "CREATE TABLE t(x); VACUUM;")}}));
}

TEST_F(CheckerTest, StatementsWithoutRows) {
  for (const char* sql : {"CREATE TABLE x(y)", "DELETE FROM tasks", "BEGIN", "DROP VIEW open_tasks",
                          "INSERT INTO words(words) VALUES ('optimize')"}) {
    const Verdict verdict = check(sql);
    ASSERT_TRUE(verdict.description) << sql;
    EXPECT_TRUE(verdict.description->columns.empty()) << sql;
  }
  EXPECT_FALSE(check("DELETE FROM tasks").description->read_only);
  EXPECT_TRUE(check("SELECT 1 AS one").description->read_only);
  EXPECT_TRUE(check("SELECT id, (SELECT * FROM owners) AS x FROM tasks").mistakes.size() > 0);
  EXPECT_FALSE(check("SELECT id, title FROM (SELECT * FROM tasks)").description->star);
  EXPECT_TRUE(check("SELECT t.*, 1 AS one FROM tasks t").mistakes.size() == 1);  // color
}

}  // namespace
}  // namespace cairn::check
