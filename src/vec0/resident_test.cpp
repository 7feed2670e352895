// What is kept in memory answers as a scan would: exactly, and whatever happens to the table (resident.hpp).
// tests/python/vec0_never_stale_test.py asks the same of whole files and of other processes.
#include "vec0/resident.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <iostream>
#include <thread>

#include "base/temp_dir.hpp"
#include "vec0/counters.hpp"
#include "vec0/memory_budget.hpp"
#include "vec0/test_support.hpp"
#include "vec0/thresholds.hpp"
#include "vector/generated_rows.hpp"

namespace cairn::vec0 {
namespace {

constexpr unsigned kSeed = 20261124;

// A row of an answer; the distance's bits, so that equal means equal.
struct Found {
  std::int64_t rowid;
  std::uint64_t distance;
  friend bool operator==(const Found&, const Found&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Found& found) {
    return out << found.rowid << " at " << std::bit_cast<double>(found.distance);
  }
};
using Answer = std::vector<Found>;

struct Question {
  std::string sql;  // the query vector is ?1
  std::vector<std::byte> query;
  std::size_t most = SIZE_MAX;  // rows that are read of a stream
};

Answer ask(const sqlite::ConnectionRef& db, const Question& question) {
  sqlite::Statement st = db.prepare(question.sql);
  st.bind(1, sqlite::Bytes(question.query));
  Answer answer;
  while (answer.size() < question.most && st.step())
    answer.push_back(
        {st.get<std::int64_t>(0), std::bit_cast<std::uint64_t>(sqlite3_column_double(st.handle(), 1))});
  return answer;
}

std::vector<std::byte> bytes_of(const std::vector<float>& vector) {
  const auto bytes = std::as_bytes(std::span(vector));
  return {bytes.begin(), bytes.end()};
}

// The thresholds and the limit of memory are the process's.
struct Resident : ::testing::Test {
  Resident() : path(dir.file("a.db")) {
    thresholds().resident_bytes = 1;
    thresholds().bounded_rows = 16;
    budget->set_limit(std::size_t{512} << 20);
  }
  ~Resident() override {
    thresholds().resident_bytes = resident_bytes;
    thresholds().bounded_rows = bounded_rows;
    budget->set_limit(limit);
  }

  // A table t of float vectors in file order, and the query that all tests use.
  void make_table(const std::string& more = "", std::size_t rows = 200, const char* journal = "wal") {
    testing::Database db(path.c_str());
    db.execute_script("PRAGMA synchronous = off; PRAGMA journal_mode = " + std::string(journal));
    db.execute("CREATE VIRTUAL TABLE t USING vec0(v float[64]" + more + ", chunk_size=64)");
    insert(db, rows);
  }
  void insert(const sqlite::ConnectionRef& db, std::size_t rows, const std::string& table = "t") {
    db.execute("BEGIN");
    for (std::size_t i = 0; i < rows; ++i)
      db.execute("INSERT INTO " + table + "(v) VALUES (?)", testing::random_vector(64, random));
    db.execute("COMMIT");
  }
  Question k_search(std::size_t k = 10, const std::string& table = "t") const {
    return {"SELECT rowid, distance FROM " + table + " WHERE v MATCH ? AND k = " + std::to_string(k), query};
  }
  Question stream(std::size_t most = SIZE_MAX) const {
    return {"SELECT rowid, distance FROM t WHERE v MATCH ? ORDER BY distance", query, most};
  }
  // What it is right to answer: within a write transaction nothing comes from memory.
  static Answer scan(const sqlite::ConnectionRef& db, const Question& question) {
    const auto before = counters().resident_searches.load();
    db.execute("BEGIN IMMEDIATE");
    Answer answer = ask(db, question);
    db.execute("ROLLBACK");
    EXPECT_EQ(counters().resident_searches, before);
    return answer;
  }
  // What a connection answers that has kept nothing.
  Answer fresh(const Question& question) const {
    const testing::Database db(path.c_str());
    return ask(db, question);
  }
  void warm(const sqlite::ConnectionRef& db) const {
    for (int i = 0; i < 3; ++i) ask(db, k_search());
  }
  Answer stream_while_vectors_change(const sqlite::ConnectionRef& db) const {
    sqlite::Statement st = db.prepare(stream().sql);
    st.bind(1, sqlite::Bytes(query));
    Answer answer;
    while (st.step()) {
      answer.push_back(
          {st.get<std::int64_t>(0), std::bit_cast<std::uint64_t>(sqlite3_column_double(st.handle(), 1))});
      // Past the table, which would make the stream look at each row again.
      if (answer.size() == 5)
        db.execute("UPDATE t_vector_chunks00 SET vectors = zeroblob(64 * 256) WHERE rowid % 2");
    }
    return answer;
  }
  // Searches that were made in memory while `body` ran.
  template <class Body>
  static std::uint64_t in_memory(Body body) {
    const auto before = counters().resident_searches.load();
    body();
    return counters().resident_searches - before;
  }
  template <class Body>
  static std::uint64_t chunks_read(Body body) {
    const auto before = counters().chunks_kept.load();
    body();
    return counters().chunks_kept - before;
  }

