// Checked SQL beside SQLite's C API as a careful programmer uses it: the same statements on the same file in
// one process, in turn.
//
//   checked_bench FILE [ROUNDS] [ROWS]
//
// FILE is made. Prints one JSON object (sql_task.hpp); bench/checked_bench.py makes ratios of it.
#include <sqlite3.h>

#include <cstdlib>
#include <string_view>

#include "cairn/sql/checked.hpp"
#include "cairn/sql/connection.hpp"
#include "cairn/sql/transaction.hpp"
#include "checked_task.hpp"
#include "sql_task.hpp"

namespace {

using Ids = std::vector<std::int64_t>;

constexpr int kScans = 10;

template <class Row>
std::uint64_t checksum(const Row& row) {
  return static_cast<std::uint64_t>(row.id) * 31 + row.title.size() +
         static_cast<std::uint64_t>(row.due.value_or(7));
}

void require(bool good) {
  if (!good) throw std::runtime_error("the C API failed");
}

// --- SQLite's C API: prepared once, results checked.

struct Row {
  std::int64_t id;
  std::string title;
  std::optional<std::int64_t> due;
};

class Raw {
 public:
  explicit Raw(sqlite3* db)
      : look_up_(prepared(db, LOOK_UP)), scan_(prepared(db, SCAN)), insert_(prepared(db, INSERT)) {}
  ~Raw() {
    for (sqlite3_stmt* statement : {look_up_, scan_, insert_}) sqlite3_finalize(statement);
  }

  Row look_up(std::int64_t id) {
    require(sqlite3_bind_int64(look_up_, 1, id) == SQLITE_OK);
    require(sqlite3_step(look_up_) == SQLITE_ROW);
    Row found = row(look_up_);
    sqlite3_reset(look_up_);
    sqlite3_clear_bindings(look_up_);
    return found;
  }
  std::vector<Row> scan() {
    std::vector<Row> rows;
    int code;
    while ((code = sqlite3_step(scan_)) == SQLITE_ROW) rows.push_back(row(scan_));
    require(code == SQLITE_DONE);
    sqlite3_reset(scan_);
    return rows;
  }
  void insert(std::string_view title, std::int64_t due) {
    require(sqlite3_bind_text(insert_, 1, title.data(), static_cast<int>(title.size()), SQLITE_STATIC) ==
            SQLITE_OK);
    require(sqlite3_bind_int64(insert_, 2, due) == SQLITE_OK);
    require(sqlite3_step(insert_) == SQLITE_DONE);
    sqlite3_reset(insert_);
    sqlite3_clear_bindings(insert_);
  }

 private:
  static sqlite3_stmt* prepared(sqlite3* db, const char* sql) {
    sqlite3_stmt* statement = nullptr;
    require(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) == SQLITE_OK);
    return statement;
  }
  static Row row(sqlite3_stmt* statement) {
    Row row;
    row.id = sqlite3_column_int64(statement, 0);
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 1));
    row.title.assign(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, 1)));
    if (sqlite3_column_type(statement, 2) != SQLITE_NULL) row.due = sqlite3_column_int64(statement, 2);
    return row;
  }

  sqlite3_stmt *look_up_, *scan_, *insert_;
};

struct Checked {
  auto look_up(std::int64_t id) { return CAIRN_SQL(LOOK_UP).one(db, {.id = id}); }
  auto scan() { return CAIRN_SQL(SCAN).all(db); }
  void insert(std::string_view title, std::int64_t due) {
    CAIRN_SQL(INSERT).execute(db, {.title = title, .due = due});
  }
  cairn::sql::Connection& db;
};

// --- The tasks

std::uint64_t look_up(auto& engine, const Ids& ids) {
  std::uint64_t sum = 0;
  for (const std::int64_t id : ids) sum += checksum(engine.look_up(id));
  return sum;
}
std::uint64_t scan(auto& engine) {
  std::uint64_t sum = 0;
  for (int i = 0; i < kScans; ++i)
    for (const auto& row : engine.scan()) sum += checksum(row);
  return sum;
}
std::uint64_t insert(auto& engine, cairn::sql::Connection& db) {
  cairn::sql::Transaction tx(db);
  for (int i = 0; i < bench::kInserts; ++i) engine.insert("a task to be done some day", i);
  tx.rollback();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s FILE [ROUNDS] [ROWS]\n", argv[0]);
    return 2;
  }
  const std::string path = argv[1];
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 100;
  const int rows = argc > 3 ? std::atoi(argv[3]) : 100000;
  std::remove(path.c_str());
  cairn::sql::Connection db(cairn::sql::ConnectOptions::agent(path));
  db.execute_script(
      "CREATE TABLE tasks(id INTEGER PRIMARY KEY, title TEXT NOT NULL, due INTEGER);"
      "CREATE TABLE inserted(id INTEGER PRIMARY KEY, title TEXT NOT NULL, due INTEGER)");
  db.execute(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
      "INSERT INTO tasks SELECT i, 'task number ' || i, iif(i % 3, i * 60, NULL) FROM n",
      rows);
  const Ids ids = bench::ids_to_look_up(rows);

  // Both on one connection, whose page cache is then the same for both.
  Raw raw(db.handle());
  Checked checked{db};
  bench::Report report;
  for (int round = 0; round <= rounds; ++round) {
    // Who comes first finds other caches than who comes after, so they take turns at that.
    for (const bool is_raw : {round % 2 == 0, round % 2 != 0}) {
      const auto with = [&](auto&& work) { return is_raw ? work(raw) : work(checked); };
      const std::string name = is_raw ? "raw" : "checked";
      report.measure("look_up", name, bench::kLookUps,
                     [&] { return with([&](auto& e) { return look_up(e, ids); }); });
      db.execute("BEGIN");
      report.measure("look_up_in_one", name, bench::kLookUps,
                     [&] { return with([&](auto& e) { return look_up(e, ids); }); });
      db.execute("COMMIT");
      report.measure("insert", name, bench::kInserts,
                     [&] { return with([&](auto& e) { return insert(e, db); }); });
      report.measure("scan", name, kScans * std::min(rows, 1000),
                     [&] { return with([&](auto& e) { return scan(e); }); });
    }
  }
  report.print();
}
