#include "sqlite/error.hpp"

#include <gtest/gtest.h>

#include "base/error_of.hpp"
#include "sqlite/memory_database.hpp"

namespace cairn::sqlite {
namespace {

struct ErrorTest : testing::Test {
  ErrorTest() {
    db().execute_script(
        "CREATE TABLE p(id INTEGER PRIMARY KEY);"
        "CREATE TABLE t(a UNIQUE, b NOT NULL, c CONSTRAINT positive CHECK (c > 0), d CHECK (d <> 'x: y'),"
        "               e REFERENCES p(id), f, g, UNIQUE (f, g)) ;"
        "CREATE TABLE i(a); CREATE UNIQUE INDEX lower_a ON i(lower(a)); INSERT INTO i VALUES ('one');"
        "CREATE TABLE s(n INTEGER) STRICT;"
        "CREATE TRIGGER refuse BEFORE DELETE ON t BEGIN SELECT RAISE(ABORT, 'never'); END;"
        "INSERT INTO t(a, b, f, g) VALUES ('one', 1, 1, 1);"
        "PRAGMA foreign_keys = ON");
  }
  ConnectionRef db() const { return memory.db(); }
  Error failing(std::string_view sql) const {
    return error_of([&] { db().execute(sql); });
  }
  using Names = std::vector<std::string>;

  MemoryDatabase memory;
};

TEST_F(ErrorTest, AConstraintSaysWhichAndWhere) {
  const Error unique = failing("INSERT INTO t(a, b) VALUES ('one', 1)");
  EXPECT_EQ(unique.code(), ErrorCode::unique);
  EXPECT_EQ(unique.context()->columns, Names{"t.a"});
  EXPECT_EQ(unique.context()->sql, "INSERT INTO t(a, b) VALUES ('one', 1)");
  EXPECT_EQ(unique.sqlite_code(), SQLITE_CONSTRAINT_UNIQUE);
  EXPECT_EQ(failing("INSERT INTO t(b, f, g) VALUES (1, 1, 1)").context()->columns, (Names{"t.f", "t.g"}));
  EXPECT_EQ(failing("INSERT INTO i VALUES ('ONE')").context()->constraint, "index 'lower_a'");
  EXPECT_EQ(failing("INSERT INTO p VALUES (1), (1)").code(), ErrorCode::unique);

  const Error not_null = failing("INSERT INTO t(a) VALUES ('two')");
  EXPECT_EQ(not_null.code(), ErrorCode::not_null);
  EXPECT_EQ(not_null.context()->columns, Names{"t.b"});

  const Error check = failing("INSERT INTO t(b, c) VALUES (1, -1)");
  EXPECT_EQ(check.code(), ErrorCode::check);
  EXPECT_EQ(check.context()->constraint, "positive");
  EXPECT_EQ(failing("INSERT INTO t(b, d) VALUES (1, 'x: y')").context()->constraint, "d <> 'x: y'");

  EXPECT_EQ(failing("INSERT INTO t(b, e) VALUES (1, 99)").code(), ErrorCode::foreign_key);
  EXPECT_EQ(failing("DELETE FROM t").code(), ErrorCode::constraint);
  const Error strict = failing("INSERT INTO s VALUES ('x')");
  EXPECT_EQ(strict.code(), ErrorCode::constraint);
  EXPECT_EQ(strict.context()->columns, Names{"s.n"});
}

TEST_F(ErrorTest, TheCaretStandsBelowTheError) {
  EXPECT_EQ(failing("SELECT nope FROM t").marked_sql(), "SELECT nope FROM t\n       ^");
  EXPECT_EQ(failing("SELECT 'é',\n\t'é' || nope\nFROM t").marked_sql(), "\t'é' || nope\n\t       ^");
  EXPECT_EQ(failing("SELECT 1 FROM missing").marked_sql(), "SELECT 1 FROM missing")
      << "SQLite tells no place";
  EXPECT_EQ(failing("SELECT ((").context()->offset, -1);
  EXPECT_EQ(Error(ErrorCode::io, "no statement").marked_sql(), "");
}

TEST_F(ErrorTest, AScriptSaysAtWhichByte) {
  const std::string script = "INSERT INTO s VALUES (1);\n  INSERT INTO s VALUES ('x');\nSELECT nope";
  const Error stepping = error_of([&] { db().execute_script(script); });
  ASSERT_NE(stepping.context(), nullptr);
  EXPECT_EQ(script.substr(static_cast<std::size_t>(stepping.context()->offset)).substr(0, 27),
            "INSERT INTO s VALUES ('x');");
  const std::string second = "SELECT 1;\nSELECT nope";
  const Error preparing = error_of([&] { db().execute_script(second); });
  EXPECT_EQ(preparing.context()->offset, static_cast<int>(second.find("nope")));
  EXPECT_EQ(preparing.marked_sql(), "SELECT nope\n       ^");
}

TEST_F(ErrorTest, EveryResultCodeOfSqliteHasAKind) {
  const std::pair<int, ErrorCode> kinds[] = {
      {SQLITE_BUSY, ErrorCode::busy},
      {SQLITE_BUSY_SNAPSHOT, ErrorCode::busy},
      {SQLITE_LOCKED, ErrorCode::locked},
      {SQLITE_LOCKED_SHAREDCACHE, ErrorCode::locked},
      {SQLITE_FULL, ErrorCode::disk_full},
      {SQLITE_CORRUPT, ErrorCode::corrupt},
      {SQLITE_CORRUPT_VTAB, ErrorCode::corrupt},
      {SQLITE_NOTADB, ErrorCode::not_a_database},
      {SQLITE_READONLY_DBMOVED, ErrorCode::read_only},
      {SQLITE_IOERR_FSYNC, ErrorCode::io},
      {SQLITE_CANTOPEN, ErrorCode::io},
      {SQLITE_INTERRUPT, ErrorCode::interrupted},
      {SQLITE_NOMEM, ErrorCode::out_of_memory},
      {SQLITE_CONSTRAINT_PRIMARYKEY, ErrorCode::unique},
      {SQLITE_CONSTRAINT_TRIGGER, ErrorCode::constraint},
      {SQLITE_TOOBIG, ErrorCode::invalid_argument},
      {SQLITE_ERROR, ErrorCode::sql},
      {SQLITE_AUTH, ErrorCode::sql},
  };
  for (const auto& [code, kind] : kinds) EXPECT_EQ(code_of(code), kind) << code;
}

}  // namespace
}  // namespace cairn::sqlite
