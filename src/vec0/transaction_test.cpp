// Transactions: what is collected on the way is seen by every query, undone by every rollback, and written to
// each chunk a bounded number of times.
#include <map>
#include <set>

#include "vec0/counters.hpp"
#include "vec0/test_support.hpp"

namespace cairn::vec0 {
namespace {

using testing::Database;

constexpr const char* kCreate =
    "CREATE VIRTUAL TABLE t USING vec0(v float[2], p integer partition key, s text, +x text, chunk_size=16)";

void insert(const Database& db, int rowid, int partition) {
  db.execute(
      "INSERT INTO t(rowid, v, p, s, x) VALUES (?1, json_array(?1, 0), ?2, 'a text of row ' || ?1, 'x' || "
      "?1)",
      rowid, partition);
}

std::string count(const Database& db) {
  return db.row("SELECT count(*) FROM t");
}

// Every row's own values, read back through every kind of column and by a search.
void expect_rows(const Database& db, const std::map<int, int>& partition_of) {
  std::vector<std::string> expected;
  for (const auto& [rowid, partition] : partition_of) {
    const std::string id = std::to_string(rowid);
    expected.push_back(id + "|[" + id + ".000000,0.000000]|" + std::to_string(partition) + "|a text of row " +
                       id + "|x" + id);
  }
  EXPECT_EQ(db.rows("SELECT rowid, vec_to_json(v), p, s, x FROM t ORDER BY rowid"), expected);
  EXPECT_EQ(db.row("SELECT count(*), min(distance = rowid) FROM t WHERE v MATCH '[0, 0]'"),
            std::to_string(expected.size()) + (expected.empty() ? "|NULL" : "|1"));
}

TEST(Transaction, NestedSavepointsLeaveTheModelsRows) {
  constexpr unsigned kSeed = 271828;
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  Database db;
  db.execute(kCreate);
  std::map<int, int> model;
  for (int round = 0; round < 20; ++round) {
    std::vector<std::map<int, int>> before = {model};
    db.execute("BEGIN");
    for (int step = 0; step < 12; ++step) {
      for (int i = static_cast<int>(random() % 40); i > 0; --i) {
        const int id = 1 + static_cast<int>(random() % 300), partition = static_cast<int>(random() % 3);
        if (!model.contains(id)) {
          insert(db, id, partition);
          model[id] = partition;
        } else if (random() % 2) {
          db.execute("DELETE FROM t WHERE rowid = ?", id);
          model.erase(id);
        } else {
          db.execute("UPDATE t SET p = ? WHERE rowid = ?", partition, id);
          model[id] = partition;
        }
      }
      const auto depth = "s" + std::to_string(before.size());
      switch (random() % 4) {
        case 0:
          db.execute("SAVEPOINT " + depth);
          before.push_back(model);
          break;
        case 1:
          if (before.size() == 1) break;
          db.execute("ROLLBACK TO s" + std::to_string(before.size() - 1));
          model = before.back();
          break;
        case 2:
          if (before.size() == 1) break;
          db.execute("RELEASE s" + std::to_string(before.size() - 1));
          before.pop_back();
          break;
        default:
          if (random() % 2) expect_rows(db, model);
      }
    }
    if (random() % 3 == 0) {
      db.execute("ROLLBACK");
      model = before.front();
    } else {
      db.execute("COMMIT");
    }
    expect_rows(db, model);
  }
}

TEST(Transaction, WritesEachChunkABoundedNumberOfTimes) {
  for (const auto& [partitions, script] :
       {std::pair(1, std::string(kCreate) + "; BEGIN"), std::pair(10, std::string(kCreate) + "; BEGIN"),
        std::pair(10, "BEGIN; " + std::string(kCreate))}) {
    SCOPED_TRACE(script);
    Database db;
    db.execute_script(script);
    const auto before = counters().chunk_writes.load();
    std::map<int, int> model;
    for (int id = 1; id <= 3200; ++id) {
      insert(db, id, id % partitions);
      model[id] = id % partitions;
    }
    db.execute("COMMIT");
    const auto writes = counters().chunk_writes.load() - before;
    EXPECT_LE(writes, 3200u / 16 + 64 + 10) << partitions << " partitions";
    EXPECT_EQ(db.row("SELECT count(*) FROM t_chunks"), "200");
    expect_rows(db, model);
  }
}

TEST(Transaction, KeepsFewOfManyChunksPending) {
  Database db;
  db.execute("CREATE VIRTUAL TABLE t USING vec0(v bit[8], p integer partition key, chunk_size=8)");
  const auto before = counters().chunk_writes.load();
  constexpr unsigned kRows = 40'000;
  db.execute("BEGIN");
  db.execute(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
      "INSERT INTO t(v, p) SELECT vec_bit(x'00'), i FROM n",
      kRows);
  EXPECT_GT(counters().chunk_writes.load() - before, kRows / 2);
  db.execute("COMMIT");
  EXPECT_EQ(count(db), std::to_string(kRows));
}

TEST(Transaction, ShadowTablesOfAFewRowsAreCompleteAtOnce) {
  Database db;
  db.execute_script(kCreate);
  db.execute("BEGIN");
  for (int id = 1; id <= 40; ++id) {
    insert(db, id, 0);
    EXPECT_EQ(db.row("SELECT sum(length(replace(hex(validity), '0', ''))) > 0, count(*) FROM t_chunks"),
              "1|" + std::to_string((id + 15) / 16));
    // The first float of the newest slot.
    EXPECT_EQ(
        db.row("SELECT vec_to_json(substr(vectors, ?1 * 8 + 1, 8)) FROM t_vector_chunks00 WHERE rowid = ?2",
               (id - 1) % 16, (id + 15) / 16),
        "[" + std::to_string(id) + ".000000,0.000000]");
  }
}

TEST(Transaction, OpenSelectsSeeWhatIsWrittenMeanwhile) {
  Database db;
  db.execute(kCreate);
  for (int id = 1; id <= 50; ++id) insert(db, id, 0);
  db.execute("BEGIN");
  for (int id = 100; id < 250; ++id) insert(db, id, 0);
  auto scan = db.prepare("SELECT rowid, s, x, vec_to_json(v) FROM t");
  auto stream = db.prepare("SELECT rowid, s FROM t WHERE v MATCH '[0, 0]' ORDER BY distance");
  std::size_t rows = 0;
  while (scan.step() && stream.step()) {
    ++rows;
    const auto id = scan.get<std::int64_t>(0);
    EXPECT_EQ(scan.get<std::string>(1), "a text of row " + std::to_string(id));
    EXPECT_EQ(scan.get<std::string>(2), "x" + std::to_string(id));
    EXPECT_EQ(stream.get<std::string>(1), "a text of row " + std::to_string(stream.get<std::int64_t>(0)));
    if (id % 2 == 1 && id < 200) db.execute("DELETE FROM t WHERE rowid = ?", id + 1);
  }
  EXPECT_GT(rows, 100u);
  db.execute("ROLLBACK");
  EXPECT_EQ(count(db), "50");
}

TEST(Transaction, SchemaChangesMeetNothingPending) {
  Database db;
  db.execute_script(std::string(kCreate) + "; CREATE TABLE other(a); BEGIN");
  for (int id = 1; id <= 100; ++id) insert(db, id, 0);
  db.execute("ALTER TABLE other RENAME TO another");
  EXPECT_EQ(count(db), "100");
  for (int id = 101; id <= 200; ++id) insert(db, id, 0);
  db.execute_script("CREATE TABLE third(a); DROP TABLE another; CREATE INDEX i ON third(a)");
  EXPECT_EQ(count(db), "200");
  for (int id = 201; id <= 300; ++id) insert(db, id, 0);
  db.execute("ALTER TABLE t RENAME TO u");
  EXPECT_EQ(db.row("SELECT count(*) FROM u"), "300");
  for (int id = 301; id <= 400; ++id)
    db.execute("INSERT INTO u(rowid, v, p, s) VALUES (?, '[1, 2]', 0, '')", id);
  db.execute("DROP TABLE u");
  db.execute("COMMIT");
  EXPECT_EQ(
      db.row("SELECT group_concat(name) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"),
      "third");
}

// SQLite connects to the table again, while the transaction and the SELECT hold the instance before.
TEST(Transaction, OutlivesTheInstanceOfTheTable) {
  Database db;
  db.execute(kCreate);
  db.execute("BEGIN");
  std::map<int, int> model;
  for (int id = 1; id <= 300; ++id) {
    insert(db, id, 0);
    model[id] = 0;
  }
  auto scan = db.prepare("SELECT rowid FROM t");
  ASSERT_TRUE(scan.step());
  std::set<std::int64_t> met = {scan.get<std::int64_t>(0)};
  db.execute("PRAGMA writable_schema = RESET");
  for (int id = 301; id <= 500; ++id) {
    insert(db, id, 0);
    model[id] = 0;
  }
  db.execute("DELETE FROM t WHERE rowid BETWEEN 100 AND 150");
  for (int id = 100; id <= 150; ++id) model.erase(id);
  while (scan.step()) met.insert(scan.get<std::int64_t>(0));
  EXPECT_EQ(met.size(), 300u - 51u);  // not those that came since
  expect_rows(db, model);
  db.execute("INSERT INTO t(t) VALUES ('integrity')");
  db.execute("COMMIT");
  expect_rows(db, model);
}

// SQLite does not tell the new table of the rollback.
TEST(Transaction, RollsBackATableThatIsCreatedBehindASavepoint) {
  for (const bool is_replaced : {false, true}) {
    Database db;
    std::map<int, int> model;
    if (is_replaced) {
      db.execute(kCreate);
      insert(db, 1, 0);
      model[1] = 0;
    }
    db.execute_script("BEGIN; SAVEPOINT s");
    if (is_replaced) db.execute("DROP TABLE t");
    db.execute(kCreate);
    for (int id = 1; id <= 200; ++id) insert(db, id, 1);
    db.execute_script("ROLLBACK TO s; COMMIT");
    if (!is_replaced) db.execute(kCreate);
    expect_rows(db, model);
    db.execute("INSERT INTO t(t) VALUES ('integrity')");
  }
}

// The full disk rolls the transaction back in the middle of a row.
TEST(Transaction, TheNextOneIsNotHurtByAFullDisk) {
  for (const int free_pages : {20, 21, 22, 40}) {
    Database db;
    db.execute(kCreate);
    db.execute("PRAGMA max_page_count = " +
               std::to_string(db.query_one<int>("PRAGMA page_count") + free_pages));
    db.execute("BEGIN");
    int id = 0;
    EXPECT_THROW(while (true) insert(db, ++id, 0), Error);
    EXPECT_FALSE(db.in_transaction());
    db.execute("PRAGMA max_page_count = 100000");
    insert(db, 1, 0);
    expect_rows(db, {{1, 0}});
  }
}

int deny_deleting_auxiliaries(void*, int action, const char* table, const char*, const char*, const char*) {
  return action == SQLITE_DELETE && std::string_view(table) == "t_auxiliary" ? SQLITE_DENY : SQLITE_OK;
}

TEST(Transaction, AHalfDoneChangeIsNotCommitted) {
  for (const int rows : {10, 200}) {
    Database db;
    db.execute(kCreate);
    insert(db, 1, 0);
    db.execute("BEGIN");
    for (int id = 2; id <= rows; ++id) insert(db, id, 0);
    sqlite3_set_authorizer(db.handle(), deny_deleting_auxiliaries, nullptr);
    EXPECT_NE(db.error("DELETE FROM t WHERE rowid = 1"), "no error");
    sqlite3_set_authorizer(db.handle(), nullptr, nullptr);
    EXPECT_NE(db.error("COMMIT").find("failed halfway; roll it back"), std::string::npos);
    expect_rows(db, {{1, 0}});
  }
}

// What could not be handed over, since nothing may be written at that time, stays pending.
TEST(Transaction, GoesOnAfterARefusedFlush) {
  Database db;
  db.execute(kCreate);
  db.execute("BEGIN");
  std::map<int, int> model;
  const auto insert_some = [&](int first) {
    for (int id = first; id < first + 100; ++id) {
      insert(db, id, id % 2);
      model[id] = id % 2;
    }
  };
  insert_some(1);
  db.execute("PRAGMA query_only = ON");
  EXPECT_NE(db.error("SELECT count(*) FROM t"), "no error");
  db.execute("PRAGMA query_only = OFF");
  insert_some(101);
  db.execute("COMMIT");
  expect_rows(db, model);
}

TEST(Transaction, KeepsLastInsertRowid) {
  Database db;
  db.execute_script(std::string(kCreate) + "; BEGIN");
  for (int id = 1001; id <= 1200; ++id) {
    insert(db, id, 0);
    EXPECT_EQ(db.last_insert_rowid(), id);
  }
  db.execute("SAVEPOINT s");
  EXPECT_EQ(db.last_insert_rowid(), 1200);
  insert(db, 1201, 1);
  db.execute("COMMIT");
  EXPECT_EQ(db.last_insert_rowid(), 1201);
}

// Also where COMMIT takes sparse chunks away, which ends with a DELETE of no row.
TEST(Transaction, KeepsTheCountOfChanges) {
  for (const char* storage : {"", " INDEXED BY cairn()"}) {
    Database db;
    db.execute(std::string("CREATE VIRTUAL TABLE t USING vec0(v float[64]") + storage + ", chunk_size=16)");
    const std::vector<float> vector(64, 1.0f);
    const auto insert = [&](int first, int last) {
      for (int id = first; id <= last; ++id)
        db.execute("INSERT INTO t(rowid, v) VALUES (?, ?)", id, std::as_bytes(std::span(vector)));
    };
    db.execute("BEGIN");
    insert(1, 100);
    EXPECT_EQ(db.row("SELECT count(*) FROM t"), "100");
    EXPECT_EQ(db.row("SELECT changes()"), "1") << storage;
    db.execute("DELETE FROM t WHERE rowid <= 90");
    insert(101, 101);
    db.execute("COMMIT");
    EXPECT_EQ(db.row("SELECT changes()"), "1") << storage;
    db.execute("BEGIN");
    insert(201, 300);
    db.execute("DELETE FROM t WHERE rowid = 1000");
    db.execute("COMMIT");
    EXPECT_EQ(db.row("SELECT changes()"), "0") << storage;
  }
}

TEST(Transaction, AFailingStatementOfManyRowsLeavesTheOthers) {
  Database db;
  db.execute_script(std::string(kCreate) + "; BEGIN");
  for (int id = 1; id <= 100; ++id) insert(db, id, 0);
  EXPECT_EQ(db.error("WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i - 1 FROM n WHERE i > 50) "
                     "INSERT INTO t(rowid, v, p, s) SELECT i, '[1, 2]', 1, '' FROM n"),
            "UNIQUE constraint failed on t primary key");
  EXPECT_EQ(count(db), "100");
  EXPECT_EQ(db.error("UPDATE t SET s = CASE WHEN rowid < 90 THEN 'changed' ELSE NULL END"),
            "Expected text for TEXT metadata column s, received NULL");
  db.execute("COMMIT");
  EXPECT_EQ(db.row("SELECT count(*), sum(s = 'changed') FROM t"), "100|0");
}

TEST(FreeSlots, AreReusedInEveryPartition) {
  Database db;
  db.execute(kCreate);
  db.execute("BEGIN");
  for (int id = 1; id <= 480; ++id) insert(db, id, id % 3);
  db.execute("COMMIT");
  const std::string chunks = db.row("SELECT count(*) FROM t_chunks");
  EXPECT_EQ(chunks, "30");
  std::map<int, int> model;
  for (int round = 0; round < 3; ++round) {
    db.execute("DELETE FROM t WHERE rowid % 2 = ?", round % 2);
    // One by one, then many in a transaction.
    if (round % 2) db.execute("BEGIN");
    for (int id = 2 + round % 2 - 2; id <= 480; id += 2)
      if (id > 0) insert(db, id, id % 3);
    if (round % 2) db.execute("COMMIT");
    EXPECT_EQ(db.row("SELECT count(*) FROM t_chunks"), chunks);
  }
  for (int id = 1; id <= 480; ++id) model[id] = id % 3;
  expect_rows(db, model);
}

TEST(Damage, AFailedInsertLeavesNothingInItsTransaction) {
  Database db;
  db.execute(kCreate);
  insert(db, 1, 0);
  db.execute("UPDATE t_vector_chunks00 SET vectors = zeroblob(5)");
  db.execute("BEGIN");
  EXPECT_NE(
      db.error("INSERT INTO t(rowid, v, p, s, x) VALUES (2, '[1, 2]', 0, 'more than twelve bytes', 'x')"),
      "no error");
  db.execute("INSERT INTO t(rowid, v, p, s) VALUES (3, '[1, 2]', 1, '')");  // another chunk
  db.execute("COMMIT");
  EXPECT_EQ(db.rows("SELECT rowid FROM t_rowids"), (std::vector<std::string>{"1", "3"}));
  EXPECT_EQ(db.row("SELECT count(*) FROM t_auxiliary"), "2");
  EXPECT_EQ(db.row("SELECT hex(validity) FROM t_chunks WHERE partition00 = 0"), "0100");
}

TEST(Damage, ATransactionThatCannotBeWrittenDoesNotCommit) {
  Database db;
  db.execute(kCreate);
  insert(db, 1, 0);
  db.execute("BEGIN");
  for (int id = 100; id < 200; ++id) insert(db, id, 1);
  db.execute("UPDATE t_vector_chunks00 SET vectors = zeroblob(5)");
  insert(db, 2, 0);
  EXPECT_NE(db.error("SELECT count(*) FROM t").find("'t' is damaged"), std::string::npos);
  EXPECT_NE(db.error("COMMIT").find("'t' is damaged"), std::string::npos);
  EXPECT_FALSE(db.in_transaction());
  EXPECT_EQ(count(db), "1");
  EXPECT_EQ(db.row("SELECT rowid, vec_to_json(v) FROM t"), "1|[1.000000,0.000000]");
}

}  // namespace
}  // namespace cairn::vec0
