// The query shapes of tests/query_shapes.txt: every one must give the rows that its plain SQL gives, and must
// not search more often or read more rows than it needs. Distances are computed here, without Cairn: elements
// are small integers, so that floats hold every sum exactly.
#include <cmath>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "vec0/counters.hpp"
#include "vec0/test_support.hpp"

namespace cairn::vec0 {
namespace {

using testing::Database;

constexpr int kRows = 500;
constexpr int kTiedRows = 60;
constexpr int kQuestions = 5;
constexpr std::size_t kDims = 8;

struct Shape {
  std::string name;
  std::map<std::string, std::string> parts;

  std::string part(const std::string& key) const {
    const auto found = parts.find(key);
    return found == parts.end() ? "" : found->second;
  }
};

// `== name`, then parts `key: text`, whose text may go on in further lines.
std::vector<Shape> read_shapes() {
  std::ifstream file(CAIRN_QUERY_SHAPES);
  std::vector<Shape> shapes;
  std::string line, key;
  while (std::getline(file, line)) {
    const auto colon = line.find(':');
    if (line.starts_with("== ")) {
      shapes.push_back({line.substr(3), {}});
      key.clear();
    } else if (line.empty() || line[0] == '#') {
      continue;
    } else if (colon != std::string::npos && line.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == colon) {
      key = line.substr(0, colon);
      shapes.back().parts[key] = line.substr(colon + 1) + "\n";
    } else {
      shapes.back().parts.at(key) += line + "\n";
    }
  }
  return shapes;
}

using Ints = std::vector<int>;

Ints random_ints(int low, int high, std::mt19937& random) {
  Ints ints(kDims);
  for (int& x : ints) x = std::uniform_int_distribution(low, high)(random);
  return ints;
}
std::vector<float> floats(const Ints& ints) {
  return {ints.begin(), ints.end()};
}
std::vector<std::byte> bytes(const Ints& ints) {
  std::vector<std::byte> out;
  for (const int x : ints) out.push_back(static_cast<std::byte>(x));
  return out;
}

double l2(const Ints& a, const Ints& b) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < kDims; ++i) sum += std::int64_t{a[i] - b[i]} * (a[i] - b[i]);
  return static_cast<double>(static_cast<float>(std::sqrt(static_cast<double>(sum))));
}
double l1(const Ints& a, const Ints& b) {
  int sum = 0;
  for (std::size_t i = 0; i < kDims; ++i) sum += std::abs(a[i] - b[i]);
  return sum;
}

// The tables of the shapes, filled.
class Filled {
 public:
  Filled(unsigned seed, const std::string& schema, const std::string& places) : random_(seed) {
    db.execute_script(schema);
    for (int q = 0; q < kQuestions; ++q) {
      vectors_.push_back(random_ints(-400, 400, random_));
      others_.push_back(random_ints(-100, 100, random_));
      db.execute("INSERT INTO question VALUES (?, ?, ?)", q, floats(vectors_.back()),
                 std::span<const std::byte>(bytes(others_.back())));
    }
    db.execute("BEGIN");
    std::vector<int> ids(kRows);
    for (int i = 0; i < kRows; ++i) ids[static_cast<std::size_t>(i)] = i + 1;
    std::shuffle(ids.begin(), ids.end(), random_);
    for (const int id : ids) add_row(id);
    for (int id = 1; id <= kTiedRows; ++id) {
      const int x = std::uniform_int_distribution(-5, 5)(random_);
      db.execute("INSERT INTO tied(rowid, e) VALUES (?, ?)", id, std::vector<float>{static_cast<float>(x)});
      db.execute("INSERT INTO dist_tied VALUES (?, ?, 0)", id, static_cast<double>(std::abs(x)));
    }
    for (int i = 1; i <= 20; ++i)
      db.execute("INSERT INTO named VALUES (?, ?, ?)", "name " + std::to_string(i),
                 std::vector<float>{static_cast<float>(i)}, "note");
    db.execute_script(places);
    db.execute("COMMIT");
  }

