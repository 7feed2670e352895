// Random writes against a plain table as the model, for every vector type and metric and both kinds of key:
// contents, order of every search, and what rollbacks leave.
#include <algorithm>
#include <map>

#include "vec0/test_support.hpp"

namespace cairn::vec0 {
namespace {

using testing::Database;
using testing::random_vector;

struct Shape {
  const char* column;    // declaration of the vector column
  const char* convert;   // SQL that makes a vector of the column's type from its bytes
  const char* distance;  // the function that must agree
  bool text_key;
};

void PrintTo(const Shape& shape, std::ostream* out) {
  *out << shape.column << (shape.text_key ? ", text key" : "");
}

constexpr std::size_t kDims = 24;

class EveryShape : public ::testing::TestWithParam<Shape> {
 protected:
  EveryShape() : random(seed) {
    const Shape& shape = GetParam();
    db.execute(std::string("CREATE VIRTUAL TABLE t USING vec0(id ") + (shape.text_key ? "text" : "integer") +
               " primary key, " + shape.column +
               ", p text partition key, n integer, f float, b boolean, s text, "
               "+note text, chunk_size=8)");
    db.execute("CREATE TABLE m(seq INTEGER PRIMARY KEY, id UNIQUE, v BLOB, p, n, f, b, s, note)");
  }