  const std::size_t resident_bytes = thresholds().resident_bytes, bounded_rows = thresholds().bounded_rows;
  const std::shared_ptr<MemoryBudget> budget = MemoryBudget::of_process();
  const std::size_t limit = budget->limit();
  TempDir dir;
  std::string path;
  std::mt19937 random{kSeed};
  std::vector<std::byte> query = bytes_of(testing::random_vector(64, random));
};

// --- generated tables ---

struct GeneratedSearches : Resident {
  struct Table {
    std::string kind, type, metric;
    std::size_t dims, rows, chunk_size, vector_bytes;
    bool has_partition;
  };

  std::size_t pick(std::size_t below) { return random() % below; }

  std::vector<std::byte> encode(const std::string& type, const float* row, std::size_t dims) const {
    if (type == "float") return bytes_of({row, row + dims});
    std::vector<std::byte> out(type == "int8" ? dims : dims / 8);
    for (std::size_t d = 0; d < dims; ++d) {
      const float x = std::isfinite(row[d]) ? std::clamp(row[d] * 40, -128.0f, 127.0f) : 0;
      if (type == "int8")
        out[d] = static_cast<std::byte>(static_cast<std::int8_t>(std::lround(x)));
      else if (x > 0)
        out[d / 8] |= static_cast<std::byte>(1u << d % 8);
    }
    return out;
  }

  Table make(const sqlite::ConnectionRef& db, std::size_t number) {
    static constexpr const char* kColumns[][2] = {
        {"float", "l2"}, {"float", "cosine"}, {"float", "l1"}, {"int8", "l2"},     {"int8", "cosine"},
        {"int8", "l1"},  {"bit", "hamming"},  {"float", "l2"}, {"float", "cosine"}};
    static constexpr std::size_t kDims[] = {1, 3, 8, 31, 64, 65, 96, 100, 128, 200, 384, 768, 2048};
    const auto& column = kColumns[pick(std::size(kColumns))];
    Table table{vector::testing::kKinds[number % std::size(vector::testing::kKinds)],
                column[0],
                column[1],
                0,
                0,
                std::size_t{8} << pick(8),
                0,
                pick(3) == 0};
    table.dims = kDims[pick(std::size(kDims))];
    if (table.type == "bit") table.dims = (table.dims + 7) / 8 * 8;
    const bool is_large = number % 20 == 0;  // enough for a stream by bounds
    if (is_large) table.dims = table.type == "bit" ? 64 : 64 + pick(20);
    table.rows = is_large ? 1100 + pick(300) : 1 + pick(std::clamp<std::size_t>(40000 / table.dims, 16, 250));
    table.vector_bytes = table.type == "float"  ? 4 * table.dims
                         : table.type == "int8" ? table.dims
                                                : table.dims / 8;
    const auto made = vector::testing::generate_rows(table.kind, table.dims, table.rows, random);
    queries.clear();
    queries.push_back(encode(table.type, made.query.data(), table.dims));
    if (table.kind != "not finite")
      queries.push_back(encode(table.type, made.row(pick(table.rows)), table.dims));

    wrap = table.type == "float" ? "?1" : "vec_" + table.type + "(?1)";
    const std::string metric = table.type == "bit" ? "" : " distance_metric=" + table.metric;
    db.execute("BEGIN");
    db.execute("CREATE VIRTUAL TABLE t USING vec0(v " + table.type + "[" + std::to_string(table.dims) + "]" +
               metric + ", m integer" + (table.has_partition ? ", p integer partition key" : "") +
               ", chunk_size=" + std::to_string(table.chunk_size) + ")");
    insert = "INSERT INTO t(v, m" + std::string(table.has_partition ? ", p" : "") + ") VALUES (" + wrap +
             ", ?2" + (table.has_partition ? ", ?3)" : ")");
    sqlite::Statement st = db.prepare(insert);
    for (std::size_t i = 0; i < table.rows; ++i) {
      const std::vector<std::byte> vector = encode(table.type, made.row(i), table.dims);
      const auto is_finite = [](float x) { return std::isfinite(x); };
      if (table.type != "float" || std::all_of(made.row(i), made.row(i) + table.dims, is_finite)) {
        insert_one(st, table, vector);
        continue;
      }
      // Such rows are refused, but a file may hold them.
      insert_one(st, table, std::vector<std::byte>(vector.size()));
      write_raw(db, table, vector);
    }
    punch_holes(db, table);
    db.execute("COMMIT");
    return table;
  }

