#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>
#include <vector>

#include "base/temp_dir.hpp"
#include "cairn/sql/connection.hpp"

namespace cairn::sql {
namespace {

struct Seen {
  std::string path, sql;
  std::chrono::nanoseconds duration;
  std::int64_t returned, changed;
};

class StatementLogTest : public testing::Test {
 protected:
  ConnectOptions options() {
    ConnectOptions logged{.path = dir.file("a.db"), .mode = OpenMode::create};
    logged.on_statement = [this](const StatementEvent& e) {
      seen.push_back({std::string(e.path), std::string(e.sql), e.duration, e.rows_returned, e.rows_changed});
    };
    return logged;
  }

  TempDir dir;
  std::vector<Seen> seen;
};

TEST_F(StatementLogTest, TellsTextRowsAndChangesButNoValues) {
  Connection db(options());
  db.execute_script(
      "CREATE TABLE t(x); CREATE TABLE log(x);"
      "CREATE TRIGGER twice AFTER INSERT ON t BEGIN INSERT INTO log VALUES (1); INSERT INTO log VALUES (2); "
      "END");
  seen.clear();
  db.execute("INSERT INTO t VALUES (?), (?)", "secret", 7);
  ASSERT_EQ(seen.size(), 1u) << "one event, the triggers' statements are part of it";
  EXPECT_EQ(seen[0].sql, "INSERT INTO t VALUES (?), (?)");
  EXPECT_EQ(seen[0].path, dir.file("a.db"));
  EXPECT_EQ(seen[0].changed, 2);
  EXPECT_EQ(seen[0].returned, 0);
  EXPECT_GT(seen[0].duration.count(), 0);
  Statement rows = db.prepare("SELECT x FROM log");
  while (rows.step()) db.query_one<int>("SELECT 1");  // one statement inside another
  ASSERT_EQ(seen.size(), 6u);
  EXPECT_EQ(seen[5].sql, "SELECT x FROM log");
  EXPECT_EQ(seen[5].returned, 4);
  EXPECT_EQ(seen[5].changed, 0);
  EXPECT_EQ(seen[4].returned, 1);
}

TEST_F(StatementLogTest, HearsOfStatementsThatFailAndThatAreLeft) {
  Connection db(options());
  db.execute("CREATE TABLE t(x UNIQUE)");
  db.execute("INSERT INTO t VALUES (1)");
  seen.clear();
  EXPECT_ANY_THROW(db.execute("INSERT INTO t VALUES (1)"));
  db.query_one<int>("SELECT 1 UNION ALL SELECT 2");
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].changed, 0);
  EXPECT_EQ(seen[1].returned, 1);
}

TEST_F(StatementLogTest, OnlySlowStatementsPassTheThreshold) {
  ConnectOptions slow = options();
  slow.slow_threshold = std::chrono::milliseconds(20);
  slow.functions.emplace_back("wait",
                              [](int ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); });
  Connection db(slow);
  db.execute("SELECT 1");
  EXPECT_TRUE(seen.empty());
  db.execute("SELECT wait(21)");
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_GE(seen[0].duration, std::chrono::milliseconds(20));
}

TEST_F(StatementLogTest, AnExceptionOfTheLogIsNobodysTrouble) {
  ConnectOptions options;
  options.on_statement = [](const StatementEvent&) { throw std::runtime_error("disk full"); };
  Connection db(options);
  EXPECT_EQ(Connection(std::move(db)).query_one<int>("SELECT 7"), 7);
}

}  // namespace
}  // namespace cairn::sql