  // Binds as many of ?1 to ?3 as the statement has.
  void bind(sqlite::Statement& st) const {
    const int count = st.parameter_count();
    if (count >= 1) st.bind(1, floats(vectors_[0]));
    if (count >= 2) st.bind(2, std::span<const std::byte>(bytes(others_[0])));
    if (count >= 3) st.bind(3, db.query_one<std::int64_t>("SELECT id FROM near WHERE place = 300"));
  }

  Database db;

 private:
  // Rows are drawn until their distances are new, so that only `other` and `tied` have ties.
  void add_row(int id) {
    Ints vector;
    do {
      vector = random_ints(-400, 400, random_);
    } while (!is_new(vector));
    const Ints other = random_ints(-100, 100, random_);
    const auto pick = [&](int below) { return std::uniform_int_distribution(0, below - 1)(random_); };
    const std::string owner(1, static_cast<char>('a' + pick(3)));
    const int tag = pick(7);
    const std::string label = (pick(4) == 0 ? "label " : "label number ") + std::to_string(pick(40));
    std::optional<std::string> note;
    if (pick(10) != 0) note = "note " + std::to_string(pick(6));
    db.execute("INSERT INTO content VALUES (?, ?, ?, ?)", id, "title " + std::to_string(id),
               id % 10 == 0 ? "note" : "page", id % 170);
    db.execute(
        "INSERT INTO v(content_id, owner, vector, other, tag, label, note) "
        "VALUES (?, ?, ?, vec_int8(?), ?, ?, ?)",
        id, owner, floats(vector), std::span<const std::byte>(bytes(other)), tag, label, note);
    db.execute("INSERT INTO plain VALUES (?, ?, ?, ?, ?)", id, owner, tag, label, note);
    for (int q = 0; q < kQuestions; ++q) {
      const auto question = static_cast<std::size_t>(q);
      db.execute("INSERT INTO dist VALUES (?, ?, ?, 0)", q, id, l2(vectors_[question], vector));
      db.execute("INSERT INTO dist_other VALUES (?, ?, ?, 0)", q, id, l1(others_[question], other));
    }
  }

  bool is_new(const Ints& vector) {
    std::vector<std::pair<std::size_t, double>> distances;
    for (std::size_t q = 0; q < vectors_.size(); ++q) distances.emplace_back(q, l2(vectors_[q], vector));
    for (const auto& distance : distances)
      if (seen_.contains(distance)) return false;
    seen_.insert(distances.begin(), distances.end());
    return true;
  }

  std::mt19937 random_;
  std::vector<Ints> vectors_, others_;
  std::set<std::pair<std::size_t, double>> seen_;
};

// `completes`, such as "<= 10", makes a comparison with the count.
void expect_count(const Database& db, const char* what, std::uint64_t count, const std::string& completes) {
  if (completes.empty()) return;
  EXPECT_TRUE(db.query_one<bool>("SELECT " + std::to_string(count) + completes))
      << what << ": " << count << ", but wanted" << completes;
}