  void insert_one(sqlite::Statement& st, const Table& table, const std::vector<std::byte>& vector) {
    st.bind(1, sqlite::Bytes(vector));
    st.bind(2, static_cast<std::int64_t>(pick(5)));
    if (table.has_partition) st.bind(3, static_cast<std::int64_t>(pick(3)));
    st.run();
    st.reset();
  }

  void write_raw(const sqlite::ConnectionRef& db, const Table& table, const std::vector<std::byte>& vector) {
    db.query_one<std::int64_t>("SELECT count(*) FROM t");  // writes what is pending
    sqlite::Statement place =
        db.prepare("SELECT chunk_id, chunk_offset FROM t_rowids ORDER BY rowid DESC LIMIT 1");
    ASSERT_TRUE(place.step());
    sqlite::Blob(db.handle(), "main", "t_vector_chunks00", "vectors", place.get<std::int64_t>(0),
                 sqlite::Blob::Mode::read_write)
        .write(vector, place.get<std::size_t>(1) * table.vector_bytes);
  }

  void punch_holes(const sqlite::ConnectionRef& db, const Table& table) {
    if (pick(2)) return;
    const std::size_t first = pick(table.rows), last = first + pick(table.rows);
    db.execute(pick(2) ? "DELETE FROM t WHERE rowid % 3 = 1"
                       : "DELETE FROM t WHERE rowid BETWEEN " + std::to_string(first) + " AND " +
                             std::to_string(last));
  }

  // A little of everything that a table goes through between two searches.
  void change(const sqlite::ConnectionRef& db, const Table& table) {
    db.execute("BEGIN");
    sqlite::Statement st = db.prepare(insert);
    for (std::size_t i = pick(6); i > 0; --i) insert_one(st, table, queries[pick(queries.size())]);
    if (pick(2)) {
      sqlite::Statement update = db.prepare("UPDATE t SET v = " + wrap + " WHERE rowid = ?2");
      update.bind(1, sqlite::Bytes(queries[0]));
      update.bind(2, static_cast<std::int64_t>(1 + pick(table.rows)));
      update.run();
    }
    punch_holes(db, table);
    db.execute("COMMIT");
  }

  Question random_question(const Table& table) {
    Question question{"SELECT rowid, distance FROM t WHERE v MATCH " + wrap, queries[pick(queries.size())],
                      SIZE_MAX};
    const bool is_stream = pick(3) == 0;
    if (!is_stream) {
      const std::size_t ks[] = {1, 10, pick(200), table.rows};
      question.sql += " AND k = " + std::to_string(ks[pick(4)]);
    }
    switch (pick(8)) {
      case 0:
        question.sql += " AND m < 3";
        break;
      case 1:
        question.sql += " AND m = 1";
        break;
      case 2:
        question.sql += " AND rowid IN (1, 2, 3, 5, 8, 13, 21, 34, 55, 89)";
        break;
      case 3:
        question.sql += " AND distance > 0.5";
        break;
      case 4:
        if (table.has_partition) question.sql += " AND p = 1";
        break;
      case 5:
        if (table.has_partition) question.sql += " AND p IN (0, 2) AND m != 2";
        break;
      default:
        break;
    }
    if (is_stream) {
      question.sql += " ORDER BY distance";
      const std::size_t depths[] = {1, 10, pick(table.rows) + 1, SIZE_MAX};
      question.most = depths[pick(4)];
    }
    return question;
  }

