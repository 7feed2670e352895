// Look-ups by key: every value and collation that SQLite's own tables would find the row by.
#include "vec0/test_support.hpp"

namespace cairn::vec0 {
namespace {

using testing::Database;
using Rows = std::vector<std::string>;

TEST(Keys, AnIntegerKeyIsFoundByWhateverConvertsToIt) {
  Database db;
  db.execute_script(
      "CREATE VIRTUAL TABLE v USING vec0(e float[1]);"
      "INSERT INTO v(rowid, e) VALUES (5, '[1]'), (4611686018427387904, '[2]'), (-9223372036854775808, "
      "'[3]');"
      "CREATE TABLE c(id TEXT); INSERT INTO c VALUES ('5'), ('5.5'), ('five')");
  EXPECT_EQ(db.rows("SELECT rowid FROM v WHERE rowid = ?", "5"), Rows{"5"});
  EXPECT_EQ(db.rows("SELECT rowid FROM v WHERE _rowid_ = '5.0'"), Rows{"5"});
  EXPECT_EQ(db.rows("SELECT rowid FROM v WHERE rowid = 4611686018427387904.0"), Rows{"4611686018427387904"});
  EXPECT_EQ(db.rows("SELECT rowid FROM v WHERE rowid = -9223372036854775808.0"),
            Rows{"-9223372036854775808"});
  EXPECT_EQ(db.rows("SELECT rowid FROM v WHERE rowid = 9223372036854775808.0"), Rows{});
  EXPECT_EQ(db.rows("SELECT rowid FROM v WHERE rowid = '5x' OR rowid = 5.5"), Rows{});
  EXPECT_EQ(db.rows("SELECT v.rowid FROM c JOIN v ON v.rowid = c.id"), Rows{"5"});
  EXPECT_EQ(db.rows("SELECT v.rowid, v.distance FROM c CROSS JOIN v ON v.rowid = c.id WHERE v.e MATCH '[4]'"),
            Rows{"5|3.0"});
  EXPECT_EQ(db.rows("SELECT v.rowid FROM c CROSS JOIN v ON v.rowid = c.id WHERE v.e MATCH '[1]' AND k = 1"),
            Rows{"5"});
}

TEST(Keys, ATextKeyIsFoundByANumber) {
  Database db;
  db.execute_script(
      "CREATE VIRTUAL TABLE v USING vec0(id text primary key, e float[1]);"
      "INSERT INTO v VALUES ('7', '[1]'), ('abc', '[2]'); CREATE TABLE c(id INTEGER); INSERT INTO c VALUES "
      "(7)");
  EXPECT_EQ(db.rows("SELECT id FROM v WHERE id = ?", 7), Rows{"7"});
  EXPECT_EQ(db.rows("SELECT v.id FROM c JOIN v ON v.id = c.id"), Rows{"7"});
}

TEST(Keys, ATextKeyComparesByTheCollationThatTheQueryNames) {
  Database db;
  db.execute_script(
      "CREATE VIRTUAL TABLE v USING vec0(id text primary key, e float[1]);"
      "INSERT INTO v VALUES ('abc', '[1]'), ('ABC', '[2]'), ('b', '[3]')");
  EXPECT_EQ(db.rows("SELECT id FROM v WHERE id = 'Abc' COLLATE NOCASE"), (Rows{"abc", "ABC"}));
  EXPECT_EQ(db.rows("SELECT id FROM v WHERE id = 'Abc' COLLATE NOCASE AND e MATCH '[2]' ORDER BY distance"),
            (Rows{"ABC", "abc"}));
  EXPECT_EQ(db.rows("SELECT id FROM v WHERE id = 'abc'"), Rows{"abc"});
}

// As of an ordinary table: what is gone before the cursor gets there is not seen.
TEST(Keys, RowsThatAreDeletedWhileTheyAreReadAreSkipped) {
  for (const char* query :
       {"SELECT id, e FROM v", "SELECT id, e FROM v WHERE e MATCH '[0]' ORDER BY distance",
        "SELECT id, e FROM v WHERE e MATCH '[0]' AND k = 20"}) {
    SCOPED_TRACE(query);
    Database db;
    db.execute(
        "CREATE VIRTUAL TABLE v USING vec0(id text primary key, e float[1], +note text, chunk_size=8)");
    for (int i = 0; i < 20; ++i)
      db.execute("INSERT INTO v(id, e) VALUES (?, ?)", std::to_string(i), std::vector<float>{float(i)});
    sqlite::Statement st = db.prepare(query);
    ASSERT_TRUE(st.step());
    ASSERT_TRUE(st.step());
    db.execute("DELETE FROM v WHERE id != '19'");
    ASSERT_TRUE(st.step());
    EXPECT_EQ(st.get<std::string>(0), "19");
    EXPECT_FALSE(st.step());
  }
}

TEST(Keys, RowsThatMoveWhileASearchIsReadAreMet) {
  Database db;
  db.execute("CREATE VIRTUAL TABLE v USING vec0(e float[1], owner text partition key, chunk_size=8)");
  for (int i = 0; i < 20; ++i)
    db.execute("INSERT INTO v(rowid, e, owner) VALUES (?, ?, 'a')", i, std::vector<float>{float(i)});
  sqlite::Statement st = db.prepare("SELECT rowid, owner, vec_to_json(e) FROM v WHERE e MATCH '[0]'");
  ASSERT_TRUE(st.step());
  db.execute("UPDATE v SET owner = 'b'");
  const auto rest = Database::rows_of(st);
  ASSERT_EQ(rest.size(), 19u);
  EXPECT_EQ(rest.back(), "19|b|[19.000000]");
}

// What a rollback took back is gone as well, and a chunk of the same number may be another one.
TEST(Keys, RowsThatARollbackTakesBackAreSkipped) {
  for (const char* query :
       {"SELECT rowid, e, note, owner FROM v", "SELECT rowid, e, note, owner FROM v WHERE e MATCH '[0]'",
        "SELECT rowid, e, note, owner FROM v WHERE e MATCH '[0]' AND k = 20"}) {
    SCOPED_TRACE(query);
    Database db;
    db.execute_script(
        "CREATE VIRTUAL TABLE v USING vec0(e float[1], owner text partition key, +note text, chunk_size=8);"
        "INSERT INTO v(rowid, e, owner, note) VALUES (1, '[1]', 'a', 'n'), (2, '[2]', 'a', 'n');"
        "BEGIN; SAVEPOINT s;"
        "INSERT INTO v(rowid, e, owner, note) VALUES (3, '[3]', 'b', 'n'), (4, '[4]', 'b', 'n')");
    sqlite::Statement open = db.prepare(query);
    ASSERT_TRUE(open.step());
    db.execute("ROLLBACK TO s");
    db.execute("INSERT INTO v(rowid, e, owner, note) VALUES (5, '[5]', 'c', 'n')");
    ASSERT_TRUE(open.step());
    EXPECT_EQ(open.get<std::int64_t>(0), 2);
    EXPECT_EQ(open.get<std::string>(3), "a");
    while (open.step()) EXPECT_EQ(open.get<std::string>(3), "c");
    std::vector<std::string> left{"1", "2", "5"};
    EXPECT_EQ(db.rows("SELECT rowid FROM v WHERE e MATCH '[0]'"), left);
  }
}

}  // namespace
}  // namespace cairn::vec0
