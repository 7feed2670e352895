// What reading costs: no sorting, no statement per cell, nothing of columns that the query does not use.
#include "vec0/test_support.hpp"

namespace cairn::vec0 {
namespace {

constexpr int kRows = 400;
constexpr int kChunks = 7;  // of 400 rows
// The last read finds no more chunks, and then the rows are counted. A search looks up where each row is that
// it gives.
constexpr int scan = kChunks + 2;

struct Cost : ::testing::Test {
  Cost() {
    db.execute(
        "CREATE VIRTUAL TABLE v USING vec0(id text primary key, e float[2], f float[2], m integer, n text, "
        "b boolean, +x text, +y integer, +z blob, chunk_size=64)");
    db.execute("BEGIN");
    for (int i = 0; i < kRows; ++i)
      db.execute("INSERT INTO v(id, e, f, m, n, b, x, y, z) VALUES (?, ?, ?, ?, ?, 1, 'x', 1, x'00')",
                 std::to_string(i), std::vector<float>{float(i), 1}, std::vector<float>{1, float(i)}, i,
                 "a text of more than twelve bytes");
    db.execute("COMMIT");
  }

  // Sums of a counter over the statements of this connection, `query` aside; and sets it to zero.
  int inner(const sqlite::Statement& query, int counter) {
    int sum = 0;
    for (sqlite3_stmt* st = sqlite3_next_stmt(db.handle(), nullptr); st;
         st = sqlite3_next_stmt(db.handle(), st))
      if (st != query.handle()) sum += sqlite3_stmt_status(st, counter, 1);
    return sum;
  }
  // Runs the query and returns how many statements that took. None may sort.
  int statements(const std::string& sql) {
    sqlite::Statement query = db.prepare(sql);
    inner(query, SQLITE_STMTSTATUS_RUN);
    inner(query, SQLITE_STMTSTATUS_SORT);
    query.run();
    EXPECT_EQ(inner(query, SQLITE_STMTSTATUS_SORT), 0) << sql;
    EXPECT_EQ(sqlite3_stmt_status(query.handle(), SQLITE_STMTSTATUS_SORT, 1), 0) << sql;
    return inner(query, SQLITE_STMTSTATUS_RUN);
  }

  testing::Database db;
};

TEST_F(Cost, AScanReadsChunkByChunkAndDoesNotSort) {
  EXPECT_LE(statements("SELECT count(*) FROM v"), scan);
  EXPECT_LE(statements("SELECT m, b, e, f FROM v"), scan);
  EXPECT_LE(statements("SELECT count(*) FROM v WHERE m > 5 AND b = 1"), scan);
  EXPECT_LE(statements("SELECT m FROM v LIMIT 1"), 1);
  EXPECT_LE(statements("SELECT m FROM v WHERE e MATCH '[0,0]' ORDER BY distance"), scan + 1 + kRows);
}

TEST_F(Cost, ValuesOfOneRowComeTogether) {
  EXPECT_LE(statements("SELECT x, y, z FROM v"), scan + kRows);
  EXPECT_LE(statements("SELECT x, y, z, id FROM v WHERE e MATCH '[0,0]' AND k = 10"), scan + 3 * 10);
  EXPECT_LE(statements("SELECT x FROM v WHERE e MATCH '[0,0]' AND x = 'x' ORDER BY distance LIMIT 5"),
            scan + 1 + 2 * 5);
}

TEST_F(Cost, ConditionsLookUpOnlyWhatTheyMust) {
  const std::string near = "SELECT m FROM v WHERE e MATCH '[0,0]' AND k = 10 AND ";
  EXPECT_LE(statements(near + "id IN ('1', '2', '3', 'none')"), scan + 4 + 3);
  EXPECT_LE(statements(near + "n = 'another text of this kind'"), scan + 10);
  EXPECT_GE(statements(near + "n = 'a text of more, but not this'"), kRows);
}

TEST_F(Cost, ALookUpByKeyIsPlannedWithoutCountingChunks) {
  const auto planning = [&](const std::string& sql) {
    const sqlite::Statement first = db.prepare(sql);  // sees to it that the table is connected
    inner(first, SQLITE_STMTSTATUS_RUN);
    return inner(db.prepare(sql), SQLITE_STMTSTATUS_RUN);
  };
  EXPECT_EQ(planning("SELECT m FROM v WHERE id = '7'"), 0);
  EXPECT_GT(planning("SELECT m FROM v WHERE m = 7"), 0);
}

TEST_F(Cost, ColumnsThatAQueryDoesNotUseAreNotRead) {
  db.execute_script(
      "DELETE FROM v_vector_chunks01; DELETE FROM v_metadatachunks00; DELETE FROM v_metadatatext01;"
      "DELETE FROM v_metadatachunks02; DROP TABLE v_auxiliary");
  const std::string near = " FROM v WHERE e MATCH '[0,0]' AND k = 3";
  EXPECT_EQ(db.rows("SELECT id, vec_to_json(e), distance" + near).size(), 3u);
  EXPECT_EQ(db.row("SELECT count(*) FROM v"), std::to_string(kRows));
  for (const char* column : {"f", "m", "n", "b", "x"})
    EXPECT_NE(db.error(std::string("SELECT ") + column + near), "no error") << column;
}

}  // namespace
}  // namespace cairn::vec0