  // Asks several times in a row and compares with the first answer of a connection that has kept nothing.
  void compare(const sqlite::ConnectionRef& db, const Table& table, std::size_t number, bool with_fresh) {
    for (int round = 0; round < 4; ++round) {
      const Question question = random_question(table);
      const Answer expected = with_fresh && round == 0 ? fresh(question) : scan(db, question);
      for (int again = 0; again < 3; ++again) {
        const Answer answer = ask(db, question);
        const auto differs = std::mismatch(answer.begin(), answer.end(), expected.begin(), expected.end());
        const auto show = [](const Answer& a, Answer::const_iterator at) {
          return at == a.end() ? "the end" : ::testing::PrintToString(*at);
        };
        ASSERT_TRUE(answer == expected)
            << "table " << number << ": " << table.kind << ", " << table.rows << " x " << table.type << "["
            << table.dims << "] " << table.metric << ", chunks of " << table.chunk_size << ", memory "
            << budget->limit() << ", round " << round << '.' << again << ": " << question.sql << ": "
            << show(answer, differs.first) << " instead of " << show(expected, differs.second);
        ++answers;
      }
    }
  }

  std::vector<std::vector<std::byte>> queries;
  std::string wrap, insert;
  std::size_t answers = 0;
};

TEST_F(GeneratedSearches, AnswerFromMemoryAsAScanDoes) {
  constexpr std::size_t kTables = 1000;
  std::cout << "seed " << kSeed << '\n';
  const auto resident = counters().resident_searches.load(), bounded = counters().bounded_searches.load();
  testing::Database db(path.c_str());
  db.execute_script("PRAGMA synchronous = off; PRAGMA journal_mode = wal");
  for (std::size_t number = 0; number < kTables && !HasFatalFailure(); ++number) {
    budget->set_limit(std::size_t{64} << 20);
    const Table table = make(db, number);
    // Of some tables all is kept, of others only the codes, of others nothing.
    if (pick(3) == 0) budget->set_limit(pick(table.rows * (table.vector_bytes + 100)));
    db.execute("INSERT INTO t(t) VALUES ('threads=" + std::to_string(1 + number % 40 / 39) + "')");
    compare(db, table, number, true);
    if (pick(3) == 0 && !HasFatalFailure()) {
      change(db, table);
      compare(db, table, number, false);
    }
    db.execute("DROP TABLE t");
  }
  std::cout << answers << " answers, " << counters().resident_searches - resident << " searches in memory, "
            << counters().bounded_searches - bounded << " by bounds\n";
  EXPECT_GT(counters().resident_searches - resident, answers / 4);
  EXPECT_GT(counters().bounded_searches - bounded, answers / 40);
}

// --- when memory is used ---

TEST_F(Resident, IsUsedFromTheSecondSearchOn) {
  make_table();
  const testing::Database db(path.c_str());
  const Answer first = ask(db, k_search());
  EXPECT_EQ(in_memory([&] { EXPECT_EQ(ask(db, k_search()), first); }), 1u);
  EXPECT_EQ(chunks_read([&] { EXPECT_EQ(ask(db, k_search()), first); }), 0u);
  EXPECT_EQ(in_memory([&] { EXPECT_EQ(ask(db, stream()).size(), 200u); }), 1u);
}

TEST_F(Resident, IsNotUsedForSmallTables) {
  make_table();
  thresholds().resident_bytes = resident_bytes;
  const testing::Database db(path.c_str());
  EXPECT_EQ(in_memory([&] { warm(db); }), 0u);
}

TEST_F(Resident, IsNotUsedInsideAWriteTransaction) {
  make_table();
  const testing::Database db(path.c_str());
  warm(db);
  db.execute_script("BEGIN; UPDATE t SET v = zeroblob(256) WHERE rowid = 7");
  EXPECT_EQ(in_memory([&] { warm(db); }), 0u);
  const Answer inside = ask(db, k_search(200));
  db.execute("ROLLBACK");
  EXPECT_NE(ask(db, k_search(200)), inside);
  EXPECT_EQ(ask(db, k_search(200)), fresh(k_search(200)));
}

TEST_F(Resident, ReadsAgainOnlyTheChunksThatChanged) {
  make_table();
  const testing::Database db(path.c_str()), other(path.c_str());
  other.execute("CREATE TABLE unrelated(a)");
  const auto change = [this](const testing::Database& by) {
    by.execute("UPDATE t SET v = vec_f32(?) WHERE rowid = 10", testing::random_vector(64, random));
  };
  warm(db);
  // From the second change on its pages are known.
  for (int i = 0; i < 2; ++i) {
    change(other);
    warm(db);
  }
  for (const testing::Database* by : {&other, &db, &other}) {
    change(*by);
    EXPECT_EQ(chunks_read([&] { warm(db); }), 1u);
    EXPECT_EQ(ask(db, k_search(200)), fresh(k_search(200)));
  }
  // It is not known at once that a commit was published, so it is told of again.
  for (const std::uint64_t chunks : {1u, 1u, 0u, 0u}) {
    other.execute("INSERT INTO unrelated VALUES (zeroblob(10000))");
    const auto read = chunks_read([&] { EXPECT_EQ(in_memory([&] { warm(db); }), 3u); });
    EXPECT_LE(read, chunks);
  }
}

// --- what must not be taken for what was kept ---

TEST_F(Resident, EndsWithAnEmptiedTable) {
  make_table();
  const testing::Database db(path.c_str());
  warm(db);
  db.execute("DELETE FROM t");
  EXPECT_EQ(ask(db, k_search()), Answer());
  EXPECT_EQ(ask(db, stream()), Answer());
  insert(db, 30);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(db, stream()), fresh(stream()));
}

// Its validity and its rowid come without its vector, which was there.
TEST_F(Resident, ReadsSlotsBehindTheLastThatWasLive) {
  make_table("", 60);
  const testing::Database db(path.c_str()), other(path.c_str());
  const std::string hide =
                        "BEGIN; UPDATE t_chunks SET validity = CAST(substr(validity, 1, 7) || x'07' AS BLOB);"
                        "DELETE FROM t_rowids WHERE rowid = 60; COMMIT",
                    show =
                        "BEGIN; UPDATE t_chunks SET validity = CAST(substr(validity, 1, 7) || x'0F' AS BLOB);"
                        "INSERT INTO t_rowids(rowid, chunk_id, chunk_offset) VALUES (60, 1, 59); COMMIT";
  other.execute_script(hide);
  query = bytes_of(other.query_one<std::vector<float>>(
      "SELECT substr(vectors, 1 + 59 * 256, 256) FROM t_vector_chunks00"));
  other.execute("CREATE TABLE unrelated(a)");
  for (int i = 0; i < 6; ++i) {  // until its pages are known, and nothing is told of it any more
    warm(db);
    other.execute(i < 3 ? "UPDATE t SET v = v WHERE rowid = 7" : "INSERT INTO unrelated VALUES (1)");
  }
  EXPECT_EQ(chunks_read([&] { EXPECT_EQ(ask(db, k_search(60)).size(), 59u); }), 0u);
  other.execute_script(show);
  const Answer answer = ask(db, k_search(60));
  EXPECT_EQ(answer, fresh(k_search(60)));
  ASSERT_EQ(answer.size(), 60u);
  EXPECT_EQ(answer[0].rowid, 60);
}

// A statement that is prepared keeps the instance of a table alive whose file is gone.
TEST_F(Resident, IsForgottenWhenAnotherFileTakesTheName) {
  std::vector<std::string> paths;
  for (const char* name : {"one.db", "two.db"}) {
    path = dir.file(name);
    make_table("", 200, "delete");
    paths.push_back(path);
  }
  const testing::Database db;
  const Question question = k_search(200, "x.t");
  std::vector<sqlite::Statement> kept;
  for (const std::string& file : {paths[0], paths[1], paths[0]}) {
    db.execute("ATTACH ? AS x", file);
    kept.push_back(db.prepare("SELECT rowid FROM x.t WHERE v MATCH ? AND k = 1"));
    path = file;
    for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(db, question), fresh(k_search(200)));
    db.execute("DETACH x");
  }
}

