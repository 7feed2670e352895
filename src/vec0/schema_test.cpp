// The table as part of a database: other schemas, transactions, triggers, names.
#include <unistd.h>

#include <filesystem>

#include "vec0/test_support.hpp"

namespace cairn::vec0 {
namespace {

using testing::Database;

TEST(Schema, TempAndAttachedTables) {
  const Database db;
  db.execute_script("ATTACH ':memory:' AS other");
  for (const std::string schema : {"temp", "other"}) {
    db.execute("CREATE VIRTUAL TABLE " + schema + ".t USING vec0(v float[2], s text)");
    db.execute("INSERT INTO " + schema + ".t(rowid, v, s) VALUES (1, '[1,0]', ?), (2, '[0,3]', 'b')", schema);
    EXPECT_EQ(db.row("SELECT s FROM " + schema + ".t WHERE v MATCH '[1,0]' ORDER BY distance LIMIT 1"),
              schema);
    db.execute("ALTER TABLE " + schema + ".t RENAME TO u");
    EXPECT_EQ(db.row("SELECT count(*) FROM " + schema + ".u"), "2");
    db.execute("DROP TABLE " + schema + ".u");
  }
}

TEST(Schema, UpdateFromAndTriggers) {
  const Database db;
  db.execute_script(
      "CREATE VIRTUAL TABLE t USING vec0(v int8[2], n integer, +note text);"
      "CREATE TABLE doc(id INTEGER PRIMARY KEY, n INTEGER);"
      "INSERT INTO t(rowid, v, n, note) VALUES (1, vec_int8('[1,2]'), 1, 'a'), (2, vec_int8('[3,4]'), 2, "
      "'b');"
      "INSERT INTO doc VALUES (1, 10), (2, 20);"
      "UPDATE t SET n = doc.n FROM doc WHERE doc.id = t.rowid;"
      "CREATE TRIGGER doc_au AFTER UPDATE ON doc BEGIN UPDATE t SET n = new.n WHERE rowid = new.id; END;"
      "CREATE TRIGGER doc_ad AFTER DELETE ON doc BEGIN DELETE FROM t WHERE rowid = old.id; END");
  EXPECT_EQ(db.rows("SELECT rowid, vec_to_json(v), n, note FROM t"),
            (std::vector<std::string>{"1|[1,2]|10|a", "2|[3,4]|20|b"}));
  db.execute_script("UPDATE doc SET n = 7 WHERE id = 1; DELETE FROM doc WHERE id = 2");
  EXPECT_EQ(db.row("SELECT rowid, n FROM t"), "1|7");
}

TEST(Schema, AStatementThatFailsHalfWayLeavesNothing) {
  const Database db;
  db.execute_script(
      "CREATE VIRTUAL TABLE t USING vec0(v float[2]); BEGIN; INSERT INTO t(rowid, v) VALUES (1, '[1,1]')");
  EXPECT_NE(db.error("INSERT INTO t(rowid, v) VALUES (2, '[2,2]'), (3, '[3,3]'), (4, '[4]')"), "no error");
  EXPECT_EQ(db.error("INSERT INTO t(rowid, v) VALUES (5, '[5,5]'), (1, '[1,1]')"),
            "UNIQUE constraint failed on t primary key");
  db.execute("INSERT OR IGNORE INTO t(rowid, v) VALUES (1, '[9,9]'), (6, '[6,6]')");
  db.execute("COMMIT");
  EXPECT_EQ(db.rows("SELECT rowid, vec_to_json(v) FROM t"),
            (std::vector<std::string>{"1|[1.000000,1.000000]", "6|[6.000000,6.000000]"}));
}

TEST(Schema, TheUsersRowidIsTheLastInsertRowid) {
  const Database db;
  db.execute_script("CREATE VIRTUAL TABLE t USING vec0(v float[2], s text)");
  db.execute("INSERT INTO t(rowid, v, s) VALUES (41, '[1,1]', 'longer than twelve bytes')");
  EXPECT_EQ(db.last_insert_rowid(), 41);
  db.execute("INSERT INTO t(v, s) VALUES ('[1,1]', '')");
  EXPECT_EQ(db.last_insert_rowid(), 42);
  EXPECT_EQ(db.changes(), 1);
}

TEST(Schema, CommandsAndHiddenColumns) {
  const Database db;
  db.execute_script("CREATE VIRTUAL TABLE t USING vec0(v float[2]); INSERT INTO t(v) VALUES ('[1,1]')");
  EXPECT_EQ(db.row("SELECT t, distance, k FROM t"), "NULL|NULL|NULL");
  EXPECT_EQ(db.error("INSERT INTO t(t) VALUES ('dance')"), "unknown vec0 command: 'dance'");
  EXPECT_EQ(db.error("INSERT INTO t(v, k) VALUES ('[1,1]', 3)"),
            "A value was provided for the hidden \"k\" column.");
  // A column with the table's name takes the command column's place.
  db.execute_script("CREATE VIRTUAL TABLE e USING vec0(e float[2]); INSERT INTO e(e) VALUES ('[1,2]')");
  EXPECT_EQ(db.row("SELECT vec_to_json(e) FROM e WHERE e MATCH '[1,2]'"), "[1.000000,2.000000]");
}

// Another connection's writes are seen by the next statement, and not inside an open snapshot.
TEST(Schema, TwoConnectionsAndSnapshots) {
  const auto path =
      std::filesystem::temp_directory_path() / ("cairn_vec0_" + std::to_string(::getpid()) + ".db");
  std::filesystem::remove(path);
  {
    const Database a(path.c_str());
    a.execute_script(
        "PRAGMA journal_mode = WAL; CREATE VIRTUAL TABLE t USING vec0(v float[2]); INSERT INTO t(v) VALUES "
        "('[1,1]')");
    const Database b(path.c_str());
    const std::string count = "SELECT count(*), min(distance) FROM t WHERE v MATCH '[0,0]'";
    b.execute("BEGIN");
    const std::string before = b.row(count);
    a.execute("INSERT INTO t(v) VALUES ('[0,0]')");
    EXPECT_EQ(a.row(count), "2|0.0");
    EXPECT_EQ(b.row(count), before);
    b.execute("COMMIT");
    EXPECT_EQ(b.row(count), "2|0.0");
  }
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path.string() + suffix);
}

}  // namespace
}  // namespace cairn::vec0
