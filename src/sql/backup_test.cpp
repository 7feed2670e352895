#include "cairn/sql/backup.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "base/error_of.hpp"
#include "base/temp_dir.hpp"
#include "cairn/sql/connection.hpp"
#include "cairn/sql/transaction.hpp"

namespace cairn::sql {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class BackupTest : public testing::Test {
 protected:
  BackupTest() : source(ConnectOptions::agent(dir.file("source.db"))), copy(ConnectOptions{}) {
    source.execute("CREATE TABLE t(x)");
    source.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) "
        "INSERT INTO t SELECT randomblob(2000) FROM n");
    source.execute("DELETE FROM t WHERE rowid < 3");
  }

  static std::string content(ConnectionRef db) {
    return db.query_one<std::string>("SELECT group_concat(rowid || hex(x)) FROM t");
  }

  TempDir dir;
  Connection source, copy;
};

TEST_F(BackupTest, CopiesInStepsAndTellsHowFar) {
  std::vector<std::int64_t> left;
  std::int64_t all = 0;
  Backup(source, copy)
      .run({.pages_per_step = 10, .on_progress = [&](std::int64_t remaining, std::int64_t pages) {
              left.push_back(remaining);
              all = pages;
            }});
  EXPECT_EQ(content(copy), content(source));
  EXPECT_EQ(all, source.query_one<std::int64_t>("PRAGMA page_count"));
  EXPECT_EQ(left.size(), static_cast<std::size_t>((all + 9) / 10));
  EXPECT_EQ(left.front(), all - 10);
  EXPECT_EQ(left.back(), 0);
}

TEST_F(BackupTest, WhatTheSourceWritesMeanwhileIsTakenAlong) {
  int steps = 0;
  Backup(source, copy).run({.pages_per_step = 10, .on_progress = [&](auto...) {
                              if (++steps == 3)
                                source.execute("UPDATE t SET x = 'new' WHERE rowid IN (3, 200)");
                            }});
  EXPECT_EQ(content(copy), content(source));
  EXPECT_LT(steps, 20) << "no beginning anew";
}

TEST_F(BackupTest, SomebodyWhoAlwaysWritesDoesNotKeepItFromFinishing) {
  Connection other(ConnectOptions::agent(dir.file("source.db")));
  int steps = 0;
  Backup(source, copy).run({.pages_per_step = 10, .on_progress = [&](auto...) {
                              ++steps;
                              ASSERT_LT(steps, 100);
                              other.execute("UPDATE t SET x = ? WHERE rowid = 3", steps);
                            }});
  EXPECT_GE(copy.query_one<int>("SELECT x FROM t WHERE rowid = 3"), 3);
  EXPECT_EQ(copy.query_one<std::string>("PRAGMA integrity_check"), "ok");
}

TEST_F(BackupTest, AnExceptionOfTheProgressEndsItAndTheDestinationIsAsItWas) {
  copy.execute_script("CREATE TABLE mine(x); INSERT INTO mine VALUES (7)");
  EXPECT_THROW(
      Backup(source, copy)
          .run({.pages_per_step = 10, .on_progress = [](auto...) { throw std::runtime_error("enough"); }}),
      std::runtime_error);
  EXPECT_EQ(copy.query_one<int>("SELECT x FROM mine"), 7);
  Backup(source, copy).run({.pages_per_step = 0});
  EXPECT_EQ(content(copy), content(source));
}

TEST_F(BackupTest, WaitsForALockOnlySoLong) {
  Connection target({.path = dir.file("target.db"), .mode = OpenMode::create, .busy_timeout = 0ms});
  target.execute("CREATE TABLE mine(x)");
  Connection holder({.path = dir.file("target.db")});
  Transaction lock(holder);
  const Error error = error_of([&] { Backup(source, target).run({.busy_timeout = 20ms}); });
  EXPECT_EQ(error.code(), ErrorCode::busy) << error.what();
  EXPECT_EQ(target.query_one<int>("SELECT count(*) FROM mine"), 0);
}

TEST_F(BackupTest, RefusesOpenTransactionsAndUnknownSchemas) {
  EXPECT_EQ(error_of([&] { Backup(source, copy, "nope"); }).code(), ErrorCode::sql);
  const Error same = error_of([&] { Backup(source, source); });
  EXPECT_NE(std::string(same.what()).find("distinct"), std::string::npos) << same.what();
  Transaction tx(source);
  EXPECT_EQ(error_of([&] { Backup(source, copy); }).code(), ErrorCode::invalid_argument);
  EXPECT_EQ(error_of([&] { source.backup_to(dir.file("x.db")); }).code(), ErrorCode::invalid_argument);
  EXPECT_FALSE(fs::exists(dir.file("x.db")));
}

TEST_F(BackupTest, CopiesAnAttachedDatabase) {
  source.execute("ATTACH ? AS side", dir.file("side.db"));
  source.execute_script("CREATE TABLE side.s(x); INSERT INTO side.s VALUES (7)");
  Backup(source, copy, "side").run();
  EXPECT_EQ(copy.query_one<int>("SELECT x FROM s"), 7);
}

TEST_F(BackupTest, ToAFileThatMustBeNew) {
  source.backup_to(dir.file("copy.db"));
  Connection opened({.path = dir.file("copy.db")});
  EXPECT_EQ(content(opened), content(source)) << "rowids stay, too";
  const Error exists = error_of([&] { source.backup_to(dir.file("copy.db")); });
  EXPECT_EQ(exists.code(), ErrorCode::invalid_argument);
  EXPECT_THROW(source.backup_to(
                   dir.file("half.db"),
                   {.pages_per_step = 1, .on_progress = [](auto...) { throw std::runtime_error("enough"); }}),
               std::runtime_error);
  EXPECT_FALSE(fs::exists(dir.file("half.db"))) << "nothing is left of a copy that failed";
  EXPECT_FALSE(fs::exists(dir.file("half.db-journal")));
  EXPECT_EQ(error_of([&] { source.backup_to(dir.file("no/such/copy.db")); }).code(), ErrorCode::io);
}

}  // namespace
}  // namespace cairn::sql
