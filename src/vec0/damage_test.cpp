// Shadow tables that contradict the declaration: an error that names table and chunk, never a crash or a
// silently short answer.
#include "vec0/test_support.hpp"

namespace cairn::vec0 {
namespace {

using testing::Database;

struct Damage : ::testing::TestWithParam<const char*> {};

TEST_P(Damage, IsReportedByEveryStatement) {
  Database db;
  db.execute_script(
      "CREATE VIRTUAL TABLE t USING vec0(id text primary key, v float[4], p text partition key, n integer, s "
      "text, +x text, chunk_size=8)");
  for (int i = 0; i < 20; ++i)
    db.execute("INSERT INTO t VALUES (?, '[1,2,3,4]', 'p', 1, 'a text of more than twelve bytes', 'x')",
               "k" + std::to_string(i));
  db.execute_script(GetParam());
  std::size_t errors = 0;
  for (const char* sql :
       {"SELECT * FROM t", "SELECT id, distance FROM t WHERE v MATCH '[1,1,1,1]' AND s LIKE 'a%' AND n = 1",
        "SELECT * FROM t WHERE v MATCH '[1,1,1,1]' AND k = 100", "SELECT * FROM t WHERE id = 'k9'",
        "UPDATE t SET v = '[1,1,1,1]', n = 2, s = 'other' WHERE id = 'k9'", "DELETE FROM t WHERE id = 'k9'",
        "INSERT INTO t VALUES ('new', '[1,2,3,4]', 'p', 1, 's', 'x')"}) {
    const std::string message = db.error(sql);
    if (message == "no error") continue;
    ++errors;
    EXPECT_TRUE(message.find("t_") != std::string::npos || message.find("no such") != std::string::npos)
        << sql << ": " << message;
  }
  EXPECT_GT(errors, 0u);
}

INSTANTIATE_TEST_SUITE_P(
    Vec0, Damage,
    ::testing::Values(
        "UPDATE t_chunks SET validity = x'FF00' WHERE chunk_id = 2",
        "UPDATE t_chunks SET rowids = zeroblob(7)", "UPDATE t_chunks SET rowids = 'text'",
        "UPDATE t_vector_chunks00 SET vectors = zeroblob(5) WHERE rowid = 2",
        "UPDATE t_vector_chunks00 SET vectors = zeroblob(1000000)",
        "UPDATE t_vector_chunks00 SET vectors = 17", "DELETE FROM t_vector_chunks00 WHERE rowid = 2",
        "DELETE FROM t_chunks WHERE chunk_id = 2", "UPDATE t_metadatachunks00 SET data = x'00'",
        "DELETE FROM t_metadatachunks01", "DELETE FROM t_metadatatext01",
        "UPDATE t_rowids SET chunk_offset = 100000", "UPDATE t_rowids SET chunk_offset = -1",
        "UPDATE t_rowids SET chunk_id = 77", "UPDATE t_rowids SET chunk_id = NULL", "DELETE FROM t_rowids",
        "DROP TABLE t_vector_chunks00", "DROP TABLE t_rowids", "DROP TABLE t_chunks",
        "DROP TABLE t_auxiliary",
        "DROP TABLE t_chunks; CREATE VIEW t_chunks AS SELECT 1 chunk_id, n validity, n rowids, n "
        "partition00 FROM t",
        "DROP TABLE t_rowids; CREATE VIEW t_rowids AS SELECT 1 rowid, id, 1 chunk_id, 1 chunk_offset "
        "FROM t",
        "CREATE TRIGGER again AFTER INSERT ON t_rowids BEGIN INSERT INTO t SELECT 'a' || id, v, p, n, "
        "s, x FROM t LIMIT 1; END"));

struct Disagreement : ::testing::TestWithParam<const char*> {};

// Never an answer with a row too few, too many or wrong.
TEST_P(Disagreement, IsReportedByEveryReading) {
  Database db;
  db.execute("CREATE VIRTUAL TABLE t USING vec0(v float[2], n integer, chunk_size=8)");
  for (int i = 1; i <= 20; ++i) db.execute("INSERT INTO t(v, n) VALUES (json_array(?1, 0), ?1)", i);
  const bool names_another_row = std::string_view(GetParam()).find("rowids") != std::string_view::npos;
  db.execute(GetParam());
  for (const char* sql : {"SELECT count(*) FROM t", "SELECT n FROM t WHERE n > 0",
                          "SELECT rowid FROM t WHERE v MATCH '[0, 0]' AND k = 20",
                          "SELECT rowid FROM t WHERE v MATCH '[0, 0]' AND n < 100 ORDER BY distance"}) {
    if (names_another_row && std::string_view(sql).find("MATCH") == std::string_view::npos) continue;
    EXPECT_NE(db.error(sql).find("vec0 table 't' is damaged"), std::string::npos)
        << sql << ": " << db.error(sql);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Vec0, Disagreement,
    ::testing::Values("DELETE FROM t_chunks WHERE chunk_id = 2", "DELETE FROM t_rowids WHERE rowid = 3",
                      "UPDATE t_chunks SET validity = x'FE' WHERE chunk_id = 1",
                      "UPDATE t_chunks SET validity = x'FF' WHERE chunk_id = 3",
                      // Scans see this one only through the command 'integrity'.
                      "UPDATE t_chunks SET rowids = (SELECT rowids FROM t_chunks WHERE chunk_id = 1) WHERE "
                      "chunk_id = 2"));

TEST(DroppingADamagedTable, NeedsNoShadowTables) {
  Database db;
  db.execute_script(
      "CREATE VIRTUAL TABLE t USING vec0(v float[4]); DROP TABLE t_info; DROP TABLE t_vector_chunks00; DROP "
      "TABLE t");
  EXPECT_EQ(db.row("SELECT count(*) FROM sqlite_schema WHERE name LIKE 't%'"), "0");
}

}  // namespace
}  // namespace cairn::vec0
