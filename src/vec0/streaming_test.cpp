// Query shapes over MATCH: every one must give the rows that plain SQL over vec_distance_… gives, and must
// not read more rows from the stream than it needs.
#include "vec0/counters.hpp"
#include "vec0/test_support.hpp"

namespace cairn::vec0 {
namespace {

using testing::Database;
using testing::random_vector;

constexpr unsigned kSeed = 4242;
constexpr std::size_t kDims = 16;
constexpr int kRows = 1000;

// The guide's schema: content, and vec_content with the content's id as key. One row in ten is a 'note'.
struct Streaming : ::testing::Test {
  Streaming() : random(kSeed) {
    db.execute_script(
        "CREATE TABLE content(id INTEGER PRIMARY KEY, text TEXT, doc_type TEXT);"
        "CREATE VIRTUAL TABLE vec_content USING vec0(content_id INTEGER PRIMARY KEY, vector FLOAT[16], tag "
        "INTEGER, "
        "chunk_size=64);"
        "CREATE TABLE plain(id INTEGER PRIMARY KEY, vector BLOB, tag INTEGER); BEGIN");
    for (int i = 1; i <= kRows; ++i) {
      const auto v = random_vector(kDims, random);
      db.execute("INSERT INTO content VALUES (?, ?, ?)", i, "text " + std::to_string(i),
                 i % 10 == 0 ? "note" : "page");
      db.execute("INSERT INTO vec_content VALUES (?, ?, ?)", i, v, i % 7);
      db.execute("INSERT INTO plain VALUES (?, ?, ?)", i, v, i % 7);
    }
    db.execute("COMMIT");
    query = random_vector(kDims, random);
  }

  // Runs `sql` (?1 is the query vector) and the same question to plain SQL; both must answer alike.
  void expect_same(const std::string& sql, const std::string& oracle) {
    SCOPED_TRACE(::testing::Message() << sql << "\nseed " << kSeed << "\n" << db.plan(sql));
    const auto handed = counters().rows_handed.load();
    const auto searches = counters().searches.load();
    const auto points = counters().point_reads.load();
    EXPECT_EQ(db.rows(sql, query), db.rows(oracle, query));
    rows_handed = counters().rows_handed - handed;
    searched = counters().searches - searches;
    point_reads = counters().point_reads - points;
  }

