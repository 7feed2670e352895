// Every column of every shadow table, damaged in every way that comes to mind, one at a time: no crash, no
// endless answer, only errors that a user can be shown; and where `integrity` finds nothing, a search gives
// what a scan gives.
#include <array>
#include <atomic>
#include <filesystem>
#include <functional>

#include "base/temp_dir.hpp"
#include "vec0/test_support.hpp"
#include "vec0/thresholds.hpp"

namespace cairn::vec0 {
namespace {

using testing::Database;
using Blob = std::vector<std::byte>;

constexpr int kRows = 60;

struct Shape {
  const char* columns;  // {} is the index
  const char* insert;   // ?1 the number of the row, ?2 a float vector
  std::size_t dims;
  const char* metric;
  const char* key;
};

constexpr Shape kShapes[] = {
    {"v float[64] {}, n integer, s text, p integer partition key, +x text, chunk_size=16",
     "(rowid, v, n, s, p, x) VALUES (?1, ?2, ?1, substr('a text of more than twelve bytes', 1, ?1), ?1 % 2, "
     "'x')",
     64, "l2", "rowid"},
    {"id text primary key, v float[70] distance_metric=cosine {}, w bit[8] {}, b boolean, r float, "
     "chunk_size=16",
     "(id, v, w, b, r) VALUES ('key ' || ?1, ?2, vec_bit(x'0F'), ?1 % 2, ?1 / 2.0)", 70, "cosine", "id"}};

std::string with_index(std::string columns, const std::string& index) {
  for (std::size_t at; (at = columns.find("{}")) != std::string::npos;) columns.replace(at, 2, index);
  return columns;
}

Blob vector_of_row(const Shape& shape, int row) {
  std::mt19937 random(static_cast<unsigned>(row));
  const std::vector<float> vector = testing::random_vector(shape.dims, random);
  const auto bytes = std::as_bytes(std::span(vector));
  return {bytes.begin(), bytes.end()};
}

void fill(const std::string& file, const Shape& shape, const std::string& index) {
  const Database db(file.c_str());
  db.execute_script("PRAGMA page_size = 512; PRAGMA synchronous = OFF");  // so that blobs overflow
  db.execute("CREATE VIRTUAL TABLE t USING vec0(" + with_index(shape.columns, index) + ")");
  for (int i = 0; i < kRows; ++i)
    db.execute(std::string("INSERT INTO t") + shape.insert, i, vector_of_row(shape, i));
  const std::string key = shape.key == std::string_view("id") ? "'key ' || " : "";
  for (const char* row : {"3", "20", "21"})
    db.execute(std::string("DELETE FROM t WHERE ") + shape.key + " = " + key + row);
}

struct Damage {
  std::string what;
  std::function<void(const Database&)> apply;
};

// The blob in the ways that a program or a disk may leave it.
std::vector<Blob> spoiled(const Blob& blob) {
  std::vector<Blob> all;
  const auto add = [&](std::size_t size, const std::function<void(Blob&)>& change) {
    all.push_back(blob);
    all.back().resize(size);
    change(all.back());
  };
  const auto nothing = [](Blob&) {};
  for (const std::size_t size : {std::size_t{0}, blob.size() / 2, blob.size() - 1, blob.size() + 1,
                                 blob.size() * 2, std::size_t{1} << 20})
    add(size, nothing);
  for (const auto byte : {std::byte{0}, std::byte{0xFF}, std::byte{0x7F}})
    add(blob.size(), [&](Blob& all_of_it) { std::fill(all_of_it.begin(), all_of_it.end(), byte); });
  std::mt19937 random(static_cast<unsigned>(blob.size()));
  for (int i = 0; i < 4; ++i)
    add(blob.size(), [&](Blob& some) {
      const std::size_t at = random() % some.size();
      for (std::size_t j = at; j < std::min(at + 1 + random() % 8, some.size()); ++j)
        some[j] = static_cast<std::byte>(random());
    });
  return all;
}

std::vector<Damage> every_damage(const Database& db) {
  std::vector<Damage> all;
  const auto sql = [&](const std::string& text) {
    all.push_back(
        {text, [text](const Database& file) { file.execute_script("PRAGMA synchronous = OFF; " + text); }});
  };
  for (const std::string& table :
       db.rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 't\\_%' ESCAPE '\\'")) {
    sql("DROP TABLE " + table);
    sql("DELETE FROM " + table);
    for (const char* end : {"min", "max"}) {
      const std::string row =
          " WHERE _rowid_ = (SELECT " + std::string(end) + "(_rowid_) FROM " + table + ")";
      if (db.row("SELECT count(*) FROM " + table) == "0") continue;
      sql("DELETE FROM " + table + row);
      for (const std::string& column : db.rows("SELECT name FROM pragma_table_info('" + table + "')")) {
        const std::string set = "UPDATE OR REPLACE " + table + " SET " + column + " = ";
        for (const char* value :
             {"NULL", "-1", "0", "7", "4000000000", "9223372036854775807", "1e300", "'text'", "zeroblob(16)"})
          sql(set + value + row);
        sql(set + "(SELECT " + column + " FROM " + table + " ORDER BY _rowid_ LIMIT 1 OFFSET 1)" + row);
        sqlite::Statement st = db.prepare("SELECT " + column + " FROM " + table + row);
        if (!st.step() || st.column_type(0) != sqlite::ColumnType::blob) continue;
        const auto bytes = st.get<Blob>(0);
        if (bytes.empty()) continue;
        for (const Blob& blob : spoiled(bytes))
          all.push_back({set + "a spoiled blob of " + std::to_string(blob.size()) + row,
                         [text = set + "?" + row, blob](const Database& file) { file.execute(text, blob); }});
      }
    }
  }
  return all;
}

// The rows, or the error, which must be one for users.
std::vector<std::string> outcome(const Database& db, const std::string& sql, const Blob& vector) {
  try {
    sqlite::Statement st = db.prepare(sql);
    for (int i = 1; i <= st.parameter_count(); ++i) st.bind(i, std::span<const std::byte>(vector));
    return Database::rows_of(st);
  } catch (const Error& error) {
    const std::string message = sqlite3_errmsg(db.handle());
    const int code = sqlite3_extended_errcode(db.handle());
    EXPECT_TRUE(code != SQLITE_NOMEM && code != SQLITE_MISUSE && code != SQLITE_INTERNAL)
        << sql << ": " << message;
    for (const char* word : {"std::", "C++", "vector::", "basic_string"})
      EXPECT_EQ(message.find(word), std::string::npos) << sql << ": " << message;
    if (code == SQLITE_CORRUPT_VTAB) {
      EXPECT_NE(message.find("t_"), std::string::npos) << sql << ": " << message;
    }
    return {"error: " + message};
  }
}

bool is_error(const std::vector<std::string>& outcome) {
  return outcome.size() == 1 && outcome[0].starts_with("error: ");
}

// `is_told`: the connection can know of the damage. What it read of a cairn() chunk's vectors and codes it
// takes to stay as long as the chunk's stamp does.
void read(const Database& db, const Shape& shape, const Blob& query, bool is_told = true) {
  const std::string key = shape.key, match = " FROM t WHERE v MATCH ?";
  const std::string distance = std::string("vec_distance_") + shape.metric + "(v, ?)";
  for (const std::string& sql :
       {"SELECT *" + match + " AND k = 9", "SELECT *" + match + " AND k = 9 AND recall = 0.9",
        "SELECT *" + match + " ORDER BY distance LIMIT 9", "SELECT count(*) FROM t" + std::string(),
        "SELECT * FROM t" + std::string(),
        "SELECT *" + match + " AND k = 5 AND " + key + " IN (1, 'key 1', 5, 'key 5')",
        "SELECT * FROM t WHERE " + key + " = " + (key == "id" ? "'key 5'" : "5"),
        shape.metric == std::string_view("l2")
            ? "SELECT *" + match + " AND k = 9 AND p = 1 AND n > 4 AND s >= 'a text of more'"
            : "SELECT *" + match + " AND k = 9 AND b = 1 AND r < 20"})
    outcome(db, sql, query);
  if (is_error(outcome(db, "INSERT INTO t(t) VALUES ('integrity')", query))) return;
  const auto scanned =
      outcome(db, "SELECT " + key + ", ifnull(" + distance + ", 9e999) AS d FROM t ORDER BY d, 1", query);
  if (is_error(scanned) || !is_told) return;  // an error: NaN in a vector, which no function takes
  for (const std::string& end : {std::string(" AND k = 1000"), std::string(" ORDER BY distance")})
    EXPECT_EQ(outcome(db,
                      "SELECT " + key + ", distance FROM (SELECT *, distance" + match + end +
                          ") ORDER BY distance, 1",
                      query),
              scanned);
  if (!db.rows("SELECT 1 FROM sqlite_schema WHERE name = 't_lists'").empty()) {
    const auto near =
        outcome(db, "SELECT " + key + ", distance" + match + " AND k = 20 AND recall = 0.9", query);
    EXPECT_EQ(near.size(), std::min<std::size_t>(20, scanned.size()));
    for (const std::string& row : near)
      EXPECT_NE(std::find(scanned.begin(), scanned.end(), row), scanned.end()) << row;
  }
}

void write(const Database& db, const Shape& shape, const Blob& vector) {
  const bool is_text = shape.key == std::string_view("id");
  const auto at = [&](const char* row) {
    return std::string(" WHERE ") + shape.key + " = " + (is_text ? "'key ' || " : "") + row;
  };
  outcome(db, "UPDATE t SET v = ?" + at("4"), vector);
  outcome(db, std::string("UPDATE t SET ") + (is_text ? "b = 1 - b, r = r + 1" : "n = n + 1, p = 1 - p"),
          vector);
  for (const char* row : {"0", "9", "59"}) outcome(db, "DELETE FROM t" + at(row), vector);
  for (int i = 100; i < 120; ++i) {
    std::string insert = std::string("INSERT INTO t") + shape.insert;
    for (std::size_t place; (place = insert.find("?1")) != std::string::npos;)
      insert.replace(place, 2, std::to_string(i));
    for (std::size_t place; (place = insert.find("?2")) != std::string::npos;) insert.replace(place, 2, "?");
    outcome(db, insert, vector);
  }
  outcome(db, "INSERT INTO t(t) VALUES ('optimize')", vector);
}

// So that these few rows are kept in memory, searched by bounds, and filed in lists.
class SmallThresholds {
 public:
  SmallThresholds() {
    for (std::size_t i = 0; i < kept_.size(); ++i) kept_[i] = values()[i]->exchange(8);
    thresholds().given_up_percent = 100'000;
  }
  ~SmallThresholds() {
    thresholds().given_up_percent = Thresholds().given_up_percent.load();
    for (std::size_t i = 0; i < kept_.size(); ++i) *values()[i] = kept_[i];
  }

