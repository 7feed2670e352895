#include "cairn/sql/migrator.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/error_of.hpp"
#include "base/temp_dir.hpp"
#include "cairn/error.hpp"
#include "cairn/sql/connection.hpp"

namespace cairn::sql {
namespace {

constexpr Migration kFirst{1, "first", "CREATE TABLE a(x); CREATE TABLE b(x)"};
constexpr Migration kSecond{2, "second", "ALTER TABLE a ADD COLUMN y"};

TEST(Migrator, AppliesEachOnceAndRecordsSqlxsChecksum) {
  Connection db{ConnectOptions{}};
  const Migration first[] = {kFirst};
  const Migration both[] = {kFirst, kSecond};
  EXPECT_EQ(Migrator(first).current_version(db), 0);
  Migrator(first).run(db);
  Migrator(first).run(db);
  EXPECT_EQ(Migrator(first).current_version(db), 1);
  Migrator(both).run(db);
  EXPECT_EQ(Migrator(both).current_version(db), 2);
  EXPECT_EQ(db.query_one<int>("SELECT count(y) FROM a"), 0);
  // SHA-384 of kSecond.sql, as printed by `printf '…' | sha384sum`.
  EXPECT_EQ(
      db.query_one<std::string>("SELECT lower(hex(checksum)) FROM _migrations WHERE version = 2"),
      "9c29e1cccce2b9f920549c04799f3b470f934744130356277c8ccc55904d56559583af93d4eebf7cc50366535f9bbb48");
}

TEST(Migrator, RefusesChangedUnknownAndUnfinishedOnes) {
  Connection db{ConnectOptions{}};
  const Migration both[] = {kFirst, kSecond};
  Migrator(both).run(db);
  const Migration changed[] = {kFirst, {2, "second", "ALTER TABLE a ADD COLUMN z"}};
  EXPECT_EQ(error_of([&] { Migrator(changed).run(db); }).code(), ErrorCode::migration);
  const Migration fewer[] = {kFirst};
  EXPECT_EQ(error_of([&] { Migrator(fewer).run(db); }).code(), ErrorCode::migration);
  db.execute("UPDATE _migrations SET success = FALSE WHERE version = 2");
  EXPECT_EQ(error_of([&] { Migrator(both).run(db); }).code(), ErrorCode::migration);
}

TEST(Migrator, AFailureLeavesNothing) {
  Connection db{ConnectOptions{}};
  const Migration bad[] = {kFirst, {2, "bad", "CREATE TABLE c(x); SELECT nope"}};
  EXPECT_EQ(error_of([&] { Migrator(bad).run(db); }).code(), ErrorCode::migration);
  EXPECT_EQ(db.query_one<int>("SELECT count(*) FROM sqlite_schema"), 0);
}

TEST(Migrator, TwoStartersApplyEachOnce) {
  for (int round = 0; round < 20; ++round) {
    TempDir dir;
    const Migration both[] = {kFirst, kSecond};
    std::atomic<int> failures{0};
    const auto start = [&] {
      try {
        Connection db(ConnectOptions::agent(dir.file("m.db")));
        Migrator(both).run(db);
      } catch (const Error&) {
        ++failures;
      }
    };
    std::thread one(start), two(start);
    one.join();
    two.join();
    ASSERT_EQ(failures, 0);
    Connection db({.path = dir.file("m.db")});
    ASSERT_EQ(db.query_one<int>("SELECT count(*) FROM _migrations"), 2);
  }
}

}  // namespace
}  // namespace cairn::sql
