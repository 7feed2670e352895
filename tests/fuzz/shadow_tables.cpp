// Shadow tables that another program damaged. Input: which table, then a list of edits to its shadow tables.
// Afterwards everything that SQL can do with the table is done: no crash, no endless loop, only clean
// errors, no row in an answer that is in none of the shadow tables, and every row unless `integrity`
// complains.
#include <array>
#include <memory>

#include "support.hpp"
#include "vec0/thresholds.hpp"

namespace cairn::fuzz {
namespace {

struct Shape {
  std::string columns;
  std::string row;    // what follows INSERT INTO t for row number ?1
  std::string query;  // a vector for MATCH
};

// Of 64 elements, the first of them given.
std::string long_vector(const std::string& first) {
  return "('[' || " + first + " || replace(hex(zeroblob(63)), '00', ',1') || ']')";
}

const Shape& shape_of(std::size_t number) {
  static const std::string text = "substr('a text of more than twelve bytes', 1, ?1 * 2)";
  static const std::vector<Shape> shapes = {
      {"v float[4], chunk_size=8", "(rowid, v) VALUES (?1, vec_f32(format('[%d, 1, 2, 3]', ?1)))",
       "'[1, 2, 3, 4]'"},
      {"id text primary key, v float[4], p text partition key, n integer, s text, b boolean, r float, +x "
       "text, "
       "chunk_size=8",
       "(id, v, p, n, s, b, r, x) VALUES ('k' || ?1, format('[%d, 1, 2, 3]', ?1), 'p' || (?1 % 2), ?1, " +
           text + ", ?1 % 2, ?1 / 2.0, 'x' || ?1)",
       "'[1, 2, 3, 4]'"},
      {"v int8[8], w bit[16], p integer partition key, +y integer, chunk_size=16",
       "(rowid, v, w, p, y) VALUES (?1, vec_int8(format('[%d, 1, 2, 3, 4, 5, 6, 7]', ?1)), vec_bit(x'0102'), "
       "?1 % 2, "
       "?1)",
       "vec_int8('[1, 2, 3, 4, 5, 6, 7, 8]')"},
      {"v float[4] distance_metric=cosine, s text, n integer, chunk_size=8",
       "(rowid, v, s, n) VALUES (?1, format('[%d, 1, 2, 3]', ?1), " + text + ", ?1)", "'[1, 2, 3, 4]'"},
      {"v float[64] indexed by cairn(), s text, n integer, chunk_size=8",  // with lists
       "(rowid, v, s, n) VALUES (?1, " + long_vector("?1") + ", " + text + ", nullif(?1, 7))",
       long_vector("5")},
      {"v f16[64] distance_metric=cosine indexed by cairn(), p integer partition key, chunk_size=256",
       "(rowid, v, p) VALUES (?1, " + long_vector("?1") + ", ?1 % 30 = 0)", long_vector("5")},  // with codes
  };
  return shapes[number];
}
constexpr std::size_t kShapes = 6;
constexpr std::size_t kFirstCairn = 4;

using Image = std::vector<unsigned char>;

// A database with an undamaged table `t` of that shape: several chunks, one with free slots.
Image make_image(std::size_t shape) {
  const Database db;
  db.execute_script("PRAGMA page_size = 512");  // faster, and blobs overflow
  db.execute_script("CREATE VIRTUAL TABLE t USING vec0(" + shape_of(shape).columns + ")");
  const int rows = shape == 5 ? 280 : shape == 4 ? 60 : 20;
  db.execute_script("BEGIN");
  for (int i = 0; i < rows; ++i) db.execute("INSERT INTO t" + shape_of(shape).row, i);
  db.execute_script("COMMIT");
  for (const char* row : {"3", "10"})
    db.execute_script(std::string("DELETE FROM t WHERE ") + (shape == 1 ? "id = 'k" : "rowid = '") + row +
                      "'");
  sqlite3_int64 size = 0;
  const std::unique_ptr<unsigned char, void (*)(void*)> bytes(
      sqlite3_serialize(db.handle(), "main", &size, 0), sqlite3_free);
  return {bytes.get(), bytes.get() + size};
}

void load(const Database& db, const Image& image) {
  auto* copy = static_cast<unsigned char*>(sqlite3_malloc64(image.size()));
  std::copy(image.begin(), image.end(), copy);
  const auto size = static_cast<sqlite3_int64>(image.size());
  require(sqlite3_deserialize(db.handle(), "main", copy, size, size,
                              SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE) == SQLITE_OK,
          "cannot load the database");
}

std::string pick(const std::vector<std::string>& names, Input& input) {
  return names.empty() ? "none" : names[input.below(names.size())];
}

// A blob of the size that was there, or nearly: what passes the checks of sizes is the more interesting.
Value mutated(const std::string& old, Input& input) {
  Value value{.type = sqlite::ColumnType::blob, .bytes = old};
  const std::size_t at = input.below(256) % (old.size() + 1);
  switch (input.below(4)) {
    case 0:
      value.bytes.resize(at);
      break;
    case 1:
      value.bytes.append(input.below(64), '\0');
      break;
    default: {
      const std::string_view bytes = input.take(1 + input.below(8));
      std::copy_n(bytes.begin(), std::min(bytes.size(), old.size() - at),
                  value.bytes.begin() + static_cast<long>(at));
    }
  }
  return value;
}

void edit(const Database& db, Input& input) {
  const std::string table = pick(
      db.run("SELECT name FROM sqlite_schema WHERE name LIKE 't\\_%' ESCAPE '\\' AND type = 'table'").rows,
      input);
  const std::string column = pick(db.run("SELECT name FROM pragma_table_info('" + table + "')").rows, input);
  const std::string row = " WHERE _rowid_ = (SELECT _rowid_ FROM " + table + " LIMIT 1 OFFSET " +
                          std::to_string(input.below(20)) + ")";
  const std::string set = "UPDATE OR REPLACE " + table + " SET " + column + " = ?";
  switch (input.below(10)) {
    case 0:
      db.run(set + row, std::array{take_value(input)});
      break;
    case 1:
      db.run(set, std::array{take_value(input)});
      break;
    case 2:
    case 3:
    case 4: {
      const Outcome old = db.run("SELECT " + column + " FROM " + table + row);
      if (!old.rows.empty()) db.run(set + row, std::array{mutated(old.rows[0], input)});
      break;
    }
    case 5:
      db.run("DELETE FROM " + table + row);
      break;
    case 6:
      db.run(set + row, std::array{Value{.type = sqlite::ColumnType::integer, .integer = input.integer()}});
      break;
    case 7:
      db.run("INSERT OR REPLACE INTO " + table + "(" + column + ") VALUES (?)",
             std::array{take_value(input)});
      break;
    case 8:
      db.run("DROP TABLE " + table);
      break;
    case 9: {  // a cycle: the shadow table is a view of the table itself, or writing to it writes to the
               // table
      static const char* const kActions[] = {"DELETE FROM t", "UPDATE t SET v = v",
                                             "INSERT INTO t SELECT * FROM t", "SELECT count(*) FROM t",
                                             "SELECT 1 FROM t WHERE rowid = NEW.rowid"};
      if (input.below(2) == 0) {
        static const char* const kEvents[] = {"INSERT", "UPDATE", "DELETE"};
        const char* event = kEvents[input.below(3)];
        db.run("CREATE TRIGGER \"" + table + " trigger\" AFTER " + event + " ON " + table + " BEGIN " +
               kActions[input.below(4)] + "; END");
      } else {
        std::string columns;
        for (const std::string& name : db.run("SELECT name FROM pragma_table_info('" + table + "')").rows)
          columns += (columns.empty() ? "1 AS " : ", 1 AS ") + name;
        db.run("DROP TABLE " + table);
        db.run("CREATE VIEW " + table + " AS SELECT " + (columns.empty() ? "1" : columns) + " FROM t");
      }
    }
  }
}

// Every key that the shadow tables know, read without vec0.
struct Known {
  std::vector<std::string> listed;  // in t_rowids
  std::vector<std::string> all;     // those, and what the chunks say
};

Known known_keys(const Database& db, const char* key) {
  const auto is_table = [&](const std::string& name) {
    return !db.run("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '" + name + "'").rows.empty();
  };
  Known known;
  if (is_table("t_rowids")) known.listed = db.run(std::string("SELECT ") + key + " FROM t_rowids").rows;
  known.all = known.listed;
  std::vector<std::string> blobs;
  if (is_table("t_chunks")) blobs = db.run("SELECT rowids FROM t_chunks").rows;
  for (const std::string& blob : blobs)
    for (std::size_t at = 0; at + 8 <= blob.size(); at += 8) {
      std::int64_t rowid = 0;
      std::memcpy(&rowid, blob.data() + at, sizeof rowid);
      known.all.push_back(std::to_string(rowid));
    }
  return known;
}

// The keys that a statement gives exist. Where `integrity` finds nothing, a statement without a condition
// gives each of them.
void check_keys(const Database& db, const Known& known, bool must_be_complete, const std::string& sql) {
  Outcome answer = db.run(sql);
  if (!answer.ok()) return;
  for (const std::string& key : answer.rows)
    require(std::find(known.all.begin(), known.all.end(), key) != known.all.end(),
            "a row that does not exist: " + key, sql);
  if (must_be_complete)
    require(
        std::is_permutation(answer.rows.begin(), answer.rows.end(), known.listed.begin(), known.listed.end()),
        "integrity found nothing, but the answer is not complete", sql);
}

void read(const Database& db, std::size_t shape) {
  const std::string match = " FROM t WHERE v MATCH " + shape_of(shape).query;
  db.run("SELECT *" + match + " ORDER BY distance LIMIT 9");
  db.run("SELECT *" + match + " AND k = 9");
  db.run("SELECT distance" + match + " ORDER BY distance DESC");
  db.run("SELECT * FROM t");
  db.run("SELECT count(*) FROM t");

  const std::string key = shape == 1 ? "id" : "rowid";
  const Known known = known_keys(db, key.c_str());
  const bool is_sound = db.run("INSERT INTO t(t) VALUES ('integrity')").ok();
  check_keys(db, known, is_sound, "SELECT " + key + " FROM t");
  check_keys(db, known, is_sound, "SELECT " + key + match);
  check_keys(db, known, is_sound, "SELECT " + key + match + " AND k = 1000");
  check_keys(db, known, false, "SELECT " + key + match + " AND k = 3");
  if (shape >= kFirstCairn)
    check_keys(db, known, false, "SELECT rowid" + match + " AND k = 3 AND recall = 0.5");
  if (shape == 1) {
    db.run("SELECT *" + match +
           " AND k = 9 AND p = 'p1' AND n > 3 AND s > 'a text of more' AND b = 1 AND r < 8");
    db.run("SELECT * FROM t WHERE s LIKE 'a text%' AND x >= 'x'");
    db.run("SELECT distance" + match + " AND id IN ('k1', 'k4', 'none')");
    db.run("SELECT * FROM t WHERE id = 'k5'");
    return;
  }
  check_keys(db, known, false, "SELECT rowid" + match + " AND rowid IN (1, 4, 99)");
  check_keys(db, known, false, "SELECT rowid FROM t WHERE rowid = 5");
  check_keys(db, known, false, "SELECT rowid FROM t WHERE rowid > 5 AND rowid < 1000");
  if (shape == 2) {
    db.run("SELECT *" + match + " AND k = 9 AND p = 1 AND y > 3");
    db.run("SELECT * FROM t WHERE w MATCH vec_bit(x'0102') ORDER BY distance");
  }
  if (shape == 3 || shape == 4)
    db.run("SELECT *" + match + " AND k = 9 AND s >= 'a text of more' AND n IN (1, 2, 19)");
}

void write(const Database& db, std::size_t shape) {
  const std::string key = shape == 1 ? "id = 'k" : "rowid = '";
  const std::string insert = " INTO t" + shape_of(shape).row;
  const auto number = [](std::int64_t n) {
    return std::array{Value{.type = sqlite::ColumnType::integer, .integer = n}};
  };
  db.run("UPDATE t SET v = " + shape_of(shape).query + " WHERE " + key + "4'");
  if (shape == 1)
    db.run(
        "UPDATE t SET n = n + 1, s = 'another text of more than twelve', b = 1 - b, r = r * 2.0, x = 'y', p "
        "= 'p1'");
  if (shape == 2) db.run("UPDATE t SET w = vec_bit(x'FFFF'), y = NULL, p = 1 - p");
  if (shape == 3 || shape == 4) db.run("UPDATE t SET s = 'short' WHERE n > 4");
  for (const char* row : {"1'", "9'", "12'"}) db.run("DELETE FROM t WHERE " + key + row);
  db.run("INSERT" + insert, number(30));
  db.run("INSERT OR REPLACE" + insert, number(5));
  db.run("INSERT OR IGNORE" + insert, number(6));
  for (std::int64_t i = 40; i < 60; ++i) db.run("INSERT" + insert, number(i));
  if (shape >= kFirstCairn) db.run("INSERT INTO t(t) VALUES ('optimize=2')");
  db.run("INSERT INTO t(t) VALUES ('optimize')");
}

void run(Input input) {
  // So that these few rows are kept in memory, searched by bounds, and filed in lists.
  vec0::thresholds().resident_bytes = 1;
  vec0::thresholds().bounded_rows = 1;
  vec0::thresholds().listed_rows = 16;
  vec0::thresholds().filed_rows = 8;
  vec0::thresholds().given_up_percent = 300;  // some are, some are not
  static const std::vector<Image> images = [] {
    std::vector<Image> all;
    for (std::size_t shape = 0; shape < kShapes; ++shape) all.push_back(make_image(shape));
    return all;
  }();
  const std::size_t shape = input.below(kShapes);
  const Database db;
  load(db, images[shape]);
  const std::size_t choice = input.below(16);
  // Half of the inputs damage the table behind a vec0 that has already looked at it.
  if (choice % 2 == 0) read(db, shape);
  while (!input.at_end()) edit(db, input);
  db.run("PRAGMA integrity_check");
  read(db, shape);
  write(db, shape);
  read(db, shape);
  db.run("DELETE FROM t WHERE 1");
  if (choice == 15) db.run("ALTER TABLE t RENAME TO t_new");  // rarely: it takes as long as all the rest
  db.run("DROP TABLE t");
  db.run("DROP TABLE t_new");
}

}  // namespace
}  // namespace cairn::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  cairn::fuzz::run({data, size});
  return 0;
}
