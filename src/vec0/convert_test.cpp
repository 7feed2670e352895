#include <unistd.h>

#include "base/error_of.hpp"
#include "vec0/declared.hpp"
#include "vec0/generated_table.hpp"

namespace cairn::vec0 {
namespace {

using testing::Database;
using testing::GeneratedTable;

std::vector<std::string> schema_of(const Database& db) {
  return db.rows("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name");
}

TEST(Convert, EveryRowOfGeneratedTablesThereAndBack) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Database db;
    GeneratedTable table(db, seed);
    table.insert(static_cast<int>(seed) * 3);
    table.remove(20);
    const TableDefinition before = declared_table(db.handle(), "main", "t");
    const std::vector<std::string> schema = schema_of(db);

    ASSERT_EQ(convert(db.handle(), "t", Index::cairn), table.rows());
    ASSERT_EQ(declared_table(db.handle(), "main", "t").index(), Index::cairn);
    ASSERT_EQ(table.contents(), table.expected());
    ASSERT_EQ(convert(db.handle(), "t", Index::cairn), std::nullopt);
    db.execute("INSERT INTO t(t) VALUES ('integrity')");
    table.insert(20);
    table.update_some();
    ASSERT_EQ(table.contents(), table.expected());

    ASSERT_EQ(convert(db.handle(), "t", Index::flat), table.rows());
    ASSERT_EQ(table.contents(), table.expected());
    db.execute("INSERT INTO t(t) VALUES ('integrity')");
    EXPECT_EQ(declared_table(db.handle(), "main", "t"), before);
    EXPECT_EQ(schema_of(db).size(), schema.size());
  }
}

// Twenty vectors of four floats: what a text round trip or a half would not keep.
TEST(Convert, VectorsStayBitForBit) {
  const Database db;
  db.execute("CREATE VIRTUAL TABLE t USING vec0(v float[4])");
  std::mt19937 random(7);
  for (int i = 0; i < 20; ++i) {
    std::vector<float> v = testing::random_vector(4, random);
    v[1] *= 1e-42f;  // a denormal
    v[2] = -0.0f;
    db.execute("INSERT INTO t(v) VALUES (?)", sqlite::Bytes(std::as_bytes(std::span(v))));
  }
  const auto before = db.rows("SELECT rowid, hex(v) FROM t ORDER BY rowid");
  convert(db.handle(), "t", Index::cairn);
  EXPECT_EQ(db.rows("SELECT rowid, hex(v) FROM t ORDER BY rowid"), before);
  convert(db.handle(), "t", Index::flat);
  EXPECT_EQ(db.rows("SELECT rowid, hex(v) FROM t ORDER BY rowid"), before);
}

constexpr const char* kSurroundings =
    "CREATE TABLE doc(id INTEGER PRIMARY KEY, n INTEGER);"
    "CREATE TRIGGER doc_ad AFTER DELETE ON doc BEGIN DELETE FROM \"my t\" WHERE rowid = old.id; END;"
    "CREATE VIEW near AS SELECT rowid, n FROM \"my t\" WHERE v MATCH '[0,0]' ORDER BY distance LIMIT 2;"
    "CREATE VIEW qualified AS SELECT * FROM main.\"my t\" AS x JOIN doc ON doc.id = x.rowid;"
    "CREATE TRIGGER near_ii INSTEAD OF INSERT ON near BEGIN "
    "INSERT INTO \"my t\"(rowid, v, n) VALUES (new.rowid, '[9,9]', new.n); END;"
    "CREATE VIEW broken AS SELECT * FROM long_gone";