TEST_F(Resident, SharedCacheWithReadUncommitted) {
  make_table("", 200, "delete");
  sqlite3_enable_shared_cache(1);
  {
    const testing::Database db(path.c_str()), other(path.c_str());
    db.execute("PRAGMA read_uncommitted = 1");
    warm(db);
    other.execute_script("BEGIN; UPDATE t SET v = zeroblob(256) WHERE rowid < 20");
    const Answer uncommitted = ask(db, k_search(200));
    EXPECT_EQ(uncommitted, ask(other, k_search(200)));
    other.execute("ROLLBACK");
    EXPECT_NE(ask(db, k_search(200)), uncommitted);
  }
  sqlite3_enable_shared_cache(0);
}

// Codes are of one center; chunks that stay must not be searched with another.
TEST_F(Resident, CodesKeepTheirCenter) {
  const testing::Database db(path.c_str()), other(path.c_str());
  other.execute_script(
      "PRAGMA synchronous = off; PRAGMA journal_mode = wal; BEGIN;"
      "CREATE VIRTUAL TABLE t USING vec0(v float[64], chunk_size=64)");
  for (int i = 0; i < 640; ++i) {
    std::vector<float> vector = testing::random_vector(64, random);
    for (float& x : vector) x += static_cast<float>(i / 64) * 3;
    other.execute("INSERT INTO t(v) VALUES (?)", vector);
  }
  other.execute("COMMIT");
  for (const bool codes_only : {false, true}) {
    if (codes_only) budget->set_limit(640 * 200);
    warm(db);
    for (int i = 0; i < 6; ++i) {
      // The first chunk that is read again changes most.
      std::vector<float> vector(64, static_cast<float>(200 + 300 * i));
      other.execute("UPDATE t SET v = ? WHERE rowid <= 64", vector);
      for (int target = 0; target < 10; ++target) {
        query = bytes_of(std::vector<float>(64, static_cast<float>(3 * target) + 0.25f));
        EXPECT_EQ(ask(db, k_search()), fresh(k_search())) << codes_only << ' ' << i << ' ' << target;
      }
    }
  }
}