 private:
  static std::array<std::atomic<std::size_t>*, 4> values() {
    Thresholds& all = thresholds();
    return {&all.resident_bytes, &all.bounded_rows, &all.listed_rows, &all.filed_rows};
  }
  std::array<std::size_t, 4> kept_{};
};

struct EveryDamage : ::testing::TestWithParam<std::tuple<const char*, Shape>> {};

TEST_P(EveryDamage, IsAnErrorOrHarmless) {
  const SmallThresholds all_of_it_is_used;
  const auto& [index, shape] = GetParam();
  const TempDir folder;
  const std::string whole = folder.file("whole.db"), file = folder.file("damaged.db");
  fill(whole, shape, index);
  if (std::string_view(index).find("cairn") != std::string_view::npos) {
    ASSERT_NE(Database(whole.c_str()).row("SELECT count(*) FROM t_lists"), "0");
  }
  const Blob query = vector_of_row(shape, 1000);
  for (const auto& [what, apply] : every_damage(Database(whole.c_str()))) {
    SCOPED_TRACE(what);
    std::filesystem::copy_file(whole, file, std::filesystem::copy_options::overwrite_existing);
    const Database warm(file.c_str());
    warm.execute_script("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY");
    for (int i = 0; i < 3; ++i)
      ASSERT_EQ(outcome(warm, "SELECT count(*) FROM t WHERE v MATCH ? AND k = 9", query)[0], "9");
    try {
      apply(Database(file.c_str()));
    } catch (const Error&) {
      continue;  // SQLite itself refuses it
    }
    read(Database(file.c_str()), shape, query);
    const bool is_told =
        std::string_view(index).find("cairn") == std::string_view::npos ||
        (what.find("t_vectors") == std::string::npos && what.find("t_codes") == std::string::npos);
    read(warm, shape, query, is_told);
    write(warm, shape, query);
    read(warm, shape, query, is_told);
    outcome(warm, "DELETE FROM t", query);
    outcome(warm, "DROP TABLE t", query);
    if (HasFailure()) break;
  }
}

INSTANTIATE_TEST_SUITE_P(Vec0, EveryDamage,
                         ::testing::Combine(::testing::Values("INDEXED BY flat()", "INDEXED BY cairn()"),
                                            ::testing::ValuesIn(kShapes)),
                         [](const auto& of) {
                           const bool is_cairn = std::string_view(std::get<0>(of.param)).find("cairn") !=
                                                 std::string_view::npos;
                           return (is_cairn ? "Cairn" : "Flat") + std::to_string(of.index);
                         });

}  // namespace
}  // namespace cairn::vec0
