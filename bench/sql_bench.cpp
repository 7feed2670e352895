// cairn::sql beside SQLite's C API and SQLiteCpp: the same statements on the same file in one process, in
// turn.
//
//   sql_bench FILE [ROUNDS] [ROWS]
//
// FILE is made. Prints one JSON object: for each task and engine the median time in nanoseconds of one
// operation over ROUNDS rounds, and a checksum of what was read. bench/sql_bench.py adds sqlx and the ratios.
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "cairn/sql/connection.hpp"
#include "cairn/sql/transaction.hpp"
#ifdef CAIRN_BENCH_SQLITECPP
#include <SQLiteCpp/SQLiteCpp.h>
#endif

namespace {

using Clock = std::chrono::steady_clock;

struct Task {
  std::int64_t id;
  std::string title;
  double priority;
  std::optional<std::int64_t> due;
};

constexpr const char* kLookUp = "SELECT id, title, priority, due FROM tasks WHERE id = ?";
constexpr const char* kScan = "SELECT id, title, priority, due FROM tasks LIMIT 10000";
constexpr const char* kInsert = "INSERT INTO inserted(title, priority, due) VALUES (?, ?, ?)";

struct Work {
  std::vector<std::int64_t> ids;  // to look up
  int inserts = 0;
};

// Each engine does the three tasks and answers a checksum, so that none can leave something out.
struct Engine {
  std::function<std::size_t(const Work&)> look_up, insert, scan;
};

std::size_t checksum(const Task& task) {
  return static_cast<std::size_t>(task.id) * 31 + task.title.size() +
         static_cast<std::size_t>(task.due.value_or(7));
}

void require(bool good) {
  if (!good) throw std::runtime_error("the C API failed");
}

// --- SQLite's C API, as a careful programmer uses it: prepared once, results checked.

class RawConnection {
 public:
  explicit RawConnection(const char* path) {
    require(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr) == SQLITE_OK);
    run("PRAGMA synchronous = NORMAL");
    run("PRAGMA cache_size = -64000");
    run("PRAGMA mmap_size = 268435456");
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

Task raw_task(sqlite3_stmt* statement) {
  Task task;
  task.id = sqlite3_column_int64(statement, 0);
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 1));
  task.title.assign(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, 1)));
  task.priority = sqlite3_column_double(statement, 2);
  if (sqlite3_column_type(statement, 3) != SQLITE_NULL) task.due = sqlite3_column_int64(statement, 3);
  return task;
}

Engine raw_engine(RawConnection& raw) {
  return {
      .look_up =
          [&raw](const Work& work) {
            sqlite3_stmt* statement = raw.prepared(kLookUp);
            std::size_t sum = 0;
            for (const std::int64_t id : work.ids) {
              require(sqlite3_bind_int64(statement, 1, id) == SQLITE_OK);
              require(sqlite3_step(statement) == SQLITE_ROW);
              sum += checksum(raw_task(statement));
              sqlite3_reset(statement);
              sqlite3_clear_bindings(statement);
            }
            return sum;
          },
      .insert =
          [&raw](const Work& work) {
            raw.run("BEGIN IMMEDIATE");
            sqlite3_stmt* statement = raw.prepared(kInsert);
            for (int i = 0; i < work.inserts; ++i) {
              require(sqlite3_bind_text(statement, 1, "a task to be done some day", -1, SQLITE_STATIC) ==
                      SQLITE_OK);
              require(sqlite3_bind_double(statement, 2, i * .5) == SQLITE_OK);
              require(sqlite3_bind_int64(statement, 3, i) == SQLITE_OK);
              require(sqlite3_step(statement) == SQLITE_DONE);
              sqlite3_reset(statement);
              sqlite3_clear_bindings(statement);
            }
            raw.run("COMMIT");
            return std::size_t{0};
          },
      .scan =
          [&raw](const Work&) {
            sqlite3_stmt* statement = raw.prepared(kScan);
            std::vector<Task> tasks;
            int code;
            while ((code = sqlite3_step(statement)) == SQLITE_ROW) tasks.push_back(raw_task(statement));
            require(code == SQLITE_DONE);
            sqlite3_reset(statement);
            std::size_t sum = 0;
            for (const Task& task : tasks) sum += checksum(task);
            return sum;
          },
  };
}

// --- cairn::sql

Engine cairn_engine(cairn::sql::Connection& db) {
  return {
      .look_up =
          [&db](const Work& work) {
            std::size_t sum = 0;
            for (const std::int64_t id : work.ids) sum += checksum(db.query_one<Task>(kLookUp, id));
            return sum;
          },
      .insert =
          [&db](const Work& work) {
            cairn::sql::Transaction tx(db);
            for (int i = 0; i < work.inserts; ++i)
              db.execute(kInsert, "a task to be done some day", i * .5, i);
            tx.commit();
            return std::size_t{0};
          },
      .scan =
          [&db](const Work&) {
            std::size_t sum = 0;
            for (const Task& task : db.query_all<Task>(kScan)) sum += checksum(task);
            return sum;
          },
  };
}