// A stream goes on with what it began with; where the vectors are not kept it must not begin with codes.
TEST_F(Resident, AStreamGoesOnWithWhatItBeganWith) {
  make_table("", 2000);
  const testing::Database db(path.c_str());
  for (const std::size_t bytes : {std::size_t{512} << 20, std::size_t{2000 * 150}, std::size_t{512} << 20}) {
    budget->set_limit(bytes);
    db.execute("UPDATE t SET v = v WHERE rowid = 9");
    warm(db);
    const Answer expected = fresh(stream());
    EXPECT_TRUE(stream_while_vectors_change(db) == expected) << bytes;
    EXPECT_EQ(ask(db, k_search(2000)), fresh(k_search(2000)));
    testing::Database(path.c_str()).execute("DELETE FROM t");
    insert(db, 2000);
  }
}

TEST_F(Resident, WithMoreMemoryTheVectorsAreKeptOfAllChunks) {
  make_table("", 2000);
  const testing::Database db(path.c_str()), other(path.c_str());
  budget->set_limit(2000 * 150);
  for (int i = 0; i < 3; ++i) {  // until the pages are known, of codes without vectors
    warm(db);
    other.execute("UPDATE t SET v = v WHERE rowid = 9");
  }
  EXPECT_LT(chunks_read([&] { warm(db); }), 10u);
  budget->set_limit(std::size_t{512} << 20);
  other.execute("UPDATE t SET v = v WHERE rowid = 9");
  const Answer expected = fresh(stream());
  EXPECT_EQ(in_memory([&] { EXPECT_TRUE(stream_while_vectors_change(db) == expected); }), 1u);
}

TEST_F(Resident, ADamagedTableGivesTheErrorThatAScanGives) {
  make_table();
  const testing::Database db(path.c_str()), other(path.c_str());
  other.execute("CREATE TABLE kept AS SELECT * FROM t_rowids");
  warm(db);
  const Answer whole = ask(db, k_search(200));
  other.execute("DELETE FROM t_rowids WHERE rowid = 150");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(db.error(k_search().sql, query), other.error(k_search().sql, query));
  EXPECT_NE(db.error(k_search().sql, query), "no error");
  other.execute("INSERT INTO t_rowids SELECT * FROM kept WHERE rowid = 150");
  EXPECT_EQ(ask(db, k_search(200)), whole);
}

// What a scan does not come to is not asked for either.
TEST_F(Resident, DamageElsewhereIsNotMet) {
  make_table(", p integer partition key", 0);
  const testing::Database db(path.c_str());
  db.execute("BEGIN");
  for (int i = 0; i < 300; ++i)
    db.execute("INSERT INTO t(v, p) VALUES (?, ?)", testing::random_vector(64, random), i % 3);
  db.execute("COMMIT");
  db.execute(
      "DELETE FROM t_vector_chunks00 WHERE rowid = (SELECT chunk_id FROM t_chunks WHERE partition00 = 2 "
      "LIMIT 1)");
  Question question = k_search();
  question.sql += " AND p = 1";
  for (int i = 0; i < 4; ++i) EXPECT_EQ(ask(db, question), fresh(question));
  EXPECT_EQ(fresh(question).size(), 10u);
}

