#include "cairn/sql/hooks.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

#include "base/error_of.hpp"
#include "cairn/sql/connection.hpp"

namespace cairn::sql {
namespace {

TEST(Hooks, AnUpdateHookHearsOfEveryRow) {
  Connection db(ConnectOptions{});
  db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
  std::vector<std::string> heard;
  db.on_update([&heard](const RowChange& change) {
    const char* names[] = {"insert", "update", "delete"};
    heard.push_back(std::string(names[static_cast<int>(change.operation)]) + ' ' +
                    std::string(change.database) + '.' + std::string(change.table) + ' ' +
                    std::to_string(change.rowid));
  });
  Connection moved(std::move(db));
  moved.execute_script("INSERT INTO t VALUES (7, 1); UPDATE t SET x = 2; DELETE FROM t WHERE x = 2");
  EXPECT_EQ(heard, (std::vector<std::string>{"insert main.t 7", "update main.t 7", "delete main.t 7"}));
  moved.on_update(nullptr);
  moved.execute("INSERT INTO t VALUES (8, 1)");
  EXPECT_EQ(heard.size(), 3u);
}

TEST(Hooks, APreupdateHookSeesTheValues) {
  Connection db(ConnectOptions{});
  db.execute_script(
      "CREATE TABLE t(id INTEGER PRIMARY KEY, x); CREATE TABLE log(x);"
      "CREATE TRIGGER copy AFTER DELETE ON t BEGIN INSERT INTO log VALUES (old.x); END");
  std::vector<std::string> heard;
  db.on_preupdate([&heard](const PendingChange& change) {
    std::string line = std::string(change.table) + '/' + std::to_string(change.column_count) + '/' +
                       std::to_string(change.depth);
    if (change.operation != RowOperation::insert)
      line += " -" + change.old_value(change.column_count - 1).get<std::string>();
    if (change.operation != RowOperation::delete_)
      line += " +" + change.new_value(change.column_count - 1).get<std::string>();
    heard.push_back(line);
    change.new_value(99);  // throws, which is swallowed
  });
  db.execute_script("INSERT INTO t VALUES (7, 'a'); UPDATE t SET x = 'b'; DELETE FROM t");
  EXPECT_EQ(heard, (std::vector<std::string>{"t/2/0 +a", "t/2/0 -a +b", "t/2/0 -b", "log/1/1 +b"}));
  db.on_preupdate(nullptr);
  db.execute("INSERT INTO t VALUES (8, 'c')");
  EXPECT_EQ(heard.size(), 4u);
  db.on_preupdate([](const PendingChange&) {});  // still there when the connection closes
}

TEST(Hooks, ACommitHookMayRefuse) {
  Connection db(ConnectOptions{});
  db.execute("CREATE TABLE t(x)");
  int rollbacks = 0;
  db.on_rollback([&rollbacks] { ++rollbacks; });
  db.on_commit([] { return false; });
  const Error refused = error_of([&] { db.execute("INSERT INTO t VALUES (1)"); });
  EXPECT_EQ(refused.code(), ErrorCode::constraint) << refused.what();
  db.on_commit([]() -> bool { throw std::runtime_error("no"); });
  EXPECT_EQ(error_of([&] { db.execute("INSERT INTO t VALUES (1)"); }).code(), ErrorCode::constraint);
  EXPECT_EQ(rollbacks, 2);
  EXPECT_EQ(db.query_one<int>("SELECT count(*) FROM t"), 0);
  db.on_commit([] { return true; });
  db.execute("INSERT INTO t VALUES (1)");
  db.on_commit(nullptr);
  db.execute("INSERT INTO t VALUES (1)");
  EXPECT_EQ(db.query_one<int>("SELECT count(*) FROM t"), 2);
}

TEST(Hooks, ARollbackHookIsNotCalledAtTheEnd) {
  int rollbacks = 0;
  {
    Connection db(ConnectOptions{});
    db.on_rollback([&rollbacks] { ++rollbacks; });
    db.execute_script("BEGIN; CREATE TABLE t(x); ROLLBACK; BEGIN; CREATE TABLE t(x)");
  }
  EXPECT_EQ(rollbacks, 1);
}

constexpr const char* long_query =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT max(i) FROM n";

TEST(Hooks, AProgressHookIsCalledAndMayStop) {
  Connection db(ConnectOptions{});
  int calls = 0;
  db.on_progress(1000, [&calls] { return ++calls, true; });
  EXPECT_EQ(db.query_one<int>(long_query), 100000);
  EXPECT_GT(calls, 100);
  db.on_progress(1000, [] { return false; });
  EXPECT_EQ(error_of([&] { db.execute(long_query); }).code(), ErrorCode::interrupted);
  db.on_progress(1000, []() -> bool { throw std::runtime_error("no"); });
  EXPECT_EQ(error_of([&] { db.execute(long_query); }).code(), ErrorCode::interrupted);
  db.on_progress(0, nullptr);
  EXPECT_EQ(db.query_one<int>(long_query), 100000);
}

}  // namespace
}  // namespace cairn::sql
