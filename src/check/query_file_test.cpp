#include <gtest/gtest.h>

#include <random>

#include "check/scanner.hpp"

namespace cairn::check {
namespace {

std::string text(const Place& place) {
  return std::to_string(place.line) + ":" + std::to_string(place.column);
}

TEST(ScanSql, FindsNamedQueries) {
  const Scan scan = scan_sql(
      "-- Tasks and who owns them.\n"
      "/* -- name: nothing :one */\n"
      "\n"
      "-- name: open_tasks :all\n"
      "-- The oldest first.\n"
      "SELECT id, title -- name: no line of its own\n"
      "  FROM tasks WHERE done = 0;\n"
      "\n"
      "-- About the next one.\n"
      "  --  name:rename   :execute  \n"
      "UPDATE tasks SET title = :title WHERE id = :id",
      "tasks.sql");
  ASSERT_TRUE(scan.diagnostics.empty()) << to_string(scan.diagnostics[0], "");
  ASSERT_EQ(scan.queries.size(), 2u);
  const SourceQuery& open_tasks = scan.queries[0];
  EXPECT_EQ(open_tasks.name, "open_tasks");
  EXPECT_EQ(open_tasks.form, Form::all);
  EXPECT_EQ(open_tasks.file, "tasks.sql");
  EXPECT_EQ(text(open_tasks.macro), "4:1");
  EXPECT_EQ(
      open_tasks.sql,
      "-- The oldest first.\nSELECT id, title -- name: no line of its own\n  FROM tasks WHERE done = 0");
  ASSERT_EQ(open_tasks.places.size(), open_tasks.sql.size() + 1);
  EXPECT_EQ(text(open_tasks.places[0]), "5:1");
  EXPECT_EQ(text(open_tasks.places[open_tasks.sql.find("FROM")]), "7:3");
  EXPECT_EQ(text(open_tasks.places.back()), "7:28");
  const SourceQuery& rename = scan.queries[1];
  EXPECT_EQ(rename.name, "rename");
  EXPECT_EQ(rename.form, Form::execute);
  EXPECT_EQ(text(rename.macro), "10:3");
  EXPECT_EQ(rename.sql, "UPDATE tasks SET title = :title WHERE id = :id");
}

TEST(ScanSql, KnowsAllForms) {
  const std::pair<std::string, Form> forms[] = {{":one", Form::one},       {":optional", Form::optional},
                                                {":all", Form::all},       {":each", Form::each},
                                                {":scalar", Form::scalar}, {":execute", Form::execute}};
  for (const auto& [name, form] : forms) {
    const Scan scan = scan_sql("-- name: q " + name + "\nSELECT 1", "a.sql");
    ASSERT_EQ(scan.queries.size(), 1u) << name;
    EXPECT_EQ(scan.queries[0].form, form) << name;
  }
}

// What is left of a text below its line; "-" if there is no query.
std::string sql_of(const std::string& below) {
  const Scan scan = scan_sql("-- name: q :all\n" + below, "a.sql");
  return scan.queries.size() == 1 ? scan.queries[0].sql : "-";
}

TEST(ScanSql, LeavesOutWhatFollowsTheLastCode) {
  EXPECT_EQ(sql_of("SELECT 1"), "SELECT 1");
  EXPECT_EQ(sql_of("\n\n  SELECT 1 ; \n\n"), "SELECT 1");
  EXPECT_EQ(sql_of("SELECT 1 -- one\n;;\n/* all\n */ -- there is"), "SELECT 1");
  EXPECT_EQ(sql_of("/* why */ SELECT/**/1; SELECT 2;"),
            "/* why */ SELECT/**/1; SELECT 2");  // the checker's matter
  EXPECT_EQ(sql_of("SELECT ';' ;"), "SELECT ';'");
  EXPECT_EQ(sql_of(";\n;SELECT 1"), "SELECT 1");
}

TEST(ScanSql, KnowsStringsAndComments) {
  for (const std::string quoted :
       {"'it''s\n-- name: b :all\n'", "\"\"\"\n-- name: b :all\n\"", "`\n-- name: b :all\n`",
        "[\"\n-- name: b :all\n]", "/*'\n-- name: b :all\n*/ 1", "'-- name: b :all'"})
    EXPECT_EQ(sql_of("SELECT " + quoted), "SELECT " + quoted);
  EXPECT_EQ(sql_of("SELECT 1 -- it's\n"), "SELECT 1");
  EXPECT_EQ(sql_of("SELECT /*/ ' */ 1"), "SELECT /*/ ' */ 1");
}

TEST(ScanSql, TakesLinesThatEndWithCarriageReturns) {
  const Scan scan = scan_sql(
      "\xEF\xBB\xBF-- name: q :one\r\nSELECT 1,\r\n  2;\r\n-- name: r :one\r\nSELECT 3\r\n", "a.sql");
  ASSERT_TRUE(scan.diagnostics.empty()) << to_string(scan.diagnostics[0], "");
  ASSERT_EQ(scan.queries.size(), 2u);
  EXPECT_EQ(text(scan.queries[0].macro), "1:1");
  EXPECT_EQ(scan.queries[0].sql, "SELECT 1,\n  2");
  EXPECT_EQ(text(scan.queries[0].places.back()), "3:4");
}

TEST(ScanSql, TakesFilesWithoutQueries) {
  for (const char* source : {"", "\n", "-- later\n/* much */;\n", "--", "-- named: a"})
    EXPECT_TRUE(scan_sql(source, "a.sql").diagnostics.empty()) << source;
}

struct Wrong {
  std::string source;
  std::string place;
  std::string message;
  std::string help;
};

TEST(ScanSql, SaysWhatIsWrong) {
  const std::string how = "write: -- name: open_tasks :all";
  const std::string forms = "the forms are :one, :optional, :all, :each, :scalar, :execute";
  const Wrong table[] = {
      {"SELECT 1; SELECT 2;", "1:1", "SQL before the first '-- name:'", how},
      {"-- name:\nSELECT 1", "1:1", "'-- name:' without a name", how},
      {"-- name: open-tasks :all\nSELECT 1", "1:10", "'open-tasks' is no C++ identifier",
       "a name is made of letters, digits and underscores"},
      {"-- name: :all\nSELECT 1", "1:10", "':all' is no C++ identifier",
       "a name is made of letters, digits and underscores"},
      {"-- name: 2nd :all\nSELECT 1", "1:10", "'2nd' is no C++ identifier",
       "a name is made of letters, digits and underscores"},
      {"-- name: delete :execute\nSELECT 1", "1:10", "'delete' is a keyword of C++", ""},
      {"\n-- name: q\nSELECT 1", "2:10", "'q' has no form", how},
      {"-- name: q :many\nSELECT 1", "1:12", "':many' is no form of a query", "did you mean ':all'?"},
      {"-- name: q :exec\nSELECT 1", "1:12", "':exec' is no form of a query", "did you mean ':execute'?"},
      {"-- name: q :execrows\nSELECT 1", "1:12", "':execrows' is no form of a query",
       "did you mean ':execute'?"},
      {"-- name: q :optinal\nSELECT 1", "1:12", "':optinal' is no form of a query",
       "did you mean ':optional'?"},
      {"-- name: q one\nSELECT 1", "1:12", "'one' is no form of a query", "did you mean ':one'?"},
      {"-- name: q :stream\nSELECT 1", "1:12", "':stream' is no form of a query", forms},
      {"-- name: q :all tasks\nSELECT 1", "1:17", "'tasks' behind the form", how},
      {"-- name: q :all", "1:1", "'q' has no SQL", ""},
      {"-- name: q :all\n; -- later\n", "1:1", "'q' has no SQL", ""},
      {"-- name: q :all\nSELECT 'a;\n-- name: r :all\n", "2:8", "the quotation that begins here does not end",
       ""},
      {"-- name: q :all\nSELECT [a\n", "2:8", "the quotation that begins here does not end", ""},
      {"-- name: q :all\nSELECT 1 /* all\n", "2:10", "the comment that begins here does not end", ""},
      {std::string("-- name: q :all\nSELECT \0 1", 27), "2:8", "a NUL in the SQL, at which SQLite would stop",
       ""},
  };
  for (const Wrong& wrong : table) {
    const Scan scan = scan_sql(wrong.source, "a.sql");
    EXPECT_TRUE(scan.queries.empty()) << wrong.source;
    ASSERT_EQ(scan.diagnostics.size(), 1u) << wrong.source;
    const Diagnostic& found = scan.diagnostics[0];
    EXPECT_EQ(found.file, "a.sql");
    EXPECT_EQ(text(found.place), wrong.place) << wrong.source;
    EXPECT_EQ(found.message, wrong.message) << wrong.source;
    EXPECT_EQ(found.help, wrong.help) << wrong.source;
  }
}

TEST(ScanSql, GoesOnAfterAMistake) {
  const Scan scan = scan_sql(
      "-- name: a :many\nSELECT 1;\n-- name: b :all\nSELECT 2;\n-- name: b :one\nSELECT 3;\n-- name: c "
      ":one\nSELECT 4;\n-- name: d :one\n",
      "a.sql");
  ASSERT_EQ(scan.diagnostics.size(), 3u);
  EXPECT_EQ(scan.diagnostics[2].message, "'d' has no SQL");
  EXPECT_EQ(scan.diagnostics[1].message, "another query has the name 'b'");
  EXPECT_EQ(scan.diagnostics[1].help, "the first one is at a.sql:3:10");
  EXPECT_EQ(text(scan.diagnostics[1].place), "5:10");
  ASSERT_EQ(scan.queries.size(), 2u);
  EXPECT_EQ(scan.queries[0].sql, "SELECT 2");
  EXPECT_EQ(scan.queries[1].sql, "SELECT 4");
}

TEST(ScanSql, FindsWhatWasHiddenInRandomFiles) {
  const auto first = static_cast<unsigned>(std::random_device()());
  for (unsigned seed = first; seed != first + 500; ++seed) {
    std::mt19937 random(seed);
    const auto one_of = [&](std::initializer_list<const char*> all) {
      return std::string(all.begin()[random() % all.size()]);
    };
    const auto one_in = [&](unsigned n) { return random() % n == 0; };
    const auto comment = [&] {
      return one_of({"", "-- it's\n", "/* '\n-- name: no :one\n\" */", "\n", ";", "\t"});
    };
    std::string source = comment();
    std::vector<SourceQuery> hidden;
    while (!one_in(6)) {
      SourceQuery query;
      query.name = "q" + std::to_string(hidden.size());
      source += "\n" + one_of({"", "  "}) + "-- name: " + query.name + one_of({" :all\n", " :all  \n\n"});
      query.sql = "SELECT";
      for (int pieces = 0; !one_in(5); ++pieces)
        query.sql += one_of({" 1", "''", "'it''s'", "'\n-- name: no :one\n'", "\"a`\"", "`--`", "[/*]",
                             "/* ' */ 1", ", -- \"\n2", "-1", "/ 2", "; x"});
      source += query.sql;
      while (!one_in(3)) source += comment();
      hidden.push_back(query);
    }
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + source);
    const Scan scan = scan_sql(source, "a.sql");
    ASSERT_TRUE(scan.diagnostics.empty()) << to_string(scan.diagnostics[0], source);
    ASSERT_EQ(scan.queries.size(), hidden.size());
    for (std::size_t i = 0; i < hidden.size(); ++i) {
      ASSERT_EQ(scan.queries[i].name, hidden[i].name);
      ASSERT_EQ(scan.queries[i].sql, hidden[i].sql);
    }
  }
}

}  // namespace
}  // namespace cairn::check
