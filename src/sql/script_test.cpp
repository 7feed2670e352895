#include "sql/script.hpp"

#include <gtest/gtest.h>

#include "base/error_of.hpp"
#include "cairn/sql/connection.hpp"

namespace cairn::sql {
namespace {

TEST(Script, FindsDirectivesAtTheHeadOnly) {
  EXPECT_TRUE(directives_of("-- no-transaction\nVACUUM").no_transaction);
  EXPECT_TRUE(directives_of("-- no-transaction, since it vacuums").no_transaction);  // as sqlx
  EXPECT_FALSE(directives_of(" -- no-transaction\nVACUUM").no_transaction);
  EXPECT_FALSE(directives_of("--no-transaction").no_transaction);
  EXPECT_FALSE(directives_of("").no_transaction);

  EXPECT_TRUE(directives_of("\xEF\xBB\xBF-- rebuilds a table\r\n\r\n  -- foreign-keys: off \r\nDROP TABLE a")
                  .foreign_keys_off);
  EXPECT_TRUE(directives_of("-- foreign-keys:off").foreign_keys_off);
  EXPECT_FALSE(directives_of("SELECT 1;\n-- foreign-keys: off").foreign_keys_off);
  EXPECT_EQ(error_of([] { directives_of("-- foreign-keys: of"); }).code(), ErrorCode::invalid_argument);
}

std::string failure(std::string_view sql) {
  Connection db{ConnectOptions{}};
  return error_of([&] { Script(sql, "f.sql").run_alone(db); }).what();
}

TEST(Script, KnowsThatOrFailKeepsRows) {
  Connection db{ConnectOptions{}};
  db.execute("CREATE TABLE a(x UNIQUE)");
  Script script("INSERT OR FAIL INTO a VALUES (1), (2), (1)", "f");
  EXPECT_EQ(error_of([&] { script.run_alone(db); }).code(), ErrorCode::unique);
  EXPECT_EQ(db.query_one<int>("SELECT count(*) FROM a"), 2);
  EXPECT_TRUE(script.left_traces());
}

TEST(Script, NamesTheLineOfAnError) {
  EXPECT_TRUE(failure("-- head\nCREATE TABLE a(x);\n\n/* two\nlines */ INSERT INTO a\n  VALUES (nope);")
                  .starts_with("f.sql:6: "));
  EXPECT_TRUE(failure("CREATE TABLE a(x);\n\n  DROP TABLE b;").starts_with("f.sql:3: "));
  EXPECT_TRUE(failure("CREATE TABLE a(x UNIQUE);\nINSERT INTO a\nVALUES (1), (1);").starts_with("f.sql:2: "));
  EXPECT_TRUE(failure("SELECT 1;\nSELECT 'unended").starts_with("f.sql:2: "));
  EXPECT_TRUE(failure(std::string_view("SELECT 1;\n\0SELECT 2", 18)).starts_with("f.sql:2: a NUL"));
}

TEST(Script, RunsEmptyOnes) {
  Connection db{ConnectOptions{}};
  for (const char* text : {"", ";;", "-- only a comment", "/* not closed", "\xEF\xBB\xBF"})
    Script(text, "f").run_alone(db);
}

TEST(Script, RefusesTransactionsInsideOne) {
  Connection db{ConnectOptions{}};
  for (const char* text :
       {"CREATE TABLE a(x); COMMIT", "CREATE TABLE a(x);\nend /* all */ transaction;", "BEGIN",
        "CREATE TABLE a(x); rollback", "CREATE TABLE a(x);/**/ Begin Immediate; CREATE TABLE b(x)"}) {
    db.execute("BEGIN");
    EXPECT_EQ(error_of([&] { Script(text, "f").run_in_transaction(db); }).code(), ErrorCode::invalid_argument)
        << text;
    EXPECT_TRUE(db.in_transaction()) << text;
    db.execute("ROLLBACK");
    EXPECT_EQ(db.query_one<int>("SELECT count(*) FROM sqlite_schema"), 0) << text;
  }
  db.execute("BEGIN");
  Script(
      "CREATE TABLE a(x); SAVEPOINT s; INSERT INTO a VALUES (1); ROLLBACK /**/ TO s; RELEASE s;\n"
      "CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM a; END;",
      "f")
      .run_in_transaction(db);
  db.execute("COMMIT");
  EXPECT_EQ(db.query_one<int>("SELECT count(*) FROM a"), 0);
}

TEST(Script, AloneKnowsWhetherItLeftTraces) {
  const auto left_traces = [](std::string_view sql) {
    Connection db{ConnectOptions{}};
    Script script(sql, "f");
    EXPECT_NE(error_of([&] { script.run_alone(db); }).code(), ErrorCode{0}) << sql;
    EXPECT_FALSE(db.in_transaction());
    EXPECT_TRUE(db.query_one<bool>("PRAGMA foreign_keys"));
    return script.left_traces();
  };
  EXPECT_FALSE(left_traces("nonsense"));
  EXPECT_FALSE(left_traces("SELECT 1; nonsense"));
  EXPECT_FALSE(left_traces("PRAGMA foreign_keys = OFF; BEGIN; CREATE TABLE a(x); nonsense"));
  EXPECT_FALSE(left_traces("BEGIN; CREATE TABLE a(x)"));  // and no COMMIT
  EXPECT_TRUE(left_traces("CREATE TABLE a(x); nonsense"));
  EXPECT_TRUE(left_traces("BEGIN; CREATE TABLE a(x); COMMIT; nonsense"));
}

TEST(Script, IsLinearInTheLengthOfTheScript) {
  std::string sql = "CREATE TABLE a(x);\n";
  for (int i = 0; i < 20000; ++i)
    sql += "INSERT INTO a VALUES ('some text that makes the script a little longer');\n";
  Connection db{ConnectOptions{}};
  db.execute("BEGIN");
  Script(sql, "f").run_in_transaction(db);
  EXPECT_EQ(db.query_one<int>("SELECT count(*) FROM a"), 20000);
}

}  // namespace
}  // namespace cairn::sql