#ifdef CAIRN_BENCH_SQLITECPP
Task sqlitecpp_task(SQLite::Statement& statement) {
  Task task;
  task.id = statement.getColumn(0).getInt64();
  task.title = statement.getColumn(1).getString();
  task.priority = statement.getColumn(2).getDouble();
  const SQLite::Column due = statement.getColumn(3);
  if (!due.isNull()) task.due = due.getInt64();
  return task;
}

// It has no cache of statements; its users keep them, and so do we.
struct SqliteCpp {
  explicit SqliteCpp(const char* path) : db(path, SQLite::OPEN_READWRITE) {
    db.exec("PRAGMA synchronous = NORMAL");
    db.exec("PRAGMA cache_size = -64000");
    db.exec("PRAGMA mmap_size = 268435456");
  }
  SQLite::Database db;
  SQLite::Statement look_up{db, kLookUp}, insert{db, kInsert}, scan{db, kScan};
};

Engine sqlitecpp_engine(SqliteCpp& s) {
  return {
      .look_up =
          [&s](const Work& work) {
            std::size_t sum = 0;
            for (const std::int64_t id : work.ids) {
              s.look_up.bind(1, id);
              require(s.look_up.executeStep());
              sum += checksum(sqlitecpp_task(s.look_up));
              s.look_up.reset();
              s.look_up.clearBindings();
            }
            return sum;
          },
      .insert =
          [&s](const Work& work) {
            SQLite::Transaction tx(s.db, SQLite::TransactionBehavior::IMMEDIATE);
            for (int i = 0; i < work.inserts; ++i) {
              s.insert.bindNoCopy(1, "a task to be done some day");
              s.insert.bind(2, i * .5);
              s.insert.bind(3, i);
              s.insert.exec();
              s.insert.reset();
              s.insert.clearBindings();
            }
            tx.commit();
            return std::size_t{0};
          },
      .scan =
          [&s](const Work&) {
            std::vector<Task> tasks;
            while (s.scan.executeStep()) tasks.push_back(sqlitecpp_task(s.scan));
            s.scan.reset();
            std::size_t sum = 0;
            for (const Task& task : tasks) sum += checksum(task);
            return sum;
          },
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

double median(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s FILE [ROUNDS] [ROWS]\n", argv[0]);
    return 2;
  }
  const std::string path = argv[1];
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 15;
  const int rows = argc > 3 ? std::atoi(argv[3]) : 100000;
  make_file(path, rows);

  Work work;
  work.inserts = std::min(rows, 10000);
  std::uint64_t state = 42;
  for (int i = 0; i < std::min(rows, 20000); ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    work.ids.push_back(static_cast<std::int64_t>((state >> 33) % static_cast<std::uint64_t>(rows)) + 1);
  }

  RawConnection raw(path.c_str());
  cairn::sql::Connection db(cairn::sql::ConnectOptions::agent(path));
  std::map<std::string, Engine> engines = {{"raw", raw_engine(raw)}, {"cairn", cairn_engine(db)}};
#ifdef CAIRN_BENCH_SQLITECPP
  SqliteCpp sqlitecpp(path.c_str());
  engines["sqlitecpp"] = sqlitecpp_engine(sqlitecpp);
#endif

  const std::vector<std::pair<std::string, std::function<std::size_t(const Work&)> Engine::*>> tasks = {
      {"look_up", &Engine::look_up}, {"insert", &Engine::insert}, {"scan", &Engine::scan}};
  const std::map<std::string, double> operations = {
      {"look_up", work.ids.size()}, {"insert", work.inserts}, {"scan", std::min(rows, 10000)}};
  std::map<std::string, std::map<std::string, std::vector<double>>> times;
  std::map<std::string, std::size_t> sums;
  for (int round = 0; round <= rounds; ++round)
    for (const auto& [task, member] : tasks)
      for (auto& [name, engine] : engines) {
        if (task == "insert") db.execute("DELETE FROM inserted");
        const auto begin = Clock::now();
        const std::size_t sum = (engine.*member)(work);
        const double ns = std::chrono::duration<double, std::nano>(Clock::now() - begin).count();
        if (sums.emplace(task, sum).first->second != sum)
          throw std::runtime_error(name + " read something else");
        if (round > 0) times[task][name].push_back(ns / operations.at(task));
      }

  std::string json = "{";
  for (const auto& [task, by_engine] : times)
    for (const auto& [name, ns] : by_engine) {
      char entry[128];
      std::snprintf(entry, sizeof entry, "%s\"%s.%s\": %.1f", json.size() > 1 ? ", " : "", task.c_str(),
                    name.c_str(), median(ns));
      json += entry;
    }
  std::printf("%s}\n", json.c_str());
}