void check(const Filled& filled, const Shape& shape, unsigned seed) {
  const Database& db = filled.db;
  const std::string query = shape.part("query");
  SCOPED_TRACE(::testing::Message() << "seed " << seed << ", shape: " << shape.name << query);
  if (!shape.part("error").empty()) {
    const std::string expected = shape.part("error").substr(1, shape.part("error").size() - 2);
    std::string message = "no error";
    try {
      sqlite::Statement st = db.prepare(query);
      filled.bind(st);
      st.run();
    } catch (const Error&) {
      message = sqlite3_errmsg(db.handle());
    }
    EXPECT_NE(message.find(expected), std::string::npos) << message;
    return;
  }
  const auto handed = counters().rows_handed.load();
  const auto searches = counters().searches.load();
  const auto points = counters().point_reads.load();
  std::vector<std::string> rows;
  try {
    sqlite::Statement st = db.prepare(query);
    filled.bind(st);
    rows = Database::rows_of(st);
  } catch (const Error& e) {
    ADD_FAILURE() << e.what();
  }
  const auto handed_now = counters().rows_handed - handed;
  const auto searches_now = counters().searches - searches;
  const auto points_now = counters().point_reads - points;

  const std::string plan = db.plan(query);
  SCOPED_TRACE(plan);
  EXPECT_EQ(rows, db.rows(shape.part("answer")));
  expect_count(db, "rows handed", handed_now, shape.part("handed"));
  expect_count(db, "searches", searches_now, shape.part("searched"));
  expect_count(db, "points", points_now, shape.part("points"));
  const std::string wanted = shape.part("plan");
  EXPECT_TRUE(wanted.empty() || plan.find(wanted.substr(1, wanted.size() - 2)) != std::string::npos)
      << "wanted" << wanted;
}

TEST(Streaming, EveryShapeGivesWhatPlainSqlGives) {
  const std::vector<Shape> shapes = read_shapes();
  ASSERT_GT(shapes.size(), 100u) << CAIRN_QUERY_SHAPES;
  const std::string schema = shapes[0].part("do"), places = shapes[1].part("do");
  for (const unsigned seed : {1u, 2u, 3u}) {
    const Filled filled(seed, schema, places);
    for (auto shape = shapes.begin() + 2; shape != shapes.end(); ++shape) {
      if (shape->part("do").empty()) {
        check(filled, *shape, seed);
      } else {
        const Filled changed(seed, schema, places);
        changed.db.execute_script(shape->part("do"));
        check(changed, *shape, seed);
      }
    }
  }
}

// A search is kept for the rest of its statement; what is written meanwhile must be seen by the next.
TEST(Streaming, TheNextStatementSeesEveryWrite) {
  Database db;
  db.execute("CREATE VIRTUAL TABLE v USING vec0(e float[1], chunk_size=8)");
  for (int i = 1; i <= 20; ++i)
    db.execute("INSERT INTO v(rowid, e) VALUES (?, ?)", i, std::vector<float>{static_cast<float>(i)});
  const auto nearest = [&] {
    return db.row("SELECT rowid FROM v WHERE e MATCH '[0.5]' ORDER BY distance LIMIT 1");
  };
  EXPECT_EQ(nearest(), "1");
  db.execute("BEGIN");
  db.execute("INSERT INTO v(rowid, e) VALUES (5000, '[0.5]')");
  EXPECT_EQ(nearest(), "5000");
  db.execute("SAVEPOINT s");
  db.execute("DELETE FROM v WHERE rowid = 5000");
  EXPECT_EQ(nearest(), "1");
  db.execute("ROLLBACK TO s");
  EXPECT_EQ(nearest(), "5000");
  db.execute("ROLLBACK");
  EXPECT_EQ(nearest(), "1");
}

// The same, while another statement keeps its search.
TEST(Streaming, AnOpenStatementDoesNotHideAWrite) {
  Database db;
  db.execute("CREATE VIRTUAL TABLE v USING vec0(e float[1], chunk_size=8)");
  for (int i = 1; i <= 20; ++i)
    db.execute("INSERT INTO v(rowid, e) VALUES (?, ?)", i, std::vector<float>{static_cast<float>(i)});
  const std::string sql = "SELECT rowid FROM v WHERE e MATCH '[0.5]' AND k = 2";
  sqlite::Statement open = db.prepare(sql);
  ASSERT_TRUE(open.step());
  db.execute("INSERT INTO v(rowid, e) VALUES (5000, '[0.5]')");
  EXPECT_EQ(db.rows(sql), (std::vector<std::string>{"5000", "1"}));
  db.execute("UPDATE v_rowids SET chunk_id = chunk_id");
  EXPECT_EQ(db.rows(sql), (std::vector<std::string>{"5000", "1"}));
  ASSERT_TRUE(open.step());
  EXPECT_EQ(open.get<std::int64_t>(0), 2);
  EXPECT_FALSE(open.step());
}

