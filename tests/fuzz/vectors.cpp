// Any two values as arguments of all functions, of vec_each, and as what is inserted and matched.
#include "support.hpp"

namespace cairn::fuzz {
namespace {

const char* const kAsVector[] = {"?", "vec_f32(?", "vec_int8(?", "vec_bit(?"};

// The expression of parameter `number`, as one of the three types or as it is.
std::string as_vector(std::size_t type, int number) {
  return kAsVector[type] + std::to_string(number) + (type == 0 ? "" : ")");
}

// Lives as long as the program, so that a table's statements are made once; an input's changes are rolled
// back.
struct Tables : Database {
  Tables() {
    execute_script(
        "CREATE VIRTUAL TABLE l2 USING vec0(v float[4], +x text, chunk_size=8);"
        "CREATE VIRTUAL TABLE l1 USING vec0(v float[3] distance_metric=l1, s text, n integer, r float, b "
        "boolean, "
        "chunk_size=8);"
        "CREATE VIRTUAL TABLE cosine USING vec0(id text primary key, v float[4] distance_metric=cosine, p "
        "text "
        "partition key, chunk_size=8);"
        "CREATE VIRTUAL TABLE int8 USING vec0(v int8[8], chunk_size=8);"
        "CREATE VIRTUAL TABLE bits USING vec0(v bit[16], chunk_size=8);");
  }
};

void functions(const Database& db, std::span<const Value> values, const std::string& a,
               const std::string& b) {
  for (const char* name : {"vec_length", "vec_type", "vec_to_json", "vec_normalize", "vec_quantize_binary",
                           "vec_f32", "vec_int8", "vec_bit"})
    db.run(std::string("SELECT ") + name + "(" + a + ")", values);
  for (const char* name : {"vec_distance_l2", "vec_distance_l1", "vec_distance_cosine",
                           "vec_distance_hamming", "vec_add", "vec_sub"}) {
    const Outcome forth = db.run(std::string("SELECT ") + name + "(" + a + ", " + b + ")", values);
    const Outcome back = db.run(std::string("SELECT ") + name + "(" + b + ", " + a + ")", values);
    require(forth.ok() == back.ok(), "an error in one direction only", name);
  }
  db.run("SELECT vec_slice(" + a + ", ?3, ?4)", values);
  db.run("SELECT vec_quantize_int8(" + a + ", ?2)", values);
  db.run("SELECT vec_quantize_int8(" + a + ", 'unit')", values);
  db.run("SELECT vec_version(), vec_debug()", values);

  const Outcome length = db.run("SELECT vec_length(" + a + ")", values);
  const Outcome elements = db.run("SELECT count(*), sum(value), max(rowid) FROM vec_each(" + a + ")", values);
  require(length.ok() == elements.ok(), "vec_length and vec_each disagree", a);
  if (length.ok()) require(length.rows == elements.rows, "vec_each has another number of elements", a);
}

void insert_and_match(const Database& db, std::span<const Value> values, const char* table,
                      const std::string& columns, const std::string& a, const std::string& b) {
  const std::string name = table;
  const Outcome inserted = db.run("INSERT INTO " + name + columns, values);
  require(db.run("SELECT count(*) FROM " + name).rows[0] == (inserted.ok() ? "1" : "0"),
          "INSERT succeeded without a row, or failed with one", name);
  if (inserted.ok())
    require(db.run("SELECT v FROM " + name).rows == db.run("SELECT " + a, values).rows ||
                db.run("SELECT v FROM " + name).rows == db.run("SELECT vec_f32(" + a + ")", values).rows ||
                db.run("SELECT v FROM " + name).rows == db.run("SELECT vec_int8(" + a + ")", values).rows,
            "another vector came back", name);
  const Outcome nearest = db.run(
      "SELECT rowid, distance FROM " + name + " WHERE v MATCH " + b + " ORDER BY distance LIMIT 5", values);
  if (nearest.ok())
    require(nearest.rows.size() == (inserted.ok() ? 1 : 0), "MATCH finds another number of rows", name);
  db.run("SELECT rowid, distance FROM " + name + " WHERE v MATCH " + b + " AND k = ?3", values);
  db.run("SELECT rowid FROM " + name + " WHERE v MATCH " + b + " AND distance < ?4 AND rowid IN (?3, ?4, ?1)",
         values);
  db.run("SELECT rowid FROM " + name + " WHERE rowid = ?3 OR rowid > ?4", values);
  db.run("UPDATE " + name + " SET v = " + b, values);
  db.run("SELECT * FROM " + name);
  db.run("DELETE FROM " + name);
  require(db.run("SELECT count(*) FROM " + name).rows[0] == "0", "DELETE left a row", name);
}

void run(Input input) {
  const std::size_t type_a = input.below(4), type_b = input.below(4);
  const Value values[] = {take_value(input), take_value(input), take_value(input), take_value(input)};
  const std::string a = as_vector(type_a, 1), b = as_vector(type_b, 2);
  static const Tables db;
  db.execute("BEGIN");
  functions(db, values, a, b);
  insert_and_match(db, values, "l2", "(v, x) VALUES (" + a + ", 'x')", a, b);
  insert_and_match(db, values, "l1",
                   "(rowid, v, s, n, r, b) VALUES (7, " + a + ", 'a text of some length', 5, 0.5, 1)", a, b);
  insert_and_match(db, values, "int8", "(v) VALUES (" + a + ")", a, b);
  insert_and_match(db, values, "bits", "(v) VALUES (" + a + ")", a, b);
  db.run("INSERT INTO cosine VALUES (?3, " + a + ", ?4)", values);
  db.run("SELECT id, distance FROM cosine WHERE v MATCH " + b + " AND p = ?4 AND k = 3", values);
  db.run("SELECT * FROM cosine WHERE id IN (?3, ?4) OR p IS ?4", values);
  db.run("INSERT INTO l1(rowid, v, s, n, r, b) VALUES (?3, '[1,2,3]', ?4, ?4, ?4, ?4)", values);
  db.run("INSERT INTO l1(rowid, v, s, n, r, b) VALUES (9, '[1,2,3]', 'a text of some length', 5, 0.5, 1)",
         values);
  for (const char* column : {"s", "n", "r", "b"})
    db.run(std::string("SELECT rowid FROM l1 WHERE v MATCH '[1,2,3]' AND k = 5 AND ") + column +
               " >= ?3 AND " + column + " IN (?3, ?4) AND " + column + " LIKE ?4",
           values);
  db.execute("ROLLBACK");
}

}  // namespace
}  // namespace cairn::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  cairn::fuzz::run({data, size});
  return 0;
}