TEST_F(Resident, APragmaThatIsDeniedCostsOnlyTheMemory) {
  make_table();
  for (const int verdict : {SQLITE_DENY, SQLITE_IGNORE}) {
    const testing::Database db(path.c_str());
    int answer = verdict;
    sqlite3_set_authorizer(
        db.handle(),
        [](void* code, int action, const char*, const char*, const char*, const char*) {
          return action == SQLITE_PRAGMA ? *static_cast<int*>(code) : SQLITE_OK;
        },
        &answer);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(db, k_search()), fresh(k_search()));
    sqlite3_set_authorizer(db.handle(), nullptr, nullptr);
  }
}

// --- how much memory ---

TEST_F(Resident, NeverTakesMoreThanTheLimit) {
  make_table("", 1000);
  testing::Database(path.c_str()).execute("CREATE VIRTUAL TABLE u USING vec0(v float[64], chunk_size=64)");
  insert(testing::Database(path.c_str()), 1000, "u");
  const Answer t = fresh(k_search()), u = fresh(k_search(10, "u"));
  for (const std::size_t bytes :
       {std::size_t{0}, std::size_t{120'000}, std::size_t{500'000}, std::size_t{2'000'000}}) {
    budget->set_limit(bytes);
    std::vector<std::unique_ptr<testing::Database>> connections;
    for (int i = 0; i < 8; ++i) connections.push_back(std::make_unique<testing::Database>(path.c_str()));
    for (int round = 0; round < 3; ++round)
      for (const auto& db : connections) {
        EXPECT_EQ(ask(*db, k_search()), t);
        EXPECT_EQ(ask(*db, k_search(10, "u")), u);
        EXPECT_LE(budget->used(), bytes);
      }
    if (bytes >= 120'000) {
      EXPECT_GT(budget->used(), 0u);
    }
  }
  EXPECT_EQ(budget->used(), 0u);  // given back by connections that were closed
}

TEST_F(Resident, IsKeptOnceThereIsRoom) {
  make_table();
  const testing::Database db(path.c_str());
  budget->set_limit(0);
  EXPECT_EQ(in_memory([&] { warm(db); }), 0u);
  budget->set_limit(1 << 20);
  EXPECT_EQ(in_memory([&] { warm(db); }), 3u);
}

TEST_F(Resident, SettingsAreRefusedWithAReason) {
  make_table();
  const testing::Database db(path.c_str());
  budget->set_limit(12345678);
  for (const char* bad : {"memory=", "memory=x", "memory=-1", "memory=1.5MB", "memory=5 XB", "memory=MB",
                          "memory=1MB ", "memory=99999999999999999999", "memory=99999999999GB"})
    EXPECT_NE(db.error("INSERT INTO t(t) VALUES (?)", bad).find("is not a size; write a number of bytes"),
              std::string::npos)
        << bad;
  for (const char* bad : {"threads=", "threads=0", "threads=257", "threads=-1", "threads=2x", "threads= 2",
                          "threads=99999999999999999999"})
    EXPECT_NE(db.error("INSERT INTO t(t) VALUES (?)", bad).find("threads must be a number from 1 to 256"),
              std::string::npos)
        << bad;
  EXPECT_NE(db.error("INSERT INTO t(t, v) VALUES ('memory=1', '[1]')").find("stands alone"),
            std::string::npos);
  EXPECT_EQ(budget->limit(), 12345678u);
  for (const auto& [text, bytes] : {std::pair{"memory=0", std::size_t{0}},
                                    {"memory=2MB", std::size_t{2} << 20},
                                    {"memory=3 KB", std::size_t{3072}},
                                    {"memory=1GB", std::size_t{1} << 30}}) {
    EXPECT_EQ(db.error("INSERT INTO t(t) VALUES (?)", text), "no error");
    EXPECT_EQ(budget->limit(), bytes);
  }
  EXPECT_EQ(db.row("SELECT count(*) FROM t"), "200");
}

TEST_F(Resident, SeveralThreadsGiveTheSameAnswer) {
  make_table("", 3000);
  const testing::Database db(path.c_str());
  for (const char* threads : {"1", "2", "3", "256"}) {
    db.execute("INSERT INTO t(t) VALUES (?)", "threads=" + std::string(threads));
    warm(db);
    for (const std::size_t k : {1u, 10u, 100u, 3000u}) EXPECT_EQ(ask(db, k_search(k)), fresh(k_search(k)));
    EXPECT_EQ(ask(db, stream(300)), fresh(stream(300)));
  }
}

