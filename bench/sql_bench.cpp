// cairn::sql beside SQLite's C API and SQLiteCpp: the same statements on the same file in one process, in
// turn, with the same settings.
//
//   sql_bench FILE [ROUNDS] [ROWS]
//
// FILE is made. Prints one JSON object (sql_task.hpp). bench/sql_bench.py adds the pool, sqlx and the ratios.
#include <sqlite3.h>

#include <cstdlib>
#include <functional>

#include "cairn/sql/connection.hpp"
#include "cairn/sql/transaction.hpp"
#include "sql_task.hpp"
#ifdef CAIRN_BENCH_SQLITECPP
#include <SQLiteCpp/SQLiteCpp.h>
#endif

namespace {

using bench::kInsert;
using bench::kLookUp;
using bench::kScan;
using bench::Row;
using Ids = std::vector<std::int64_t>;

struct Engine {
  std::string name;
  std::function<std::uint64_t(const Ids&)> look_up;
  std::function<std::uint64_t()> insert, scan;
  std::function<void(const char*)> run;
};

std::uint64_t sum_of(const std::vector<Row>& rows) {
  std::uint64_t sum = 0;
  for (const Row& row : rows) sum += bench::checksum(row);
  return sum;
}

// What ConnectOptions::agent sets, for those that have no such thing.
constexpr const char* kSettings =
    "PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;"
    "PRAGMA cache_size = -64000; PRAGMA mmap_size = 1073741824";

void require(bool good) {
  if (!good) throw std::runtime_error("the C API failed");
}

// --- SQLite's C API, as a careful programmer uses it: prepared once, results checked.

class RawConnection {
 public:
  explicit RawConnection(const char* path) {
    require(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr) == SQLITE_OK);
    run(kSettings);
  }
  ~RawConnection() {
    for (auto& [sql, statement] : statements_) sqlite3_finalize(statement);
    sqlite3_close(db);
  }
  void run(const char* sql) { require(sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK); }
  sqlite3_stmt* prepared(const char* sql) {
    sqlite3_stmt*& statement = statements_[sql];
    if (!statement)
      require(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) == SQLITE_OK);
    return statement;
  }
  sqlite3* db = nullptr;

 private:
  std::map<const char*, sqlite3_stmt*> statements_;
};

Row raw_row(sqlite3_stmt* statement) {
  Row row;
  row.id = sqlite3_column_int64(statement, 0);
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 1));
  row.title.assign(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, 1)));
  row.priority = sqlite3_column_double(statement, 2);
  if (sqlite3_column_type(statement, 3) != SQLITE_NULL) row.due = sqlite3_column_int64(statement, 3);
  return row;
}

Engine raw_engine(RawConnection& raw) {
  return {
      .name = "raw",
      .look_up =
          [&raw](const Ids& ids) {
            sqlite3_stmt* statement = raw.prepared(kLookUp);
            std::uint64_t sum = 0;
            for (const std::int64_t id : ids) {
              require(sqlite3_bind_int64(statement, 1, id) == SQLITE_OK);
              require(sqlite3_step(statement) == SQLITE_ROW);
              sum += bench::checksum(raw_row(statement));
              sqlite3_reset(statement);
              sqlite3_clear_bindings(statement);
            }
            return sum;
          },
      .insert =
          [&raw] {
            raw.run("BEGIN IMMEDIATE");
            sqlite3_stmt* statement = raw.prepared(kInsert);
            for (int i = 0; i < bench::kInserts; ++i) {
              require(sqlite3_bind_text(statement, 1, "a task to be done some day", -1, SQLITE_STATIC) ==
                      SQLITE_OK);
              require(sqlite3_bind_double(statement, 2, i * .5) == SQLITE_OK);
              require(sqlite3_bind_int64(statement, 3, i) == SQLITE_OK);
              require(sqlite3_step(statement) == SQLITE_DONE);
              sqlite3_reset(statement);
              sqlite3_clear_bindings(statement);
            }
            raw.run("COMMIT");
            return std::uint64_t{0};
          },
      .scan =
          [&raw] {
            sqlite3_stmt* statement = raw.prepared(kScan);
            std::vector<Row> rows;
            int code;
            while ((code = sqlite3_step(statement)) == SQLITE_ROW) rows.push_back(raw_row(statement));
            require(code == SQLITE_DONE);
            sqlite3_reset(statement);
            return sum_of(rows);
          },
      .run = [&raw](const char* sql) { raw.run(sql); },
  };
}

// --- cairn::sql