TEST(Convert, ViewsAndTriggersGoOnNamingTheTable) {
  const Database db;
  db.execute("CREATE VIRTUAL TABLE \"my t\" USING vec0(v float[2], n integer)");
  db.execute_script(kSurroundings);
  db.execute_script(
      "CREATE TEMP VIEW visitor AS SELECT count(*) FROM main.\"my t\";"
      "INSERT INTO \"my t\"(rowid, v, n) VALUES (1, '[1,1]', 10), (2, '[2,2]', 20), (3, '[3,3]', 30);"
      "INSERT INTO doc VALUES (1, 1), (2, 2), (3, 3)");
  const auto names_it = [&] {
    return db.rows("SELECT name, sql FROM sqlite_schema WHERE type IN ('view', 'trigger') ORDER BY name");
  };
  const auto before = names_it();
  for (const Index to : {Index::cairn, Index::flat}) {
    ASSERT_EQ(convert(db.handle(), "MY T", to), 3);
    EXPECT_EQ(names_it(), before);
    EXPECT_EQ(db.rows("SELECT * FROM near"), (std::vector<std::string>{"1|10", "2|20"}));
    EXPECT_EQ(db.row("SELECT count(*) FROM qualified"), "3");
    EXPECT_EQ(db.row("SELECT * FROM visitor"), "3");
    db.execute("INSERT INTO near(rowid, n) VALUES (4, 40)");
    EXPECT_EQ(db.row("SELECT n FROM \"my t\" WHERE rowid = 4"), "40");
    db.execute_script("INSERT INTO doc VALUES (4, 4); DELETE FROM doc WHERE id = 4");
    EXPECT_EQ(db.row("SELECT count(*) FROM \"my t\""), "3");
  }
  EXPECT_EQ(db.row("PRAGMA legacy_alter_table"), "0");
}

TEST(Convert, TablesOfOtherSchemas) {
  const Database db;
  db.execute_script(
      "ATTACH ':memory:' AS \"the \"\"other\"\"\"; CREATE VIRTUAL TABLE t USING vec0(v float[9])");
  for (const std::string schema : {"temp", "the \"other\""}) {
    const std::string table = schema == "temp" ? "temp.t" : "\"the \"\"other\"\"\".t";
    db.execute("CREATE VIRTUAL TABLE " + table + " USING vec0(id text primary key, v int8[2], s text)");
    db.execute("INSERT INTO " + table + "(id, v, s) VALUES ('a', vec_int8('[1,0]'), ?)", schema);
    ASSERT_EQ(convert(db.handle(), "t", Index::cairn, schema), 1);
    EXPECT_EQ(declared_table(db.handle(), schema, "t").index(), Index::cairn);
    EXPECT_EQ(db.row("SELECT id, s FROM " + table), "a|" + schema);
  }
  EXPECT_EQ(declared_table(db.handle(), "main", "t").vectors[0].dims, 9u);
}

TEST(Convert, RowidsOfDeletedRowsAreNotGivenOutAgain) {
  const Database db;
  db.execute_script(
      "CREATE VIRTUAL TABLE t USING vec0(v float[2]); INSERT INTO t(rowid, v) VALUES (1, '[1,1]'), (50, "
      "'[1,1]');"
      "DELETE FROM t WHERE rowid = 50");
  for (const Index to : {Index::cairn, Index::flat}) convert(db.handle(), "t", to);
  db.execute("INSERT INTO t(v) VALUES ('[2,2]')");
  EXPECT_EQ(db.rows("SELECT rowid FROM t ORDER BY rowid"), (std::vector<std::string>{"1", "51"}));
}

TEST(Convert, WhatFlatCannotHoldIsRefusedBeforeAnythingIsWritten) {
  const Database db;
  db.execute_script(
      "CREATE VIRTUAL TABLE nulls USING vec0(v float[2] INDEXED BY cairn(), n integer, s text);"
      "INSERT INTO nulls(v, n, s) VALUES ('[1,1]', 1, 'a'), ('[1,1]', 1, NULL);"
      "CREATE VIRTUAL TABLE halves USING vec0(v f16[2] INDEXED BY cairn())");
  const auto changes = db.row("SELECT total_changes()");
  const Error nulls = error_of([&] { convert(db.handle(), "nulls", Index::flat); });
  EXPECT_EQ(nulls.code(), ErrorCode::invalid_argument);
  EXPECT_NE(std::string(nulls.what()).find("\"s\" has a NULL"), std::string::npos) << nulls.what();
  const Error halves = error_of([&] { convert(db.handle(), "halves", Index::flat); });
  EXPECT_NE(std::string(halves.what()).find("f16"), std::string::npos) << halves.what();
  EXPECT_EQ(db.row("SELECT total_changes()"), changes);
  EXPECT_FALSE(db.in_transaction());
  db.execute("UPDATE nulls SET s = 'b' WHERE s IS NULL");
  EXPECT_EQ(convert(db.handle(), "nulls", Index::flat), 2);
}

