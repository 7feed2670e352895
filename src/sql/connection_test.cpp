#include "cairn/sql/connection.hpp"

#include <gtest/gtest.h>

#include "base/error_of.hpp"
#include "base/temp_dir.hpp"

namespace cairn::sql {
namespace {

TEST(Connection, AgentOptionsReachTheConnection) {
  TempDir dir;
  Connection db(ConnectOptions::agent(dir.file("a.db")));
  EXPECT_EQ(db.query_one<std::string>("PRAGMA journal_mode"), "wal");
  EXPECT_EQ(db.query_one<int>("PRAGMA synchronous"), 1);
  EXPECT_EQ(db.query_one<int>("PRAGMA foreign_keys"), 1);
  EXPECT_EQ(db.query_one<int>("PRAGMA cache_size"), -64000);
  EXPECT_EQ(db.query_one<std::int64_t>("PRAGMA mmap_size"), std::int64_t{1} << 30);
  EXPECT_EQ(db.query_one<int>("PRAGMA temp_store"), 2);
}

TEST(Connection, EveryOptionIsApplied) {
  TempDir dir;
  ConnectOptions options;
  options.path = dir.file("b.db");
  options.mode = OpenMode::create;
  options.foreign_keys = false;
  options.journal_mode = JournalMode::truncate;
  options.synchronous = Synchronous::extra;
  options.pragmas = {{"user_version", "7"}, {"recursive_triggers", "ON"}};
  bool called = false;
  options.extensions = {[&called](ConnectionRef) { called = true; }};
  Connection db(options);
  EXPECT_TRUE(called);
  EXPECT_EQ(db.query_one<std::string>("PRAGMA journal_mode"), "truncate");
  EXPECT_EQ(db.query_one<int>("PRAGMA synchronous"), 3);
  EXPECT_EQ(db.query_one<int>("PRAGMA foreign_keys"), 0);
  EXPECT_EQ(db.query_one<int>("PRAGMA user_version"), 7);
  EXPECT_EQ(db.query_one<int>("PRAGMA recursive_triggers"), 1);

  options.query_only = true;
  Connection reader(options);
  EXPECT_EQ(error_of([&] { reader.execute("CREATE TABLE t(x)"); }).code(), ErrorCode::read_only);
}

TEST(Connection, ErrorsNameTheFile) {
  TempDir dir;
  ConnectOptions options;
  options.path = dir.file("missing.db");
  const Error missing = error_of([&] { Connection db(options); });
  EXPECT_EQ(missing.code(), ErrorCode::io);
  EXPECT_NE(std::string(missing.what()).find("missing.db"), std::string::npos);

  options = ConnectOptions::agent(dir.write("notes.txt", std::string(5000, 'x')));
  const Error not_a_database = error_of([&] { Connection db(options); });
  EXPECT_EQ(not_a_database.code(), ErrorCode::not_a_database);
  EXPECT_NE(std::string(not_a_database.what()).find("notes.txt"), std::string::npos);
}

TEST(Connection, AnImmutableFileIsReadWithoutCompanyFiles) {
  TempDir dir;
  const std::string path = dir.file("odd?name#100%.db");
  Connection(ConnectOptions::agent(path)).execute_script("CREATE TABLE t(x); INSERT INTO t VALUES (7)");
  Connection db({.path = path, .mode = OpenMode::read_only, .immutable = true});
  EXPECT_EQ(db.query_one<int>("SELECT x FROM t"), 7);
  EXPECT_FALSE(std::filesystem::exists(path + "-shm"));
}

TEST(Connection, DoubleQuotedNamesAreNotStrings) {
  Connection db(ConnectOptions{});
  EXPECT_EQ(error_of([&] { db.prepare("SELECT \"nope\""); }).code(), ErrorCode::sql);
}

TEST(Connection, StatementsAreKeptAlsoForBorrowers) {
  Connection db(ConnectOptions{});
  const Statement* first = &*db.cached("SELECT 1");
  const ConnectionRef borrowed = db;
  Connection moved = std::move(db);
  EXPECT_EQ(&*borrowed.cached("SELECT 1"), first);
  EXPECT_EQ(&*moved.cached("SELECT 1"), first);
}

TEST(Connection, BackupIsACompleteDatabase) {
  TempDir dir;
  Connection db(ConnectOptions::agent(dir.file("c.db")));
  db.execute_script("CREATE TABLE t(x); INSERT INTO t VALUES (1), (2)");
  db.backup_to(dir.file("copy.db"));
  Connection copy({.path = dir.file("copy.db")});
  EXPECT_EQ(copy.query_one<int>("SELECT count(*) FROM t"), 2);
}

}  // namespace
}  // namespace cairn::sql