// For ThreadSanitizer. What is right at a moment is asked in one transaction.
TEST_F(Resident, ConnectionsInSeveralThreads) {
  make_table("", 600);
  budget->set_limit(500'000);  // not enough for all
  std::vector<std::thread> threads;
  for (unsigned number = 0; number < 4; ++number)
    threads.emplace_back([&, number] {
      const testing::Database db(path.c_str());
      sqlite3_busy_timeout(db.handle(), 10'000);
      db.execute("PRAGMA synchronous = off");
      if (number % 2) db.execute("INSERT INTO t(t) VALUES ('threads=2')");
      std::mt19937 mine(number);
      for (int i = 0; i < 40; ++i) {
        if (mine() % 3 == 0)
          db.execute("UPDATE t SET v = ? WHERE rowid = ?", testing::random_vector(64, mine),
                     static_cast<std::int64_t>(1 + mine() % 600));
        if (mine() % 10 == 0)
          db.execute("INSERT INTO t(t) VALUES (?)", mine() % 2 ? "memory=300000" : "memory=1MB");
        db.execute("BEGIN");
        const Answer answer = ask(db, k_search());
        Question whole = k_search(600);
        Answer expected = ask(db, whole);
        expected.resize(10);
        EXPECT_EQ(answer, expected);
        EXPECT_EQ(ask(db, stream(10)), expected);
        db.execute("COMMIT");
      }
    });
  for (std::thread& thread : threads) thread.join();
}

// --- the budget by itself ---

struct Budget : ::testing::Test {
  void take(MemoryBudget& budget, int owner, std::size_t bytes) {
    ASSERT_TRUE(budget.reserve(&owners[owner], bytes));
    budget.keep(&owners[owner], std::make_shared<ResidentColumn>());
  }
  bool has(MemoryBudget& budget, int owner) { return budget.get(&owners[owner]) != nullptr; }

  char owners[4] = {};
};

TEST_F(Budget, IsNotExceeded) {
  MemoryBudget budget(100, std::chrono::hours(1));
  take(budget, 0, 60);
  EXPECT_FALSE(budget.reserve(&owners[1], 41));
  EXPECT_FALSE(budget.has_room(&owners[1], 41));
  EXPECT_TRUE(budget.has_room(&owners[1], 40));
  take(budget, 1, 40);
  EXPECT_EQ(budget.used(), 100u);
  take(budget, 1, 10);  // instead of the 40
  EXPECT_EQ(budget.used(), 70u);
  EXPECT_FALSE(budget.reserve(&owners[1], SIZE_MAX));
  EXPECT_TRUE(has(budget, 1));
  budget.drop(&owners[0]);
  budget.drop(&owners[0]);
  EXPECT_EQ(budget.used(), 10u);
  EXPECT_FALSE(budget.reserve(&owners[2], 101));
}

TEST_F(Budget, KeepsWhatIsInUse) {
  MemoryBudget budget(100, std::chrono::hours(1));
  take(budget, 0, 30);
  take(budget, 1, 60);
  EXPECT_FALSE(budget.reserve(&owners[2], 40));
  EXPECT_TRUE(has(budget, 0));
  EXPECT_TRUE(has(budget, 1));
}

TEST_F(Budget, ThrowsOutWhatWasNotUsedForLongest) {
  MemoryBudget budget(100, std::chrono::seconds(0));
  take(budget, 0, 30);
  take(budget, 1, 30);
  take(budget, 2, 30);
  EXPECT_TRUE(has(budget, 0));
  EXPECT_FALSE(budget.reserve(&owners[3], 101));
  take(budget, 3, 40);
  EXPECT_FALSE(has(budget, 1));
  EXPECT_TRUE(has(budget, 0));
  EXPECT_TRUE(has(budget, 2));
  EXPECT_TRUE(has(budget, 3));
}

TEST_F(Budget, ALowerLimitGivesBackAtOnce) {
  MemoryBudget budget(100);
  const auto kept = std::make_shared<const ResidentColumn>();
  ASSERT_TRUE(budget.reserve(&owners[0], 60));
  budget.keep(&owners[0], kept);
  EXPECT_EQ(kept.use_count(), 2);
  budget.set_limit(59);
  EXPECT_EQ(kept.use_count(), 1);
  EXPECT_EQ(budget.used(), 0u);
  budget.keep(&owners[0], kept);  // too late
  EXPECT_EQ(kept.use_count(), 1);
}

}  // namespace
}  // namespace cairn::vec0