  std::string convert(const char* parameter) const {
    std::string sql = GetParam().convert;
    sql.replace(sql.find('?'), 1, parameter);
    return sql;
  }
  // The bytes of a vector. Small whole numbers make ties and, now and then, a zero vector.
  std::vector<std::byte> coarse_vector() {
    const std::string convert_sql = GetParam().convert;
    std::vector<std::byte> bytes;
    const bool zero = random() % 12 == 0;
    for (std::size_t i = 0; i < kDims; ++i) {
      const int x = zero ? 0 : static_cast<int>(random() % 5) - 2;
      if (convert_sql == "?") {
        const auto value = static_cast<float>(x);
        const auto raw = std::as_bytes(std::span(&value, 1));
        bytes.insert(bytes.end(), raw.begin(), raw.end());
      } else if (convert_sql == "vec_int8(?)" || i % 8 == 0) {
        bytes.push_back(static_cast<std::byte>(x));
      }
    }
    return bytes;
  }
  std::string some_text() {
    static const char* const kTexts[] = {
        "", "a", "exactly12byt", "exactly12bytes and more", "exactly12bytes and less", "ünï"};
    return kTexts[random() % 6];
  }
  void bind_id(sqlite::Statement& st, int parameter, int id) const {
    if (GetParam().text_key)
      st.bind(parameter, "key-" + std::to_string(id));
    else
      st.bind(parameter, id);
  }
  void insert(int id, bool replace) {
    const auto v = coarse_vector();
    const std::string p = random() % 3 ? "p1" : "p2", s = some_text();
    const auto n = static_cast<int>(random() % 5);
    const std::string verb = replace ? "INSERT OR REPLACE INTO " : "INSERT OR IGNORE INTO ";
    for (const bool model : {false, true}) {
      auto st =
          db.prepare(verb + (model ? "m(v, p, n, f, b, s, note, id)" : "t(v, p, n, f, b, s, note, id)") +
                     " VALUES (" + convert("?1") + ", ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
      st.bind(1, sqlite::Bytes(v))
          .bind(2, p)
          .bind(3, n)
          .bind(4, n / 2.0)
          .bind(5, n % 2)
          .bind(6, s)
          .bind(7, "note " + s);
      bind_id(st, 8, id);
      st.run();
    }
  }
  void change(int id) {
    const auto v = coarse_vector();
    const std::string text = some_text();
    const auto n = static_cast<int>(random() % 5);
    for (const char* table : {"t", "m"}) {
      auto st = db.prepare(std::string("UPDATE ") + table + " SET v = " + convert("?1") +
                           ", n = ?2, s = ?3, note = ?4 WHERE id = ?5");
      st.bind(1, sqlite::Bytes(v)).bind(2, n).bind(3, text).bind(4, nullptr);
      bind_id(st, 5, id);
      st.run();
    }
  }
  void change_partition(int id) {
    const char* const p = random() % 3 ? "p1" : random() % 2 ? "p3" : nullptr;
    for (const char* table : {"t", "m"}) {
      auto st = db.prepare(std::string("UPDATE ") + table + " SET p = ?, n = 4 WHERE id = ?");
      p ? st.bind(1, p) : st.bind(1, nullptr);
      bind_id(st, 2, id);
      st.run();
    }
  }
  void remove(int id) {
    for (const char* table : {"t", "m"}) {
      auto st = db.prepare(std::string("DELETE FROM ") + table + " WHERE id = ?");
      bind_id(st, 1, id);
      st.run();
    }
  }
  void expect_equal_contents() {
    const std::string columns = "SELECT id, hex(v), p, n, f, b, s, note FROM ";
    EXPECT_EQ(db.rows(columns + "t ORDER BY id"), db.rows(columns + "m ORDER BY id"));
    const std::string some = "SELECT id FROM ";
    for (const char* where :
         {"s = 'exactly12byt'", "s > 'exactly12bytes'", "s LIKE 'EXACT%'", "n IN (1, 4)",
          "f >= 0.5 AND b = 1", "p = 'p2'", "note IS NULL", "s >= 'exactly12bytes and less' AND n <> 2"})
      EXPECT_EQ(db.rows(some + "t WHERE " + where + " ORDER BY id"),
                db.rows(some + "m WHERE " + where + " ORDER BY id"))
          << where;
  }
  void expect_equal_searches() {
    const auto bytes = coarse_vector();
    const sqlite::Bytes query(bytes);
    const std::string q = convert("?1");
    // A zero vector has no cosine distance; in a search it comes last.
    const std::string d = "coalesce(CAST(" + std::string(GetParam().distance) + "(" + convert("v") + ", " +
                          q + ") AS REAL), 9e999)";
    const std::string model = "SELECT id, d FROM (SELECT *, " + d + " AS d FROM m)";
    // Ties have no order in the model, so rows are compared by distance, and each row's distance by itself.
    const auto distances = [](std::vector<std::string> rows) {
      for (auto& row : rows) row = row.substr(row.rfind('|') + 1);
      return rows;
    };
    for (const std::string where :
         {"1", "p = 'p1'", "n IN (0, 3) AND b = 0", "s < 'exactly12bytes and more'", "n BETWEEN 1 AND 3"}) {
      SCOPED_TRACE(where);
      const std::string search = "SELECT id, distance FROM t WHERE v MATCH " + q + " AND " + where;
      auto all = db.rows(search + " ORDER BY distance", query);
      auto expected = db.rows(model + " WHERE " + where + " ORDER BY d", query);
      EXPECT_EQ(distances(all), distances(expected));
      EXPECT_EQ(distances(db.rows(search + " AND k = 7", query)),
                distances(db.rows(model + " WHERE " + where + " ORDER BY d LIMIT 7", query)));
      auto first = all;
      first.resize(std::min<std::size_t>(first.size(), 7));
      EXPECT_EQ(db.rows(search + " AND k = 7", query), first)
          << "k must give the stream's beginning, ties included";
      std::sort(all.begin(), all.end());
      std::sort(expected.begin(), expected.end());
      EXPECT_EQ(all, expected);
    }
  }

  static constexpr unsigned seed = 31337;
  std::mt19937 random;
  Database db;
};

TEST_P(EveryShape, RandomWritesLeaveTheModelsRows) {
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  for (int round = 0; round < 12; ++round) {
    // Short and long transactions, since long ones collect what they write.
    const bool rolled_back = round % 4 == 3, in_transaction = rolled_back || round % 4 == 1;
    if (in_transaction) db.execute("SAVEPOINT s");
    for (int i = 0; i < (in_transaction ? 150 : 25); ++i) {
      const int id = static_cast<int>(random() % 60);
      switch (random() % 7) {
        case 0:
          remove(id);
          break;
        case 1:
          change(id);
          break;
        case 2:
          insert(id, true);
          break;
        case 3:
          change_partition(id);
          break;
        default:
          insert(id, false);
          break;
      }
    }
    expect_equal_searches();
    if (rolled_back) db.execute("ROLLBACK TO s");
    if (in_transaction) db.execute("RELEASE s");
    expect_equal_contents();
    expect_equal_searches();
  }
  db.execute("ALTER TABLE t RENAME TO \"odd name\"");
  EXPECT_EQ(db.rows("SELECT id, n FROM \"odd name\" ORDER BY id"),
            db.rows("SELECT id, n FROM m ORDER BY id"));
  EXPECT_EQ(db.row("PRAGMA integrity_check"), "ok");
  db.execute("DELETE FROM \"odd name\"");
  EXPECT_EQ(
      db.row(
          "SELECT (SELECT count(*) FROM \"odd name_chunks\") + (SELECT count(*) FROM \"odd name_rowids\") + "
          "(SELECT count(*) FROM \"odd name_vector_chunks00\") + (SELECT count(*) FROM \"odd "
          "name_metadatatext03\") "
          "+ (SELECT count(*) FROM \"odd name_auxiliary\")"),
      "0");
  db.execute("DROP TABLE \"odd name\"");
  EXPECT_EQ(db.row("SELECT count(*) FROM sqlite_schema WHERE name LIKE '%odd%'"), "0");
}

constexpr Shape kShapes[] = {
    {"v float[24]", "?", "vec_distance_l2", false},
    {"v float[24] distance_metric=cosine", "?", "vec_distance_cosine", true},
    {"v float[24] distance_metric=l1", "?", "vec_distance_l1", false},
    {"v int8[24]", "vec_int8(?)", "vec_distance_l2", true},
    {"v int8[24] distance_metric=cosine", "vec_int8(?)", "vec_distance_cosine", false},
    {"v int8[24] distance_metric=l1", "vec_int8(?)", "vec_distance_l1", false},
    {"v bit[24]", "vec_bit(?)", "vec_distance_hamming", true},
};

INSTANTIATE_TEST_SUITE_P(Vec0, EveryShape, ::testing::ValuesIn(kShapes));

}  // namespace
}  // namespace cairn::vec0
