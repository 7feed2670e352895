#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <thread>

#include "base/error_of.hpp"
#include "base/temp_dir.hpp"
#include "cairn/sql/migrator.hpp"
#include "cairn/testing.hpp"

namespace cairn::testing {
namespace {

namespace fs = std::filesystem;
using Migrations = std::vector<sql::Migration>;

// A root of its own for each test.
class TestDatabaseTest : public ::testing::Test {
 protected:
  TestDatabaseTest() { setenv("CAIRN_TEST_DIR", dir_.file("root").c_str(), 1); }
  ~TestDatabaseTest() override { unsetenv("CAIRN_TEST_DIR"); }

  std::set<std::string> in(const std::string& folder) const {
    std::set<std::string> names;
    if (fs::exists(dir_.path() / folder))
      for (const auto& entry : fs::directory_iterator(dir_.path() / folder))
        names.insert(entry.path().filename());
    return names;
  }
  std::size_t templates() const { return in("root/templates").size(); }
  TestDatabaseOptions with_fixtures() const {
    TestDatabaseOptions options;
    options.fixtures_folder = dir_.path();
    return options;
  }

  TempDir dir_;
  const Migrations migrations_ = {
      {1, "notes", "CREATE TABLE notes(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)"},
      {2, "more", "INSERT INTO notes VALUES (1, 'from a migration')"}};
};

TEST_F(TestDatabaseTest, EachIsFreshAndMigrated) {
  for (int i = 0; i < 3; ++i) {
    TestDatabase database("fresh", migrations_);
    sql::Connection db = database.connect();
    EXPECT_EQ(db.query_all<std::string>("SELECT text FROM notes"),
              std::vector<std::string>{"from a migration"});
    EXPECT_EQ(db.query_one<std::string>("PRAGMA journal_mode"), "wal");
    EXPECT_EQ(sql::Migrator(migrations_).run(db), 0u) << "the ledger is there";
    database.pool().write(
        [](sql::Transaction& tx) { tx.execute("INSERT INTO notes(text) VALUES ('mine')"); });
    EXPECT_EQ(db.query_one<int>("SELECT count(*) FROM notes"), 2);
  }
}

TEST_F(TestDatabaseTest, MigrationsRunOnce) {
  int runs = 0;
  TestDatabaseOptions options;
  options.connect.functions.emplace_back("note_run", [&runs] { return ++runs; });
  const Migrations migrations = {{1, "run", "CREATE TABLE t(x); INSERT INTO t VALUES (note_run())"}};
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(TestDatabase("once", migrations, options).connect().query_one<int>("SELECT x FROM t"), 1);
  EXPECT_EQ(runs, 1);
}

TEST_F(TestDatabaseTest, WhatShapesTheFileHasATemplateOfItsOwn) {
  TestDatabase("a", migrations_);
  TestDatabase("b", migrations_);
  EXPECT_EQ(templates(), 1u);

  Migrations more = migrations_;
  more.push_back({3, "authors", "ALTER TABLE notes ADD COLUMN author"});
  EXPECT_EQ(TestDatabase("a", more).connect().query_one<int>("SELECT count(author) FROM notes"), 0);
  EXPECT_EQ(templates(), 2u);
  more.back().sql = "ALTER TABLE notes ADD COLUMN writer";
  EXPECT_EQ(TestDatabase("a", more).connect().query_one<int>("SELECT count(writer) FROM notes"), 0);
  EXPECT_EQ(templates(), 3u);

  TestDatabaseOptions options;
  options.connect.page_size = 1024;
  EXPECT_EQ(TestDatabase("a", migrations_, options).connect().query_one<int>("PRAGMA page_size"), 1024);
  options.connect.journal_mode = sql::JournalMode::delete_;
  EXPECT_EQ(TestDatabase("a", migrations_, options).connect().query_one<std::string>("PRAGMA journal_mode"),
            "delete");
  EXPECT_EQ(templates(), 5u);
}

TEST_F(TestDatabaseTest, TemplatesOfAnEarlierBuildGo) {
  TestDatabase("a", migrations_);
  const std::string name = *in("root/templates").begin();
  const std::string old = name.substr(0, 9) + "00000000" + name.substr(17),
                    foreign = "00000000" + name.substr(8);
  dir_.write("root/templates/" + old, "");
  dir_.write("root/templates/" + foreign, "");
  const Migrations others = {{1, "other", "CREATE TABLE other(x)"}};
  TestDatabase("a", others);
  EXPECT_FALSE(in("root/templates").contains(old));
  EXPECT_TRUE(in("root/templates").contains(foreign)) << "that is another program's";
  EXPECT_TRUE(in("root/templates").contains(name));
}

TEST_F(TestDatabaseTest, NothingIsLeftButTheTemplate) {
  {
    TestDatabase database("gone", migrations_);
    database.pool().write([](sql::Transaction& tx) { tx.execute("DELETE FROM notes"); });
    EXPECT_EQ(in("root").size(), 2u);
  }
  EXPECT_EQ(in("root"), std::set<std::string>{"templates"});
}

TEST_F(TestDatabaseTest, StaysWhenKeptUntilTheNextOfItsName) {
  std::string path;
  {
    TestDatabase database("kept", migrations_);
    database.keep();
    path = database.path();
  }
  EXPECT_TRUE(fs::exists(path));
  TestDatabase("kept-not", migrations_);
  EXPECT_TRUE(fs::exists(path)) << "that was another's name";
  TestDatabase("kept", migrations_);
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(TestDatabaseTest, StaysWhenAnExceptionEndsTheTest) {
  std::string path;
  EXPECT_THROW(
      {
        TestDatabase database("thrown", migrations_);
        path = database.path();
        database.connect().execute("nonsense");
      },
      Error);
  EXPECT_TRUE(fs::exists(path));
}

TEST_F(TestDatabaseTest, AFailingMigrationIsToldAndLeavesNothing) {
  const Migrations broken = {{1, "broken", "CREATE TABLE t(x);\nINSERT INTO nowhere VALUES (1)"}};
  const Error error = error_of([&] { TestDatabase("broken", broken); });
  EXPECT_EQ(error.code(), ErrorCode::migration);
  EXPECT_NE(std::string(error.what()).find("line:2: "), std::string::npos) << error.what();
  EXPECT_EQ(in("root").size(), 0u);
}

TEST_F(TestDatabaseTest, FixturesRunInOrder) {
  dir_.write("notes.sql", "INSERT INTO notes VALUES (7, 'seven');\nINSERT INTO notes VALUES (8, 'eight');");
  dir_.write("people/ada.sql", "UPDATE notes SET text = 'ada' WHERE id = 7;");
  TestDatabase database("fixtures", migrations_, with_fixtures());
  database.fixtures({"notes", "people/ada"});
  EXPECT_EQ(database.connect().query_all<std::string>("SELECT text FROM notes ORDER BY id"),
            (std::vector<std::string>{"from a migration", "ada", "eight"}));
}

TEST_F(TestDatabaseTest, AWrongFixtureNamesItsLineAndLeavesNothing) {
  const std::string path = dir_.write(
      "wrong.sql", "INSERT INTO notes VALUES (7, 'seven');\n\nINSERT INTO notes VALUES (8, 'seven');");
  const std::string begins = dir_.write("begins.sql", "BEGIN; DELETE FROM notes; COMMIT;");
  TestDatabase database("fixtures", migrations_, with_fixtures());

  const Error error = error_of([&] { database.fixtures({"wrong"}); });
  EXPECT_EQ(error.code(), ErrorCode::unique);
  EXPECT_TRUE(std::string_view(error.what()).starts_with(path + ":3: ")) << error.what();
  const Error begun = error_of([&] { database.fixtures({"begins"}); });
  EXPECT_EQ(begun.code(), ErrorCode::invalid_argument);
  EXPECT_TRUE(std::string_view(begun.what()).starts_with(begins + ":1: BEGIN in a script")) << begun.what();
  const Error none = error_of([&] { database.fixtures({"none"}); });
  EXPECT_EQ(none.code(), ErrorCode::not_found);
  EXPECT_NE(std::string(none.what()).find(dir_.file("none.sql")), std::string::npos) << none.what();

  EXPECT_EQ(database.connect().query_one<int>("SELECT count(*) FROM notes"), 1);
}

TEST_F(TestDatabaseTest, FixturesCanHaveVectors) {
  dir_.write("vectors.sql",
             "CREATE TABLE vectors(v BLOB); INSERT INTO vectors VALUES (test_embedding(4, 0.5));");
  TestDatabase database("vectors", migrations_, with_fixtures());
  database.fixtures({"vectors"});
  EXPECT_EQ(database.connect().query_one<std::vector<float>>("SELECT v FROM vectors"),
            test_embedding(4, 0.5F));
}

TEST_F(TestDatabaseTest, AFolderThatCannotBeIsAnError) {
  setenv("CAIRN_TEST_DIR", dir_.write("file", "").c_str(), 1);
  const Error error = error_of([&] { TestDatabase("x", migrations_); });
  EXPECT_EQ(error.code(), ErrorCode::io);
  EXPECT_NE(std::string(error.what()).find("CAIRN_TEST_DIR"), std::string::npos) << error.what();
}

void use(const Migrations& migrations, int times) {
  for (int i = 0; i < times; ++i) {
    TestDatabase database("same name", migrations);
    database.pool().write(
        [](sql::Transaction& tx) { tx.execute("INSERT INTO notes(text) VALUES ('mine')"); });
    if (database.connect().query_one<int>("SELECT count(*) FROM notes") != 2)
      throw std::runtime_error("somebody else wrote");
  }
}

TEST_F(TestDatabaseTest, ThreadsAndProcessesRunSideBySide) {
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      try {
        use(migrations_, 15);
      } catch (const std::exception& e) {
        fprintf(stderr, "%s\n", e.what());
        _exit(1);
      }
      _exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { EXPECT_NO_THROW(use(migrations_, 15)); });
  threads.clear();
  EXPECT_EQ(in("root"), std::set<std::string>{"templates"});
  EXPECT_EQ(templates(), 1u);
}

TEST_F(TestDatabaseTest, WhatADeadProcessLeftGoes) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    TestDatabase database("killed", migrations_);
    database.pool().write([](sql::Transaction& tx) { tx.execute("DELETE FROM notes"); });
    _exit(0);
  }
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_EQ(in("root").size(), 2u);
  TestDatabase("killed", migrations_);
  EXPECT_EQ(in("root"), std::set<std::string>{"templates"});
}

}  // namespace
}  // namespace cairn::testing