  std::mt19937 random;
  Database db;
  std::vector<float> query;
  std::uint64_t rows_handed = 0, searched = 0, point_reads = 0;
};

TEST_F(Streaming, MatchAloneWithLimit) {
  expect_same("SELECT content_id, distance FROM vec_content WHERE vector MATCH ?1 ORDER BY distance LIMIT 10",
              "SELECT id, vec_distance_l2(vector, ?1) d FROM plain ORDER BY d LIMIT 10");
  EXPECT_LE(rows_handed, 10u);
  EXPECT_EQ(searched, 1u);
}

// What the guide marks WRONG.
TEST_F(Streaming, TheGuidesJoinWithLimit) {
  expect_same(
      "SELECT c.id, c.text, c.doc_type, v.distance FROM content c JOIN vec_content v ON c.id = v.content_id "
      "WHERE c.doc_type = 'note' AND v.vector MATCH ?1 ORDER BY v.distance LIMIT 10",
      "SELECT c.id, c.text, c.doc_type, vec_distance_l2(vector, ?1) d FROM content c JOIN plain v USING (id) "
      "WHERE c.doc_type = 'note' ORDER BY d LIMIT 10");
  EXPECT_EQ(searched, 1u);
  EXPECT_LT(rows_handed, 300u);
  EXPECT_GE(rows_handed, 10u);
}

TEST_F(Streaming, ASelectiveIndexedFilterUsesPointLookUps) {
  db.execute_script(
      "ALTER TABLE content ADD COLUMN source; UPDATE content SET source = id / 3;"
      "CREATE INDEX content_source ON content(source); ANALYZE");
  const std::string sql =
      "SELECT c.id, v.distance FROM content c JOIN vec_content v ON c.id = v.content_id "
      "WHERE c.source = 100 AND v.vector MATCH ?1 ORDER BY v.distance LIMIT 10";
  expect_same(sql,
              "SELECT id, vec_distance_l2(vector, ?1) d FROM plain WHERE id / 3 = 100 ORDER BY d LIMIT 10");
  EXPECT_NE(db.plan(sql).find("point vector"), std::string::npos) << db.plan(sql);
  EXPECT_EQ(point_reads, 3u);
  EXPECT_EQ(searched, 0u);
}

TEST_F(Streaming, ManyPointLookUpsBecomeOnePass) {
  const std::string sql =
      "SELECT c.id, v.distance FROM content c CROSS JOIN vec_content v ON c.id = v.content_id "
      "WHERE v.vector MATCH ?1 ORDER BY v.distance LIMIT 10";
  expect_same(sql, "SELECT id, vec_distance_l2(vector, ?1) d FROM plain ORDER BY d LIMIT 10");
  EXPECT_NE(db.plan(sql).find("point vector"), std::string::npos) << db.plan(sql);
  EXPECT_EQ(searched, 1u);
  EXPECT_LT(point_reads, 60u);
}

TEST_F(Streaming, OffsetCteSubqueryAndWindow) {
  expect_same("SELECT content_id FROM vec_content WHERE vector MATCH ?1 ORDER BY distance LIMIT 5 OFFSET 20",
              "SELECT id FROM plain ORDER BY vec_distance_l2(vector, ?1) LIMIT 5 OFFSET 20");
  EXPECT_LE(rows_handed, 25u);
  expect_same(
      "WITH knn AS (SELECT content_id, distance FROM vec_content WHERE vector MATCH ?1 AND k = 20) "
      "SELECT c.id, knn.distance FROM knn JOIN content c ON c.id = knn.content_id WHERE c.doc_type = 'page' "
      "ORDER BY knn.distance LIMIT 3",
      "SELECT id, d FROM (SELECT id, vec_distance_l2(vector, ?1) d FROM plain ORDER BY d LIMIT 20) "
      "WHERE id % 10 <> 0 ORDER BY d LIMIT 3");
  expect_same(
      "WITH near AS (SELECT content_id, distance FROM vec_content WHERE vector MATCH ?1) "
      "SELECT c.id FROM near JOIN content c ON c.id = near.content_id WHERE c.doc_type = 'note' "
      "ORDER BY near.distance LIMIT 4",
      "SELECT id FROM plain WHERE id % 10 = 0 ORDER BY vec_distance_l2(vector, ?1) LIMIT 4");
  EXPECT_LT(rows_handed, 300u);
  expect_same(
      "SELECT content_id, row_number() OVER (ORDER BY distance) FROM vec_content WHERE vector MATCH ?1 LIMIT "
      "7",
      "SELECT id, row_number() OVER (ORDER BY vec_distance_l2(vector, ?1)) FROM plain LIMIT 7");
  expect_same(
      "SELECT count(*), max(distance) FROM (SELECT distance FROM vec_content WHERE vector MATCH ?1 AND k = "
      "50)",
      "SELECT count(*), max(d) FROM (SELECT vec_distance_l2(vector, ?1) d FROM plain ORDER BY d LIMIT 50)");
}

TEST_F(Streaming, DescendingExpressionsAndSecondKeysAreExact) {
  expect_same("SELECT content_id FROM vec_content WHERE vector MATCH ?1 ORDER BY distance DESC LIMIT 5",
              "SELECT id FROM plain ORDER BY vec_distance_l2(vector, ?1) DESC LIMIT 5");
  expect_same(
      "SELECT content_id FROM vec_content WHERE vector MATCH ?1 ORDER BY distance, content_id LIMIT 5",
      "SELECT id FROM plain ORDER BY vec_distance_l2(vector, ?1), id LIMIT 5");
  expect_same(
      "SELECT v.content_id FROM vec_content v JOIN content c ON c.id = v.content_id WHERE v.vector MATCH ?1 "
      "ORDER BY v.distance, c.text LIMIT 5",
      "SELECT id FROM plain ORDER BY vec_distance_l2(vector, ?1) LIMIT 5");
  EXPECT_EQ(searched, 1u);
  expect_same("SELECT content_id FROM vec_content WHERE vector MATCH ?1 ORDER BY 1 - distance LIMIT 5",
              "SELECT id FROM plain ORDER BY 1 - vec_distance_l2(vector, ?1) LIMIT 5");
}

TEST_F(Streaming, FiltersThatNeverReachTheTableAreExactWithoutK) {
  expect_same(
      "SELECT content_id FROM vec_content WHERE vector MATCH ?1 AND (tag = 3 OR content_id % 50 = 0) "
      "ORDER BY distance LIMIT 10",
      "SELECT id FROM plain WHERE tag = 3 OR id % 50 = 0 ORDER BY vec_distance_l2(vector, ?1) LIMIT 10");
  EXPECT_LT(rows_handed, 500u);
  expect_same(
      "SELECT content_id FROM vec_content v WHERE vector MATCH ?1 AND EXISTS (SELECT 1 FROM content c WHERE "
      "c.id = v.content_id AND doc_type = 'note') ORDER BY distance LIMIT 3",
      "SELECT id FROM plain WHERE id % 10 = 0 ORDER BY vec_distance_l2(vector, ?1) LIMIT 3");
  expect_same(
      "SELECT content_id FROM vec_content WHERE vector MATCH ?1 AND tag NOT IN (1, 2, 3) ORDER BY distance "
      "LIMIT 9",
      "SELECT id FROM plain WHERE tag NOT IN (1, 2, 3) ORDER BY vec_distance_l2(vector, ?1) LIMIT 9");
  expect_same("SELECT count(*) FROM vec_content WHERE vector MATCH ?1 OR content_id = 5",
              "SELECT count(*) FROM plain WHERE ?1 IS NOT NULL");
}

TEST_F(Streaming, ConditionsHoldBeforeTheKNearestAreTaken) {
  expect_same("SELECT content_id, distance FROM vec_content WHERE vector MATCH ?1 AND k = 5 AND tag = 3",
              "SELECT id, vec_distance_l2(vector, ?1) d FROM plain WHERE tag = 3 ORDER BY d LIMIT 5");
  expect_same("SELECT content_id FROM vec_content WHERE vector MATCH ?1 AND k = 5 AND content_id > 990",
              "SELECT id FROM plain WHERE id > 990 ORDER BY vec_distance_l2(vector, ?1) LIMIT 5");
  expect_same("SELECT content_id FROM vec_content WHERE vector MATCH ?1 AND k = 5 AND content_id = 7",
              "SELECT id FROM plain WHERE id = 7 AND ?1 IS NOT NULL");
  expect_same(
      "SELECT content_id FROM vec_content WHERE vector MATCH ?1 AND k = 5 AND content_id IN "
      "(SELECT id FROM content WHERE doc_type = 'note')",
      "SELECT id FROM plain WHERE id % 10 = 0 ORDER BY vec_distance_l2(vector, ?1) LIMIT 5");
  EXPECT_EQ(searched, 1u);
  expect_same("SELECT content_id FROM vec_content WHERE vector MATCH ?1 AND k = 4 AND tag IN (2, 5, NULL)",
              "SELECT id FROM plain WHERE tag IN (2, 5) ORDER BY vec_distance_l2(vector, ?1) LIMIT 4");
  expect_same(
      "SELECT content_id FROM vec_content WHERE vector MATCH ?1 AND k = 6 AND distance > 5.0 AND distance <= "
      "5.5",
      "SELECT id FROM plain WHERE vec_distance_l2(vector, ?1) > 5.0 AND vec_distance_l2(vector, ?1) <= 5.5 "
      "ORDER BY vec_distance_l2(vector, ?1) LIMIT 6");
  expect_same("SELECT count(*) FROM vec_content WHERE vector MATCH ?1 AND k = 100000",
              "SELECT count(*) FROM plain WHERE ?1 IS NOT NULL");
  expect_same("SELECT content_id FROM vec_content WHERE vector MATCH ?1 AND k = 0",
              "SELECT id FROM plain WHERE ?1 IS NULL");
}

TEST_F(Streaming, KInJoinsIsOneSearchInEitherOrder) {
  const std::string oracle =
      "SELECT c.id, d FROM (SELECT id, vec_distance_l2(vector, ?1) d FROM plain ORDER BY d LIMIT 30) v JOIN "
      "content c "
      "USING (id) WHERE c.doc_type = 'note' ORDER BY d";
  expect_same(
      "SELECT c.id, v.distance FROM content c JOIN vec_content v ON c.id = v.content_id WHERE c.doc_type = "
      "'note' AND "
      "v.vector MATCH ?1 AND v.k = 30 ORDER BY v.distance",
      oracle);
  EXPECT_EQ(searched, 1u);
  const std::string forced =
      "SELECT c.id, v.distance FROM content c CROSS JOIN vec_content v ON c.id = v.content_id WHERE "
      "c.doc_type = "
      "'note' AND v.vector MATCH ?1 AND v.k = 30 ORDER BY v.distance";
  EXPECT_NE(db.plan(forced).find("k vector probe"), std::string::npos) << db.plan(forced);
  expect_same(forced, oracle);
  EXPECT_EQ(searched, 1u);
}

TEST_F(Streaming, LateralMatchAndTwiceTheSameTable) {
  db.execute("CREATE TABLE questions(id INTEGER PRIMARY KEY, vector BLOB)");
  for (int i = 0; i < 5; ++i)
    db.execute("INSERT INTO questions VALUES (?, ?)", i, random_vector(kDims, random));
  expect_same(
      "SELECT q.id, v.content_id FROM questions q JOIN vec_content v ON v.vector MATCH q.vector AND v.k = 3 "
      "WHERE ?1 IS NOT NULL ORDER BY q.id, v.distance",
      "SELECT qid, id FROM (SELECT q.id qid, p.id, row_number() OVER (PARTITION BY q.id ORDER BY "
      "vec_distance_l2(p.vector, q.vector)) n FROM questions q, plain p) WHERE n <= 3 AND ?1 IS NOT NULL "
      "ORDER BY qid, n");
  EXPECT_EQ(searched, 5u);
  expect_same(
      "SELECT a.content_id FROM vec_content a JOIN vec_content b ON a.content_id = b.content_id "
      "WHERE a.vector MATCH ?1 AND b.vector MATCH ?1 ORDER BY a.distance + b.distance LIMIT 5",
      "SELECT id FROM plain ORDER BY vec_distance_l2(vector, ?1) LIMIT 5");
  EXPECT_LE(searched, 2u);
}

TEST_F(Streaming, LeftJoins) {
  expect_same(
      "SELECT c.id, v.distance FROM content c LEFT JOIN vec_content v ON v.content_id = c.id AND v.vector "
      "MATCH ?1 "
      "WHERE c.id < 8 ORDER BY c.id",
      "SELECT id, vec_distance_l2(vector, ?1) FROM plain WHERE id < 8 ORDER BY id");
  expect_same(
      "SELECT v.content_id, c.doc_type FROM vec_content v LEFT JOIN content c ON c.id = v.content_id "
      "WHERE v.vector MATCH ?1 ORDER BY v.distance LIMIT 6",
      "SELECT c.id, c.doc_type FROM content c JOIN plain USING (id) ORDER BY vec_distance_l2(vector, ?1) "
      "LIMIT 6");
  EXPECT_LE(rows_handed, 6u);
}

TEST_F(Streaming, GroupsDistinctCompoundsAndScalarSubqueries) {
  expect_same("SELECT DISTINCT distance FROM vec_content WHERE vector MATCH ?1 ORDER BY distance LIMIT 7",
              "SELECT DISTINCT vec_distance_l2(vector, ?1) d FROM plain ORDER BY d LIMIT 7");
  expect_same("SELECT tag, min(distance) FROM vec_content WHERE vector MATCH ?1 GROUP BY tag ORDER BY tag",
              "SELECT tag, min(vec_distance_l2(vector, ?1)) FROM plain GROUP BY tag ORDER BY tag");
  expect_same(
      "SELECT distance, count(*) FROM vec_content WHERE vector MATCH ?1 GROUP BY distance ORDER BY distance "
      "DESC "
      "LIMIT 4",
      "SELECT vec_distance_l2(vector, ?1) d, count(*) FROM plain GROUP BY d ORDER BY d DESC LIMIT 4");
  expect_same(
      "SELECT content_id FROM vec_content WHERE vector MATCH ?1 AND k = 3 UNION ALL "
      "SELECT content_id FROM vec_content WHERE vector MATCH ?1 AND k = 2 AND tag = 1",
      "SELECT * FROM (SELECT id FROM plain ORDER BY vec_distance_l2(vector, ?1) LIMIT 3) UNION ALL "
      "SELECT * FROM (SELECT id FROM plain WHERE tag = 1 ORDER BY vec_distance_l2(vector, ?1) LIMIT 2)");
  expect_same(
      "SELECT p.id, (SELECT content_id FROM vec_content v WHERE v.vector MATCH p.vector AND v.content_id <> "
      "p.id "
      "ORDER BY distance LIMIT 1) FROM plain p WHERE p.id < 5 AND ?1 IS NOT NULL",
      "SELECT p.id, (SELECT o.id FROM plain o WHERE o.id <> p.id ORDER BY vec_distance_l2(o.vector, "
      "p.vector) LIMIT 1) "
      "FROM plain p WHERE p.id < 5 AND ?1 IS NOT NULL");
  EXPECT_EQ(searched, 4u);
}

// A search is kept for the rest of its statement; what is written meanwhile must be seen by the next.
TEST_F(Streaming, TheNextStatementSeesEveryWrite) {
  const auto nearest = [&] {
    return db.row("SELECT content_id FROM vec_content WHERE vector MATCH ? ORDER BY distance LIMIT 1", query);
  };
  const std::string before = nearest();
  db.execute("BEGIN");
  db.execute("INSERT INTO vec_content VALUES (5000, ?, 1)", query);
  EXPECT_EQ(nearest(), "5000");
  db.execute("SAVEPOINT s");
  db.execute("DELETE FROM vec_content WHERE content_id = 5000");
  EXPECT_EQ(nearest(), before);
  db.execute("ROLLBACK TO s");
  EXPECT_EQ(nearest(), "5000");
  db.execute("ROLLBACK");
  EXPECT_EQ(nearest(), before);
}

TEST_F(Streaming, PlansAreNamed) {
  const std::string from = "SELECT content_id FROM vec_content WHERE ";
  EXPECT_EQ(db.plan(from + "vector MATCH ?1 ORDER BY distance"),
            "SCAN vec_content VIRTUAL TABLE INDEX 0:stream vector\n");
  EXPECT_EQ(db.plan(from + "vector MATCH ?1 AND k = 5 AND tag >= 2"),
            "SCAN vec_content VIRTUAL TABLE INDEX 0:k vector where tag >=\n");
  EXPECT_EQ(db.plan(from + "vector MATCH ?1 AND content_id = ?2"),
            "SCAN vec_content VIRTUAL TABLE INDEX 0:point vector\n");
  EXPECT_EQ(db.plan(from + "content_id = ?2"), "SCAN vec_content VIRTUAL TABLE INDEX 0:point\n");
  EXPECT_EQ(db.plan(from + "1"), "SCAN vec_content VIRTUAL TABLE INDEX 0:scan\n");
}

TEST_F(Streaming, QueriesThatCannotBeAnsweredSaySo) {
  const std::string from = "SELECT content_id FROM vec_content WHERE ";
  EXPECT_EQ(db.error(from + "vector MATCH '[1]'"),
            "Dimension mismatch for query vector for the \"vector\" column. Expected 16 dimensions but "
            "received 1.");
  EXPECT_EQ(db.error(from + "vector MATCH ?1 AND vector MATCH ?1", query),
            "only 1 MATCH operator is allowed in a single vec0 query");
  EXPECT_EQ(db.error(from + "vector MATCH ?1 AND k = -1", query),
            "k value in knn queries must be greater than or equal to 0.");
  EXPECT_EQ(db.error(from + "vector MATCH vec_bit(x'01')"),
            "Query vector for the \"vector\" column is expected to be of type float32, but a bit vector was "
            "provided.");
}

}  // namespace
}  // namespace cairn::vec0
