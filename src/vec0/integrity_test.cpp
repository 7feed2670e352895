// The command 'integrity': silent on what the engines write, and no damage goes unnoticed.
#include "vec0/generated_table.hpp"

namespace cairn::vec0 {
namespace {

using testing::Database;
using testing::GeneratedTable;

constexpr const char* kIntegrity = "INSERT INTO t(t) VALUES ('integrity')";

TEST(Integrity, FindsNothingInSoundTables) {
  for (unsigned seed = 100; seed < 140; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Database db;
    GeneratedTable table(db, seed);
    EXPECT_EQ(db.error(kIntegrity), "no error");
    for (const unsigned percent : {0u, 40u, 100u}) {
      table.insert(100);
      table.update_some();
      table.remove(percent);
      ASSERT_EQ(db.error(kIntegrity), "no error");
      ASSERT_EQ(table.contents(), table.expected());
    }
  }
}

void fill(const Database& db) {
  db.execute_script(
      "CREATE VIRTUAL TABLE t USING vec0(id text primary key, v float[4], p text partition key, b boolean, n "
      "integer, "
      "s text, +x text, chunk_size=8);"
      "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 20)"
      "  INSERT INTO t SELECT 'k' || i, '[1,2,3,4]', 'p', 1, i, iif(i % 2, 'a text of more than twelve "
      "bytes', 'short'), "
      "  'x' FROM n");
}

struct Case {
  const char* damage;
  const char* found;  // in the message
};

void PrintTo(const Case& damage, std::ostream* out) {
  *out << damage.damage;
}

class IntegrityFinds : public ::testing::TestWithParam<Case> {};

TEST_P(IntegrityFinds, TheDamage) {
  Database db;
  fill(db);
  db.execute_script(GetParam().damage);
  const std::string message = db.error(kIntegrity);
  EXPECT_NE(message.find(GetParam().found), std::string::npos) << message;
  EXPECT_NE(db.error("INSERT INTO t(t) VALUES ('optimize')"), "no error");
  try {
    db.execute(kIntegrity);
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::corrupt) << e.what();
  }
}

constexpr Case kCases[] = {
    {"UPDATE t_chunks SET size = 16 WHERE chunk_id = 2", "'t_chunks': chunk 2: the size is not 8"},
    {"UPDATE t_chunks SET size = 'x' WHERE chunk_id = 2", "'t_chunks': chunk 2: the size is not 8"},
    {"UPDATE t_chunks SET validity = x'FF00' WHERE chunk_id = 2",
     "'t_chunks': chunk 2: validity is not a blob of 1 bytes"},
    {"UPDATE t_chunks SET validity = 'a' WHERE chunk_id = 2", "'t_chunks': chunk 2: validity"},
    {"UPDATE t_chunks SET rowids = zeroblob(63) WHERE chunk_id = 3", "'t_chunks': chunk 3: rowids is not"},
    {"UPDATE t_chunks SET rowids = zeroblob(64) WHERE chunk_id = 3",
     "'t_rowids': row 0: is missing, but chunk 3"},
    {"UPDATE t_chunks SET validity = x'FF' WHERE chunk_id = 3",
     "'t_rowids': row 0: is missing, but chunk 3 has it at offset 4"},
    {"UPDATE t_chunks SET validity = x'FD' WHERE chunk_id = 1",
     "'t_rowids': row 2: is not where it says in its chunk"},
    {"UPDATE t_chunks SET rowids = (SELECT rowids FROM t_chunks WHERE chunk_id = 1) WHERE chunk_id = 2",
     "'t_rowids': row 1: does not point at chunk 2, offset 0, where it is as well"},
    {"DELETE FROM t_chunks WHERE chunk_id = 2", "'t_rowids': row 9: its chunk does not exist"},
    {"DELETE FROM t_chunks WHERE chunk_id = 2", "'t_vector_chunks00': chunk 2: the chunk does not exist"},
    {"UPDATE t_vector_chunks00 SET vectors = zeroblob(129) WHERE rowid = 2",
     "'t_vector_chunks00': chunk 2: vectors is not a blob of 128 bytes"},
    {"UPDATE t_vector_chunks00 SET vectors = 17 WHERE rowid = 2",
     "'t_vector_chunks00': chunk 2: vectors is not"},
    {"DELETE FROM t_vector_chunks00 WHERE rowid = 2", "'t_vector_chunks00': chunk 2: is missing"},
    {"INSERT INTO t_vector_chunks00(_rowid_, rowid, vectors) VALUES (9, 9, zeroblob(128))",
     "'t_vector_chunks00': chunk 9: the chunk does not exist"},
    {"UPDATE t_vector_chunks00 SET rowid = 17 WHERE rowid = 2",
     "'t_vector_chunks00': chunk 2: the columns rowid and _rowid_ differ"},
    {"UPDATE t_vector_chunks00 SET rowid = '2' WHERE rowid = 2", "the columns rowid and _rowid_ differ"},
    {"UPDATE t_vector_chunks00 SET _rowid_ = 17 WHERE rowid = 2", "chunk 2: is missing"},
    {"UPDATE t_metadatachunks00 SET data = x'0000' WHERE rowid = 1",
     "'t_metadatachunks00': chunk 1: data is not a blob of 1 bytes"},
    {"UPDATE t_metadatachunks01 SET data = zeroblob(56) WHERE rowid = 3",
     "'t_metadatachunks01': chunk 3: data is not"},
    {"DELETE FROM t_metadatachunks02 WHERE rowid = 3", "'t_metadatachunks02': chunk 3: is missing"},
    {"INSERT INTO t_metadatachunks02(rowid, data) VALUES (9, zeroblob(128))",
     "'t_metadatachunks02': chunk 4: the chunk does not exist"},
    {"UPDATE t_metadatachunks02 SET data = CAST(x'FFFFFFFF' || substr(data, 5) AS BLOB) WHERE rowid = 2",
     "'t_metadatachunks02': chunk 2: the text at offset 0 has a negative length"},
    {"UPDATE t_metadatachunks02 SET data = zeroblob(128) WHERE rowid = 2",
     "'t_metadatatext02': 4 texts belong to rows whose own text is short"},
    {"DELETE FROM t_metadatatext02 WHERE rowid = 5", "'t_metadatatext02': row 5: the text is missing"},
    {"UPDATE t_metadatatext02 SET data = 'a text of more than twelve' WHERE rowid = 5",
     "'t_metadatatext02': row 5: is not the text of 32 bytes that starts as its chunk says"},
    {"UPDATE t_metadatatext02 SET data = 'another text of more than twelve' WHERE rowid = 5",
     "'t_metadatatext02': row 5: is not the text"},
    {"UPDATE t_metadatatext02 SET data = CAST(data AS BLOB) WHERE rowid = 5",
     "'t_metadatatext02': row 5: is not"},
    {"UPDATE t_metadatatext02 SET data = NULL WHERE rowid = 5", "'t_metadatatext02': row 5: is not the text"},
    {"INSERT INTO t_metadatatext02(rowid, data) VALUES (77, 'orphan')",
     "'t_metadatatext02': row 77: the row does not"},
    {"INSERT INTO t_metadatatext02(rowid, data) VALUES (NULL, 'orphan')",
     "'t_metadatatext02': row 0: the row does not"},
    {"INSERT INTO t_metadatatext02(rowid, data) VALUES (2, 'not for a short one')",
     "'t_metadatatext02': 1 texts belong to rows whose own text is short"},
    {"INSERT INTO t_auxiliary(rowid, value00) VALUES (77, 'orphan')",
     "'t_auxiliary': row 77: the row does not exist"},
    {"UPDATE t_rowids SET chunk_offset = 100000 WHERE rowid = 3",
     "'t_rowids': row 3: does not point at chunk 1, offset 2"},
    {"UPDATE t_rowids SET chunk_offset = -1 WHERE rowid = 3", "'t_rowids': row 3: is not where it says"},
    {"UPDATE t_rowids SET chunk_offset = 2 WHERE rowid = 4", "'t_rowids': row 4: is not where it says"},
    {"UPDATE t_rowids SET chunk_id = 77 WHERE rowid = 3", "'t_rowids': row 3: its chunk does not exist"},
    {"UPDATE t_rowids SET chunk_id = NULL WHERE rowid = 3", "'t_rowids': row 3: does not point at"},
    {"UPDATE t_rowids SET chunk_id = 'x', chunk_offset = x'00' WHERE rowid = 3",
     "'t_rowids': row 3: does not"},
    {"UPDATE t_rowids SET id = x'00' WHERE rowid = 3", "'t_rowids': row 3: the key is blob and not text"},
    {"INSERT INTO t_rowids VALUES (90, 'k90', 1, 2)",
     "'t_rowids': row 90: is not where it says in its chunk"},
    {"DELETE FROM t_rowids WHERE rowid = 20",
     "'t_rowids': row 20: is missing, but chunk 3 has it at offset 3"},
    {"DELETE FROM t_rowids", "; and 35 more problems"},
    {"DROP TABLE t_vector_chunks00", "no such table: main.t_vector_chunks00"},
    {"DROP TABLE t_rowids", "no such table: main.t_rowids"},
    {"DROP TABLE t_chunks", "no such table: main.t_chunks"},
    {"DROP TABLE t_auxiliary", "no such table: main.t_auxiliary"},
    {"DROP TABLE t_metadatatext02", "no such table: main.t_metadatatext02"},
    {"ALTER TABLE t_metadatachunks01 RENAME data TO other", "no such column: data"},
};

INSTANTIATE_TEST_SUITE_P(Vec0, IntegrityFinds, ::testing::ValuesIn(kCases));

TEST(Integrity, AcceptsWhatOtherEnginesLeave) {
  Database db;
  fill(db);
  db.execute_script(
      "DELETE FROM t_auxiliary WHERE rowid = 3;"
      "UPDATE t_vector_chunks00 SET vectors = CAST(x'0000C07F0000807F' || substr(vectors, 9) AS BLOB)");
  EXPECT_EQ(db.error(kIntegrity), "no error");
  EXPECT_EQ(db.row("SELECT x IS NULL FROM t WHERE id = 'k3'"), "1");
}

// Random bytes in random places: no crash, and what passes the check can be read, changed and deleted.
TEST(Integrity, WhatPassesCanBeUsed) {
  const char* const kPlaces[][2] = {{"t_chunks", "validity"},         {"t_chunks", "rowids"},
                                    {"t_vector_chunks00", "vectors"}, {"t_metadatachunks00", "data"},
                                    {"t_metadatachunks01", "data"},   {"t_metadatachunks02", "data"},
                                    {"t_metadatatext02", "data"},     {"t_rowids", "chunk_id"},
                                    {"t_rowids", "chunk_offset"},     {"t_rowids", "id"},
                                    {"t_auxiliary", "value00"}};
  int sound = 0, damaged = 0;
  for (unsigned seed = 1; seed <= 600; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    Database db;
    fill(db);
    const auto& [table, column] = kPlaces[random() % std::size(kPlaces)];
    const std::string place = std::string("UPDATE ") + table + " SET " + column + " = ";
    const std::string row = " WHERE _rowid_ = (SELECT _rowid_ FROM " + std::string(table) +
                            " LIMIT 1 OFFSET " + std::to_string(random() % 3) + ")";
    switch (random() % 3) {
      case 0: {  // one byte
        const std::string at = std::to_string(1 + random() % 140);
        const std::string c = column;
        db.error(place + "CAST(substr(CAST(" + c + " AS BLOB), 1, " + at +
                 " - 1) || randomblob(1) || substr(CAST(" + c + " AS BLOB), " + at + " + 1) AS BLOB)" + row);
        break;
      }
      case 1:
        db.error(place + std::to_string(static_cast<int>(random() % 30) - 3) + row);
        break;
      default:
        db.error(place + "randomblob(" + std::to_string(random() % 200) + ")" + row);
        break;
    }
    const std::string message = db.error(kIntegrity);
    const bool is_sound = message == "no error";
    is_sound ? ++sound : ++damaged;
    for (const char* sql :
         {"INSERT INTO t(t) VALUES ('optimize')", "SELECT * FROM t",
          "UPDATE t SET s = 'another long text', n = 3",
          "SELECT id FROM t WHERE v MATCH '[1,1,1,1]' AND k = 5", "DELETE FROM t WHERE n = 3"}) {
      const std::string error = db.error(sql);
      if (is_sound) {
        EXPECT_EQ(error, "no error") << sql;
      }
    }
  }
  EXPECT_GT(sound, 50);
  EXPECT_GT(damaged, 50);
}

TEST(Command, IsRefusedWithOtherValuesOrUnderAnotherName) {
  Database db;
  fill(db);
  EXPECT_EQ(db.error("INSERT INTO t(t) VALUES ('Integrity')"), "unknown vec0 command: 'Integrity'");
  EXPECT_EQ(db.error("INSERT INTO t(t) VALUES ('optimize ')"), "unknown vec0 command: 'optimize '");
  EXPECT_EQ(db.error("INSERT INTO t(t) VALUES ('')"), "unknown vec0 command: ''");
  // Only text is a command; without one this is an ordinary row that lacks its values.
  for (const char* value : {"1", "CAST('optimize' AS BLOB)"})
    EXPECT_NE(db.error(std::string("INSERT INTO t(t) VALUES (") + value + ")").find("TEXT primary key"),
              std::string::npos);
  EXPECT_EQ(db.error("INSERT INTO t(t, id) VALUES ('nonsense', 'k')"), "unknown vec0 command: 'nonsense'");
  EXPECT_EQ(db.error("INSERT INTO t(t, id) VALUES ('optimize', 'k')"),
            "the vec0 command 'optimize' stands alone, but a value was provided for \"id\" too");
  EXPECT_EQ(db.error("INSERT INTO t(t, k) VALUES ('integrity', 5)"),
            "the vec0 command 'integrity' stands alone, but a value was provided for \"k\" too");
  EXPECT_EQ(db.error("UPDATE t SET t = 'optimize'"), "unknown vec0 command: 'optimize'");
  EXPECT_EQ(db.row("SELECT count(*) FROM t"), "20");
}

TEST(Command, LeavesLastInsertRowid) {
  Database db;
  fill(db);
  db.execute_script(
      "CREATE TABLE other(x); INSERT INTO other(rowid) VALUES (4711); DELETE FROM t WHERE n % 2");
  db.execute_script("INSERT INTO t(t) VALUES ('integrity'); INSERT INTO t(t) VALUES ('optimize')");
  EXPECT_EQ(db.row("SELECT last_insert_rowid()"), "4711");
}

}  // namespace
}  // namespace cairn::vec0