TEST(Convert, AnErrorLeavesTheDatabaseAsItWas) {
  const Database db;
  db.execute_script(
      "CREATE VIRTUAL TABLE t USING vec0(v float[2], recall integer);"
      "INSERT INTO t(rowid, v, recall) VALUES (1, '[1,1]', 10);"
      "CREATE VIRTUAL TABLE damaged USING vec0(v float[2]);"
      "INSERT INTO damaged(rowid, v) VALUES (1, '[1,1]'), (2, '[1,1]');"
      "INSERT INTO damaged_rowids(rowid) VALUES (77);"
      "CREATE VIRTUAL TABLE taken USING vec0(v float[2]); CREATE TABLE \"taken (converted)\"(a);"
      "CREATE VIRTUAL TABLE recall USING vec0(v float[2])");
  const auto before = schema_of(db);
  // The hidden columns of a cairn() table are one more; a row without a slot; a name that is taken; the
  // command column that would be called like another hidden one.
  for (const char* table : {"t", "damaged", "taken", "recall", "nowhere"}) {
    EXPECT_NE(std::string(error_of([&] { convert(db.handle(), table, Index::cairn); }).what()), "") << table;
    EXPECT_FALSE(db.in_transaction()) << table;
    EXPECT_EQ(schema_of(db), before) << table;
  }
  EXPECT_EQ(error_of([&] { convert(db.handle(), "damaged", Index::cairn); }).code(), ErrorCode::corrupt);
  EXPECT_EQ(db.row("SELECT rowid, recall FROM t"), "1|10");
}

TEST(Convert, InsideATransactionItIsASavepoint) {
  const Database db;
  db.execute_script(
      "CREATE VIRTUAL TABLE t USING vec0(v float[2]); CREATE VIRTUAL TABLE bad USING vec0(v float[2], recall "
      "text);"
      "BEGIN; INSERT INTO t(rowid, v) VALUES (1, '[1,1]'), (2, '[2,2]')");
  EXPECT_EQ(convert(db.handle(), "t", Index::cairn), 2);
  EXPECT_TRUE(db.in_transaction());
  db.execute("INSERT INTO t(rowid, v) VALUES (3, '[3,3]')");
  EXPECT_EQ(db.row("SELECT count(*) FROM t"), "3");
  error_of([&] { convert(db.handle(), "bad", Index::cairn); });
  EXPECT_TRUE(db.in_transaction());
  EXPECT_EQ(db.row("SELECT count(*) FROM t"), "3");
  db.execute("ROLLBACK");
  EXPECT_EQ(declared_table(db.handle(), "main", "t").index(), Index::flat);
  EXPECT_EQ(db.row("SELECT count(*) FROM t"), "0");
  db.execute_script("BEGIN; INSERT INTO t(rowid, v) VALUES (1, '[1,1]')");
  convert(db.handle(), "t", Index::cairn);
  db.execute("COMMIT");
  EXPECT_EQ(db.row("SELECT rowid, distance FROM t WHERE v MATCH '[1,1]' AND k = 5"), "1|0.0");
}

TEST(Convert, ATableThatIsBeingReadIsLocked) {
  const Database db;
  db.execute_script(
      "CREATE VIRTUAL TABLE t USING vec0(v float[2]); INSERT INTO t(v) VALUES ('[1,1]'), ('[2,2]')");
  {
    sqlite::Statement reading = db.prepare("SELECT rowid FROM t");
    reading.step();
    EXPECT_EQ(error_of([&] { convert(db.handle(), "t", Index::cairn); }).code(), ErrorCode::locked);
  }
  EXPECT_EQ(convert(db.handle(), "t", Index::cairn), 2);
}

// Another connection had it open before, and asks and writes after.
TEST(Convert, AnotherConnectionSeesTheConvertedTable) {
  const std::string path = ::testing::TempDir() + "convert_" + std::to_string(getpid()) + ".db";
  unlink(path.c_str());
  const Database db(path.c_str()), other(path.c_str());
  db.execute_script(
      "CREATE VIRTUAL TABLE t USING vec0(v float[2]); INSERT INTO t(v) VALUES ('[1,1]'), ('[2,2]')");
  EXPECT_EQ(other.row("SELECT count(*) FROM t"), "2");
  convert(db.handle(), "t", Index::cairn);
  EXPECT_EQ(other.row("SELECT rowid FROM t WHERE v MATCH '[2,2]' AND k = 1 AND recall = 1"), "2");
  other.execute("INSERT INTO t(v) VALUES ('[3,3]')");
  EXPECT_EQ(db.row("SELECT count(*) FROM t"), "3");
  unlink(path.c_str());
}

}  // namespace
}  // namespace cairn::vec0
