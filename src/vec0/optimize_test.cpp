// The command 'optimize': as few chunks as the rows need, and the same rows.
#include "base/temp_dir.hpp"
#include "vec0/generated_table.hpp"

namespace cairn::vec0 {
namespace {

using testing::Database;
using testing::GeneratedTable;

constexpr const char* kOptimize = "INSERT INTO t(t) VALUES ('optimize')";
constexpr const char* kIntegrity = "INSERT INTO t(t) VALUES ('integrity')";

class OptimizeGenerated : public ::testing::TestWithParam<unsigned> {};

TEST_P(OptimizeGenerated, KeepsEveryRowInTheFewestChunks) {
  const unsigned seed = GetParam();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  Database db;
  GeneratedTable table(db, seed);
  for (const unsigned percent : {20u, 90u, 0u, 60u, 100u}) {
    table.insert(150);
    table.update_some();
    table.remove(percent);
    ASSERT_EQ(table.contents(), table.expected());
    db.execute(kOptimize);
    ASSERT_EQ(table.contents(), table.expected());
    ASSERT_EQ(table.chunks(), table.needed_chunks());
    ASSERT_EQ(db.error(kIntegrity), "no error");
  }
  table.insert(20);
  table.update_some();
  EXPECT_EQ(table.contents(), table.expected());
  EXPECT_EQ(db.error(kIntegrity), "no error");
}

INSTANTIATE_TEST_SUITE_P(Vec0, OptimizeGenerated, ::testing::Range(1u, 41u));

TEST(Optimize, ChangesNothingWhenNoChunkCanBeSaved) {
  Database db;
  db.execute("CREATE VIRTUAL TABLE t USING vec0(a float[2], chunk_size=8)");
  for (int i = 0; i < 20; ++i) db.execute("INSERT INTO t(a) VALUES ('[1,2]')");
  db.execute("DELETE FROM t WHERE rowid IN (1, 2, 9)");
  const std::string before =
      db.row("SELECT group_concat(chunk_id || hex(validity) || hex(rowids)) FROM t_chunks");
  db.execute(kOptimize);
  EXPECT_EQ(db.row("SELECT group_concat(chunk_id || hex(validity) || hex(rowids)) FROM t_chunks"), before);
}

TEST(Optimize, FillsTheFullestChunksAndLeavesRoomInTheNewest) {
  Database db;
  db.execute("CREATE VIRTUAL TABLE t USING vec0(a float[2], chunk_size=8)");
  for (int i = 1; i <= 32; ++i) db.execute("INSERT INTO t(a) VALUES (?)", "[" + std::to_string(i) + ",0]");
  // 1 row in the first chunk, 5 in the second, 2 in the third, 7 in the last.
  db.execute(
      "DELETE FROM t WHERE rowid < 8 OR rowid BETWEEN 14 AND 16 OR rowid BETWEEN 17 AND 22 OR rowid = 30");
  db.execute(kOptimize);
  EXPECT_EQ(db.rows("SELECT chunk_id, hex(validity) FROM t_chunks"),
            (std::vector<std::string>{"2|FF", "4|DF"}));
  EXPECT_EQ(db.row("SELECT group_concat(rowid) FROM t"), "9,10,11,12,13,8,23,24,25,26,27,28,29,31,32");
  db.execute("INSERT INTO t(a) VALUES ('[1,2]')");
  EXPECT_EQ(db.row("SELECT count(*) FROM t_chunks"), "2");
}

TEST(Optimize, TakesAwayChunksWithoutRows) {
  Database db;
  db.execute_script(
      "CREATE VIRTUAL TABLE t USING vec0(a float[2], n integer, chunk_size=8);"
      "INSERT INTO t(a, n) VALUES ('[1,2]', 5);"
      // As sqlite-vec 0.1.9 and older leave them.
      "INSERT INTO t_chunks(chunk_id, size, validity, rowids) VALUES (0, 8, x'00', zeroblob(64)), (7, 8, "
      "x'00', "
      "zeroblob(64));"
      "INSERT INTO t_vector_chunks00(_rowid_, rowid, vectors) VALUES (0, 0, zeroblob(64)), (7, 7, "
      "zeroblob(64));"
      "INSERT INTO t_metadatachunks00(_rowid_, rowid, data) VALUES (0, 0, zeroblob(64)), (7, 7, "
      "zeroblob(64))");
  EXPECT_EQ(db.error(kIntegrity), "no error");
  db.execute(kOptimize);
  EXPECT_EQ(db.row("SELECT (SELECT group_concat(chunk_id) FROM t_chunks), (SELECT group_concat(_rowid_) FROM "
                   "t_vector_chunks00), (SELECT group_concat(rowid) FROM t_metadatachunks00)"),
            "1|1|1");
  // Without a chunk that could be filled, too.
  db.execute_script(
      "DELETE FROM t; INSERT INTO t_chunks(chunk_id, size, validity, rowids) VALUES (9, 8, x'00', "
      "zeroblob(64));"
      "INSERT INTO t_vector_chunks00(_rowid_, rowid, vectors) VALUES (9, 9, zeroblob(64));"
      "INSERT INTO t_metadatachunks00(_rowid_, rowid, data) VALUES (9, 9, zeroblob(64));"
      "INSERT INTO t(t) VALUES ('optimize')");
  EXPECT_EQ(db.row("SELECT (SELECT count(*) FROM t_chunks) + (SELECT count(*) FROM t_vector_chunks00)"), "0");
}

TEST(Optimize, JoinsTheChunksOfOnePartitionOnly) {
  Database db;
  db.execute_script(
      "CREATE VIRTUAL TABLE t USING vec0(a float[2], p integer partition key, chunk_size=8);"
      "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 40)"
      "  INSERT INTO t(a, p) SELECT '[1,2]', nullif(i % 2, 0) FROM n;"
      "DELETE FROM t WHERE rowid % 4 > 1");
  db.execute(kOptimize);
  EXPECT_EQ(db.rows("SELECT p, count(*) FROM t GROUP BY p"), (std::vector<std::string>{"NULL|10", "1|10"}));
  EXPECT_EQ(db.rows("SELECT partition00, count(*) FROM t_chunks GROUP BY 1"),
            (std::vector<std::string>{"NULL|2", "1|2"}));
}

// Many half-empty chunks, so that several targets are filled.
void fill_sparsely(const Database& db) {
  db.execute_script(
      "CREATE VIRTUAL TABLE t USING vec0(id text primary key, a float[3], p text partition key, s text, b "
      "boolean, "
      "+note text, chunk_size=8);"
      "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
      "  INSERT INTO t(id, a, p, s, b, note) SELECT 'k' || i, '[' || i || ',0,1]', 'p' || (i % 3),"
      "  'a text of more than twelve bytes ' || i, i % 2, 'note ' || i FROM n;"
      "DELETE FROM t WHERE ltrim(id, 'k') % 5 > 0");
}

// Every shadow table, byte for byte.
std::vector<std::string> shadow_rows(const Database& db) {
  std::vector<std::string> all;
  for (const char* sql :
       {"SELECT chunk_id, partition00, hex(validity), hex(rowids) FROM t_chunks", "SELECT * FROM t_rowids",
        "SELECT _rowid_, rowid, hex(vectors) FROM t_vector_chunks00",
        "SELECT rowid, hex(data) FROM t_metadatachunks00", "SELECT rowid, hex(data) FROM t_metadatachunks01",
        "SELECT * FROM t_metadatatext00", "SELECT * FROM t_auxiliary"})
    for (std::string& row : db.rows(sql)) all.push_back(std::move(row));
  return all;
}

TEST(Optimize, IsUndoneByRollback) {
  Database db;
  fill_sparsely(db);
  const auto before = shadow_rows(db);
  db.execute_script("BEGIN; INSERT INTO t(t) VALUES ('optimize')");
  EXPECT_NE(shadow_rows(db), before);
  db.execute("ROLLBACK");
  EXPECT_EQ(shadow_rows(db), before);
  db.execute_script("BEGIN; SAVEPOINT s; INSERT INTO t(t) VALUES ('optimize'); ROLLBACK TO s; COMMIT");
  EXPECT_EQ(shadow_rows(db), before);
}

TEST(Optimize, LeavesTheTableAsItWasWhenItFails) {
  for (const char* trigger :
       {"CREATE TRIGGER no BEFORE UPDATE ON t_rowids WHEN old.id = 'k300' BEGIN SELECT RAISE(ABORT, 'no'); "
        "END",
        "CREATE TRIGGER no BEFORE DELETE ON t_chunks WHEN (SELECT count(*) FROM t_chunks) < 20 "
        "BEGIN SELECT RAISE(ABORT, 'no'); END"}) {
    Database db;
    fill_sparsely(db);
    db.execute(trigger);
    const auto before = shadow_rows(db);
    EXPECT_NE(db.error(kOptimize), "no error") << trigger;
    EXPECT_EQ(shadow_rows(db), before) << trigger;
    db.execute("DROP TRIGGER no");
    EXPECT_EQ(db.error(kOptimize), "no error");
  }
}

TEST(Optimize, RefusesADamagedTableBeforeItMovesAnything) {
  Database db;
  fill_sparsely(db);
  db.execute("UPDATE t_vector_chunks00 SET vectors = zeroblob(5) WHERE rowid = 12");
  const auto before = shadow_rows(db);
  db.execute("BEGIN");
  const std::string message = db.error(kOptimize);
  EXPECT_NE(message.find("shadow table 't_vector_chunks00': chunk 12"), std::string::npos) << message;
  EXPECT_EQ(shadow_rows(db), before);
}

TEST(Optimize, WaitsForStatementsThatReadTheTable) {
  Database db;
  fill_sparsely(db);
  const auto expected = db.rows("SELECT id, note FROM t");
  auto reading = db.prepare("SELECT id, note FROM t");
  ASSERT_TRUE(reading.step());
  const std::string message = db.error(kOptimize);
  EXPECT_NE(message.find("cannot optimize vec0 table 't' while a statement of this connection reads it"),
            std::string::npos)
      << message;
  EXPECT_EQ(Database::rows_of(reading), std::vector<std::string>(expected.begin() + 1, expected.end()));
  db.execute(kOptimize);  // at its end the statement holds no cursor, finalized or not
  EXPECT_NE(db.error("INSERT INTO t(t) SELECT 'optimize' FROM t"), "no error");
}

std::int64_t pages(const Database& db) {
  return db.query_one<std::int64_t>("PRAGMA page_count");
}

void fill(const Database& db, int every) {
  db.execute("CREATE VIRTUAL TABLE t USING vec0(a float[64], s text, chunk_size=64)");
  db.execute("BEGIN");
  std::mt19937 random(7);
  for (int i = 0; i < 3000; i += every)
    db.execute("INSERT INTO t(rowid, a, s) VALUES (?, ?, 'a text of more than twelve bytes')", i,
               testing::random_vector(64, random));
  db.execute("COMMIT");
}

class OptimizeReturnsSpace : public ::testing::TestWithParam<bool> {};

TEST_P(OptimizeReturnsSpace, ToTheFile) {
  const bool incremental = GetParam();
  const TempDir dir;
  Database db((dir.path() / "t.db").c_str()), other((dir.path() / "t.db").c_str()),
      fresh((dir.path() / "fresh.db").c_str());
  if (incremental) db.execute("PRAGMA auto_vacuum = INCREMENTAL");
  fill(db, 1);
  fill(fresh, 10);
  const std::int64_t full = pages(db);
  db.execute("DELETE FROM t WHERE rowid % 10 > 0");
  EXPECT_GT(pages(db) - db.query_one<std::int64_t>("PRAGMA freelist_count"), full * 3 / 4)
      << "deleted rows alone must keep their chunks, or this test shows nothing";
  db.execute(kOptimize);
  EXPECT_EQ(other.row("SELECT count(*), sum(rowid) FROM t"), "300|448500");
  EXPECT_EQ(other.error(kIntegrity), "no error");
  db.execute_script(incremental ? "PRAGMA incremental_vacuum" : "VACUUM");
  EXPECT_LE(pages(db), pages(fresh) * 11 / 10);
  EXPECT_EQ(other.row("SELECT count(*), sum(rowid) FROM t"), "300|448500");
  EXPECT_EQ(other.error(kIntegrity), "no error");
}

INSTANTIATE_TEST_SUITE_P(Vec0, OptimizeReturnsSpace, ::testing::Bool());

}  // namespace
}  // namespace cairn::vec0
