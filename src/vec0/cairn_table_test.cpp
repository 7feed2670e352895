// What a cairn() table does behind its SQL: what is read again after a change, when rows are filed in lists,
// that deleted rows give their space back. The Python tests compare its answers with a model's.
#include <filesystem>

#include "vec0/counters.hpp"
#include "vec0/test_support.hpp"
#include "vec0/thresholds.hpp"

namespace cairn::vec0::testing {
namespace {

constexpr unsigned kSeed = 20261125;
constexpr std::size_t kDims = 64;

// So that few rows are kept in memory and filed.
class SmallTables {
 public:
  SmallTables() {
    thresholds().resident_bytes = 1;
    thresholds().bounded_rows = 1;
    thresholds().listed_rows = 512;
    thresholds().filed_rows = 256;
    thresholds().given_up_percent = 100'000;
  }
  ~SmallTables() {
    const Thresholds usual;
    thresholds().resident_bytes = usual.resident_bytes.load();
    thresholds().bounded_rows = usual.bounded_rows.load();
    thresholds().listed_rows = usual.listed_rows.load();
    thresholds().filed_rows = usual.filed_rows.load();
    thresholds().given_up_percent = usual.given_up_percent.load();
  }
};

struct CairnTable : ::testing::Test {
  CairnTable() {
    std::filesystem::remove(path);
    db.emplace(path.c_str());
    db->execute("PRAGMA journal_mode = WAL");
    db->execute(
        "CREATE VIRTUAL TABLE t USING vec0(v float[64] INDEXED BY cairn(), m integer, chunk_size=256)");
  }
  ~CairnTable() override {
    db.reset();
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix);
  }

  void insert(std::int64_t first, std::int64_t count) {
    db->execute("BEGIN");
    for (std::int64_t id = first; id < first + count; ++id)
      db->execute("INSERT INTO t(rowid, v, m) VALUES (?, ?, ?)", id, bytes(random_vector(kDims, random)),
                  id % 7);
    db->execute("COMMIT");
  }
  static std::span<const std::byte> bytes(const std::vector<float>& v) { return std::as_bytes(std::span(v)); }
  std::vector<std::string> nearest(const std::vector<float>& query, const std::string& more = "") const {
    return db->rows("SELECT rowid, distance FROM t WHERE v MATCH ? AND k = 10" + more, bytes(query));
  }
  std::vector<std::string> by_plain_sql(const std::vector<float>& query) const {
    return db->rows("SELECT rowid, vec_distance_l2(v, ?) AS d FROM t ORDER BY d, rowid LIMIT 10",
                    bytes(query));
  }
  // Of a table that has rows, and is in memory from now on.
  std::vector<float> first_query(std::int64_t rows = 3000) {
    insert(1, rows);
    const std::vector<float> query = random_vector(kDims, random);
    nearest(query);
    return query;
  }
  std::int64_t count(const std::string& of) const {
    return db->query_one<std::int64_t>("SELECT count(*) FROM " + of);
  }
  void expect_sound() const { EXPECT_EQ(db->error("INSERT INTO t(t) VALUES ('integrity')"), "no error"); }

  // After a change to lists behind the table's back.
  void let_it_be_seen() const {
    db->execute("UPDATE t_lists SET stamp = randomblob(16)");
    db->execute(
        "UPDATE t_info SET value = randomblob(16) || substr(value, 17) "
        "WHERE key = 'lists' AND length(value) > 16");
    db->execute("UPDATE t SET m = 1 WHERE rowid = 1");
  }

