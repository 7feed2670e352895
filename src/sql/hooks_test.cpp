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