Engine cairn_engine(cairn::sql::Connection& db) {
  return {
      .name = "cairn",
      .look_up =
          [&db](const Ids& ids) {
            std::uint64_t sum = 0;
            for (const std::int64_t id : ids) sum += bench::checksum(db.query_one<Row>(kLookUp, id));
            return sum;
          },
      .insert =
          [&db] {
            cairn::sql::Transaction tx(db);
            for (int i = 0; i < bench::kInserts; ++i)
              db.execute(kInsert, "a task to be done some day", i * .5, i);
            tx.commit();
            return std::uint64_t{0};
          },
      .scan = [&db] { return sum_of(db.query_all<Row>(kScan)); },
      .run = [&db](const char* sql) { db.execute(sql); },
  };
}

#ifdef CAIRN_BENCH_SQLITECPP
Row sqlitecpp_row(SQLite::Statement& statement) {
  Row row;
  row.id = statement.getColumn(0).getInt64();
  row.title = statement.getColumn(1).getString();
  row.priority = statement.getColumn(2).getDouble();
  const SQLite::Column due = statement.getColumn(3);
  if (!due.isNull()) row.due = due.getInt64();
  return row;
}

// It has no cache of statements; its users keep them, and so do we.
struct SqliteCpp {
  explicit SqliteCpp(const char* path) : db(path, SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX) {
    db.exec(kSettings);
  }
  SQLite::Database db;
  SQLite::Statement look_up{db, kLookUp}, insert{db, kInsert}, scan{db, kScan};
};

Engine sqlitecpp_engine(SqliteCpp& s) {
  return {
      .name = "sqlitecpp",
      .look_up =
          [&s](const Ids& ids) {
            std::uint64_t sum = 0;
            for (const std::int64_t id : ids) {
              s.look_up.bind(1, id);
              require(s.look_up.executeStep());
              sum += bench::checksum(sqlitecpp_row(s.look_up));
              s.look_up.reset();
              s.look_up.clearBindings();
            }
            return sum;
          },
      .insert =
          [&s] {
            SQLite::Transaction tx(s.db, SQLite::TransactionBehavior::IMMEDIATE);
            for (int i = 0; i < bench::kInserts; ++i) {
              s.insert.bindNoCopy(1, "a task to be done some day");
              s.insert.bind(2, i * .5);
              s.insert.bind(3, i);
              s.insert.exec();
              s.insert.reset();
              s.insert.clearBindings();
            }
            tx.commit();
            return std::uint64_t{0};
          },
      .scan =
          [&s] {
            std::vector<Row> rows;
            while (s.scan.executeStep()) rows.push_back(sqlitecpp_row(s.scan));
            s.scan.reset();
            return sum_of(rows);
          },
      .run = [&s](const char* sql) { s.db.exec(sql); },
  };
}
#endif

void make_file(const std::string& path, int rows) {
  std::remove(path.c_str());
  auto options = cairn::sql::ConnectOptions::agent(path);
  cairn::sql::Connection db(options);
  db.execute_script(
      "CREATE TABLE tasks(id INTEGER PRIMARY KEY, title TEXT NOT NULL, priority REAL NOT NULL, due INTEGER);"
      "CREATE TABLE inserted(id INTEGER PRIMARY KEY, title TEXT NOT NULL, priority REAL NOT NULL, due "
      "INTEGER)");
  db.execute(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
      "INSERT INTO tasks SELECT i, 'task number ' || i, i * 0.5, iif(i % 3, i * 60, NULL) FROM n",
      rows);
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
  make_file(path, rows);
  const Ids ids = bench::ids_to_look_up(rows);

  RawConnection raw(path.c_str());
  cairn::sql::Connection db(cairn::sql::ConnectOptions::agent(path));
  std::vector<Engine> engines = {raw_engine(raw), cairn_engine(db)};
#ifdef CAIRN_BENCH_SQLITECPP
  SqliteCpp sqlitecpp(path.c_str());
  engines.push_back(sqlitecpp_engine(sqlitecpp));
#endif

  bench::Report report;
  for (int round = 0; round <= rounds; ++round) {
    // Who comes first finds other caches than who comes after, so they take turns at that.
    std::rotate(engines.begin(), engines.begin() + 1, engines.end());
    for (const Engine& engine : engines)
      report.measure("look_up", engine.name, bench::kLookUps, [&] { return engine.look_up(ids); });
    for (const Engine& engine : engines)
      report.measure("look_up_in_one", engine.name, bench::kLookUps, [&] {
        engine.run("BEGIN");
        const std::uint64_t sum = engine.look_up(ids);
        engine.run("COMMIT");
        return sum;
      });
    for (const Engine& engine : engines) {
      engine.run("DELETE FROM inserted");  // on the connection that inserts, whose page cache stays good
      report.measure("insert", engine.name, bench::kInserts, engine.insert);
    }
    for (const Engine& engine : engines)
      report.measure("scan", engine.name, std::min(rows, bench::kScanned), engine.scan);
  }
  report.print();
}