  const SmallTables small;
  std::mt19937 random{kSeed};
  std::string path = ::testing::TempDir() + "cairn_table_" +
                     ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".db";
  std::optional<Database> db;
};

constexpr const char* kDoubledLists =
    "INSERT INTO t_lists SELECT NULL, size, square, stamp, centroid, entries FROM t_lists LIMIT 5";

std::size_t both(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return static_cast<std::size_t>(std::count_if(
      a.begin(), a.end(), [&](const auto& row) { return std::find(b.begin(), b.end(), row) != b.end(); }));
}

TEST_F(CairnTable, AfterAChangeOnlyItsChunkIsLookedAt) {
  insert(1, 2000);
  const std::vector<float> query = random_vector(kDims, random);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(nearest(query), by_plain_sql(query));
  const std::uint64_t kept = counters().chunks_kept, in_memory = counters().resident_searches;
  db->execute("INSERT INTO t(rowid, v, m) VALUES (5000, ?, 1)", bytes(query));
  EXPECT_EQ(nearest(query)[0], "5000|0.0");
  EXPECT_EQ(counters().chunks_kept, kept + 1);
  db->execute("DELETE FROM t WHERE rowid = 5000");
  EXPECT_EQ(nearest(query), by_plain_sql(query));
  EXPECT_EQ(counters().chunks_kept, kept + 2);
  db->execute("CREATE TABLE other(x)");
  EXPECT_EQ(nearest(query), by_plain_sql(query));
  EXPECT_EQ(counters().chunks_kept, kept + 2);
  EXPECT_EQ(counters().resident_searches, in_memory + 3);
  expect_sound();
}

TEST_F(CairnTable, FullChunksAreFiledAndRecallIsKept) {
  insert(1, 600);
  EXPECT_GT(count("t_lists"), 10);
  EXPECT_EQ(count("t_chunks WHERE filed"), 2);
  for (int i = 0; i < 10; ++i) insert(1000 + 300 * i, 300);
  expect_sound();
  nearest(random_vector(kDims, random));
  std::size_t found = 0;
  const std::uint64_t searches = counters().list_searches;
  for (int i = 0; i < 100; ++i) {
    const std::vector<float> query = random_vector(kDims, random);
    const auto exact = nearest(query);
    EXPECT_EQ(exact, by_plain_sql(query));
    const auto some = nearest(query, " AND recall = 0.9");
    EXPECT_EQ(some.size(), 10u);
    found += both(some, exact);
    EXPECT_EQ(nearest(query, " AND recall = 1"), exact);
  }
  EXPECT_EQ(counters().list_searches, searches + 100);
  EXPECT_GE(found, 900u);
}

TEST_F(CairnTable, AStreamWithARecallComesInOrderAndOnce) {
  const std::vector<float> query = first_query();
  const std::string stream =
      "SELECT rowid, distance FROM t WHERE v MATCH ? AND recall = 0.8 ORDER BY distance";
  std::set<std::int64_t> rowids;
  double last = 0;
  sqlite::Statement st = db->prepare(stream);
  st.bind(1, bytes(query));
  while (st.step()) {
    EXPECT_TRUE(rowids.insert(st.get<std::int64_t>(0)).second);
    EXPECT_GE(st.get<double>(1), last);
    last = st.get<double>(1);
  }
  EXPECT_GE(rowids.size(), 2400u);
  EXPECT_LE(rowids.size(), 3000u);
}

// Rows that lie alike in all directions: codes of a bit tell too little, and lists would take longer.
TEST_F(CairnTable, WhereListsDoNotHelpASearchIsExact) {
  thresholds().given_up_percent = 50;
  const std::vector<float> query = first_query();
  const std::uint64_t searches = counters().list_searches;
  EXPECT_EQ(nearest(query, " AND recall = 0.9"), by_plain_sql(query));
  EXPECT_EQ(nearest(query, " AND recall = 0.9 AND m < 5"), nearest(query, " AND m < 5"));
  EXPECT_EQ(counters().list_searches, searches);
  const std::string stream = "SELECT rowid, distance FROM t WHERE v MATCH ? ";
  EXPECT_EQ(db->rows(stream + "AND recall = 0.9 ORDER BY distance", bytes(query)),
            db->rows(stream + "ORDER BY distance", bytes(query)));
}

// A stream may begin by lists and go on without them.
TEST_F(CairnTable, AStreamGivesListsUpOnTheWay) {
  const std::vector<float> query = first_query(5000);
  sqlite::Statement st =
      db->prepare("SELECT rowid, t ->> 'plan' FROM t WHERE v MATCH ? AND recall = 0.9 ORDER BY distance");
  st.bind(1, bytes(query));
  std::set<std::int64_t> rowids;
  std::vector<std::string> plans;
  while (st.step()) {
    EXPECT_TRUE(rowids.insert(st.get<std::int64_t>(0)).second);
    const auto plan = st.get<std::string>(1);
    if (plans.empty() || plans.back() != plan) plans.push_back(plan);
    thresholds().given_up_percent = 0;
  }
  EXPECT_EQ(plans, (std::vector<std::string>{"lists", "codes", "vectors"}));
  EXPECT_GE(rowids.size(), 4800u);
}

TEST_F(CairnTable, DeletedRowsGiveTheirSpaceBack) {
  insert(1, 3000);
  const std::int64_t packs = count("t_vectors00");
  db->execute("DELETE FROM t WHERE rowid % 10 <> 0");
  db->execute(
      "DELETE FROM t WHERE rowid = 10");  // what one transaction had no time for, the next goes on with
  expect_sound();
  EXPECT_LT(count("t_vectors00"), packs / 2);
  const std::vector<float> query = random_vector(kDims, random);
  EXPECT_EQ(nearest(query), by_plain_sql(query));
  db->execute("INSERT INTO t(t) VALUES ('optimize')");
  expect_sound();
  EXPECT_EQ(count("t_chunks"), 2);
  EXPECT_EQ(nearest(query), by_plain_sql(query));
  db->execute("DELETE FROM t");
  EXPECT_EQ(count("t_chunks"), 0);
  EXPECT_EQ(count("t_vectors00"), 0);
  EXPECT_EQ(count("t_codes00"), 0);
}

TEST_F(CairnTable, SmallPartitionsAndManyChunksGiveTheirSpaceBack) {
  db->execute("CREATE VIRTUAL TABLE s USING vec0(v float[2] INDEXED BY cairn(), p integer partition key)");
  for (int i = 0; i < 60; ++i) db->execute("INSERT INTO s(v, p) VALUES ('[1, 2]', ?)", i / 3);
  EXPECT_EQ(count("s_chunks"), 20);
  db->execute("DELETE FROM s WHERE p >= 2");
  EXPECT_EQ(count("s_chunks"), 2);
  EXPECT_EQ(count("s_vectors00"), 2);

  insert(1, 40 * 256);
  db->execute("DELETE FROM t WHERE rowid % 8");
  EXPECT_EQ(count("t_chunks"), 5);
  expect_sound();
}

TEST_F(CairnTable, ASearchInAWriteTransactionSeesIt) {
  insert(1, 1000);
  const std::vector<float> query = random_vector(kDims, random);
  nearest(query);
  nearest(query);
  db->execute("BEGIN");
  db->execute("INSERT INTO t(rowid, v) VALUES (7000, ?)", bytes(query));
  EXPECT_EQ(nearest(query, " AND recall = 0.5")[0], "7000|0.0");
  db->execute("SAVEPOINT s");
  db->execute("DELETE FROM t WHERE rowid = 7000");
  EXPECT_EQ(nearest(query), by_plain_sql(query));
  db->execute("ROLLBACK TO s");
  EXPECT_EQ(nearest(query)[0], "7000|0.0");
  db->execute("ROLLBACK");
  EXPECT_EQ(nearest(query), by_plain_sql(query));
  expect_sound();
}

TEST_F(CairnTable, AnUpdateOfAVectorMovesItsRow) {
  insert(1, 1000);
  const std::vector<float> query = random_vector(kDims, random);
  const std::string before = db->row("SELECT chunk_id, chunk_offset FROM t_rowids WHERE rowid = 3");
  db->execute("UPDATE t SET m = 99 WHERE rowid = 3");
  EXPECT_EQ(db->row("SELECT chunk_id, chunk_offset FROM t_rowids WHERE rowid = 3"), before);
  db->execute("UPDATE t SET v = ? WHERE rowid = 3", bytes(query));
  EXPECT_NE(db->row("SELECT chunk_id, chunk_offset FROM t_rowids WHERE rowid = 3"), before);
  EXPECT_EQ(db->row("SELECT rowid, m, distance FROM t WHERE v MATCH ? AND k = 1", bytes(query)), "3|99|0.0");
  expect_sound();
}

TEST_F(CairnTable, OptimizeCanBeRunInSteps) {
  insert(1, 2560);
  db->execute("DELETE FROM t WHERE rowid % 2");
  EXPECT_EQ(count("t_chunks"), 10);
  db->execute("INSERT INTO t(t) VALUES ('optimize=2')");
  EXPECT_LT(count("t_chunks"), 10);
  EXPECT_GT(count("t_chunks"), 5);
  expect_sound();
  for (int i = 0; i < 10; ++i) db->execute("INSERT INTO t(t) VALUES ('optimize=2')");
  EXPECT_EQ(count("t_chunks"), 5);
  expect_sound();
  EXPECT_NE(db->error("INSERT INTO t(t) VALUES ('optimize=0')").find("must be a number from 1"),
            std::string::npos);
}

TEST_F(CairnTable, IntegrityKnowsCodesAndLists) {
  insert(1, 1000);
  const auto damage = [&](const std::string& sql) {
    db->execute("SAVEPOINT s");
    db->execute(sql);
    const std::string error = db->error("INSERT INTO t(t) VALUES ('integrity')");
    db->execute("ROLLBACK TO s");
    db->execute("RELEASE s");
    return error;
  };
  expect_sound();
  EXPECT_NE(damage("UPDATE t_vectors00 SET records = (SELECT records FROM t_vectors00 LIMIT 1) "
                   "WHERE pack = (SELECT max(pack) FROM t_vectors00 WHERE pack >> 12 = 2)")
                .find("the code is not that of its vector"),
            std::string::npos);
  EXPECT_NE(damage("DELETE FROM t_lists").find("0 entries name the row at chunk 1, offset 0"),
            std::string::npos);
  EXPECT_NE(damage(kDoubledLists).find("2 entries name the row"), std::string::npos);
  EXPECT_NE(damage("DELETE FROM t_info WHERE key = 'lists'").find("0 entries name"), std::string::npos);
  EXPECT_NE(damage("UPDATE t_lists SET centroid = zeroblob(256)").find("is not the code of its row"),
            std::string::npos);
  EXPECT_NE(damage("DELETE FROM t_codes00 WHERE pack >> 12 = 2").find("t_codes00"), std::string::npos);
  EXPECT_NE(damage("INSERT INTO t_vectors00 VALUES (999 << 12, x'00')").find("the chunk does not exist"),
            std::string::npos);
  expect_sound();
}

// As docs/vec0.md promises: some 2 sqrt(rows) lists, and few entries of rows that are gone.
TEST_F(CairnTable, ListsStayInShapeWhateverIsWritten) {
  insert(1, 2000);
  const auto expect_shape = [&] {
    const std::int64_t rows = count("t");
    EXPECT_LE(count("t_lists"), 1.5 * 2 * std::sqrt(rows + 256)) << rows;
    EXPECT_LE(db->query_one<std::int64_t>("SELECT ifnull(sum(size), 0) FROM t_lists"), 2 * rows + 256)
        << rows;
  };
  std::int64_t first = 1, next = 2001;
  for (int round = 0; round < 60; ++round) {  // 18,000 rows come, and as many go
    const std::int64_t some = 100 + static_cast<std::int64_t>(random() % 400);
    if (random() % 2 == 0) {
      db->execute("DELETE FROM t WHERE rowid >= ? AND rowid < ?", first, first + some);
      first += some;
      insert(next, some);
      next += some;
    } else {  // moves them
      db->execute("UPDATE t SET v = ? WHERE rowid >= ? AND rowid < ?", bytes(random_vector(kDims, random)),
                  first, first + some / 4);
    }
    expect_shape();
  }
  expect_sound();
  const std::vector<float> query = random_vector(kDims, random);
  nearest(query);
  EXPECT_EQ(nearest(query), by_plain_sql(query));
  EXPECT_GE(both(nearest(query, " AND recall = 0.99"), by_plain_sql(query)), 8u);
  while (count("t") > 100) {
    db->execute("DELETE FROM t WHERE rowid IN (SELECT rowid FROM t ORDER BY random() LIMIT 128)");
    expect_shape();
  }
  EXPECT_EQ(count("t_lists"), 0);
  expect_sound();
}

// They are an index and no more.
TEST_F(CairnTable, DamagedListsAreDoneWithoutAndMadeAnew) {
  insert(1, 2000);
  std::int64_t next = 2001;
  const auto expect_exact = [&](const char* sql) {
    for (int i = 0; i < 5; ++i) {
      const std::vector<float> query = random_vector(kDims, random);
      EXPECT_EQ(nearest(query, " AND recall = 0.5"), by_plain_sql(query)) << sql;
    }
  };
  for (const char* sql :
       {"DELETE FROM t_lists", "DELETE FROM t_lists WHERE list_id % 2",
        "UPDATE t_lists SET size = size + 1000", "UPDATE t_lists SET size = -1",
        "UPDATE t_lists SET size = 'x'", "UPDATE t_lists SET size = size / 2",
        "UPDATE t_lists SET centroid = x'00'", "UPDATE t_lists SET centroid = 'text'",
        "UPDATE t_lists SET entries = 5", "UPDATE t_lists SET entries = 'text'",
        "UPDATE t_info SET value = x'0102' WHERE key = 'lists'",
        "UPDATE t_info SET value = 5 WHERE key = 'lists'", "DELETE FROM t_info WHERE key = 'lists'"}) {
    db->execute(sql);
    let_it_be_seen();
    EXPECT_NE(db->error("INSERT INTO t(t) VALUES ('integrity')"), "no error") << sql;
    expect_exact(sql);
    db->execute("SAVEPOINT before");
    db->execute("INSERT INTO t(t) VALUES ('optimize')");
    expect_sound();
    db->execute("ROLLBACK TO before");
    db->execute("RELEASE before");
    insert(next, 300);
    next += 300;
    expect_sound();
    EXPECT_GT(count("t_lists"), 10) << sql;
  }
}

TEST_F(CairnTable, ARowThatIsListedTwiceIsFoundOnce) {
  insert(1, 2000);
  db->execute(kDoubledLists);
  let_it_be_seen();
  for (int i = 0; i < 20; ++i) {
    auto rows = nearest(random_vector(kDims, random), " AND recall = 0.99");
    EXPECT_EQ(rows.size(), 10u);
    std::sort(rows.begin(), rows.end());
    EXPECT_EQ(std::unique(rows.begin(), rows.end()), rows.end());
  }
  db->execute("INSERT INTO t(t) VALUES ('optimize')");
  expect_sound();
}

}  // namespace
}  // namespace cairn::vec0::testing