struct Interrupter {
  sqlite3* db;
  int steps_left;

  static int step(void* self) {
    auto* interrupter = static_cast<Interrupter*>(self);
    if (--interrupter->steps_left == 0) sqlite3_interrupt(interrupter->db);
    return 0;
  }
};

TEST(Streaming, ASearchCanBeInterrupted) {
  Database db;
  db.execute("CREATE VIRTUAL TABLE v USING vec0(e float[1], chunk_size=8)");
  for (int i = 1; i <= 400; ++i)
    db.execute("INSERT INTO v(rowid, e) VALUES (?, ?)", i, std::vector<float>{static_cast<float>(i)});
  const std::string sql = "SELECT rowid FROM v WHERE e MATCH '[0]' AND k = 1";
  sqlite::Statement query = db.prepare(sql);
  // The query itself has a few steps; each of the fifty chunks is a statement of some ten.
  Interrupter interrupter{db.handle(), 200};
  sqlite3_progress_handler(db.handle(), 1, Interrupter::step, &interrupter);
  EXPECT_EQ(sqlite3_step(query.handle()), SQLITE_INTERRUPT);
  EXPECT_LE(interrupter.steps_left, 0);
  sqlite3_progress_handler(db.handle(), 0, nullptr, nullptr);
  sqlite3_reset(query.handle());
  EXPECT_EQ(db.rows(sql), std::vector<std::string>{"1"});
}

TEST(Streaming, PlansAreNamed) {
  Database db;
  db.execute("CREATE VIRTUAL TABLE v USING vec0(id integer primary key, e float[1], tag integer)");
  const std::string from = "SELECT id FROM v WHERE ", scan = "SCAN v VIRTUAL TABLE INDEX 0:";
  EXPECT_EQ(db.plan(from + "e MATCH ?1 ORDER BY distance"), scan + "stream e\n");
  EXPECT_EQ(db.plan(from + "e MATCH ?1 AND k = 5 AND tag >= 2"), scan + "k e where tag >=\n");
  EXPECT_EQ(db.plan(from + "e MATCH ?1 AND id = ?2"), scan + "point e\n");
  EXPECT_EQ(db.plan(from + "id = ?2"), scan + "point\n");
  EXPECT_EQ(db.plan(from + "1"), scan + "scan\n");
}

TEST(Streaming, QueriesThatCannotBeAnsweredSaySo) {
  Database db;
  db.execute("CREATE VIRTUAL TABLE v USING vec0(id integer primary key, e float[2])");
  db.execute("INSERT INTO v VALUES (1, '[1,2]')");
  const std::string from = "SELECT id FROM v WHERE ";
  EXPECT_EQ(db.error(from + "e MATCH '[1]'"),
            "Dimension mismatch for query vector for the \"e\" column. Expected 2 dimensions but received "
            "1.");
  EXPECT_EQ(db.error(from + "e MATCH '[1,2]' AND e MATCH '[1,2]'"),
            "only 1 MATCH operator is allowed in a single vec0 query");
  EXPECT_EQ(db.error(from + "e MATCH '[1,2]' AND k IN (2, 3)"),
            "k must be one number, not a list, in a vec0 query");
  EXPECT_EQ(db.error(from + "e MATCH '[1,2]' AND k = -1"),
            "k value in knn queries must be greater than or equal to 0.");
  EXPECT_EQ(db.error(from + "e MATCH vec_bit(x'01')"),
            "Query vector for the \"e\" column is expected to be of type float32, but a bit vector was "
            "provided.");
}

}  // namespace
}  // namespace cairn::vec0
