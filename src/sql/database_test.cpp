#include "cairn/sql/database.hpp"

#include <gtest/gtest.h>

#include "base/error_of.hpp"
#include "base/temp_dir.hpp"
#include "cairn/sql/connection.hpp"

namespace cairn::sql {
namespace {

namespace fs = std::filesystem;

TEST(Database, IsMadeFoundAndDropped) {
  TempDir dir;
  const ConnectOptions options{.path = dir.file("tasks.db"), .journal_mode = JournalMode::wal};
  EXPECT_FALSE(database_exists(options));
  EXPECT_FALSE(drop_database(options));
  create_database(options);
  EXPECT_TRUE(database_exists(options));
  EXPECT_EQ(Connection({.path = options.path}).query_one<std::string>("PRAGMA journal_mode"), "wal");
  EXPECT_TRUE(drop_database(options));
  EXPECT_TRUE(fs::is_empty(dir.path()));
}

TEST(Database, ANewOneIsNeverAFileWithoutBytes) {
  TempDir dir;
  create_database({.path = dir.file("plain.db")});
  EXPECT_GT(fs::file_size(dir.file("plain.db")), 0u);
}

TEST(Database, CreatingLeavesOneThatExistsAsItIs) {
  TempDir dir;
  const std::string path = dir.file("a.db");
  create_database({.path = path});
  Connection({.path = path}).execute("CREATE TABLE t(x)");
  create_database({.path = path, .journal_mode = JournalMode::wal});
  Connection db({.path = path});
  EXPECT_EQ(db.query_one<std::string>("PRAGMA journal_mode"), "delete");
  EXPECT_EQ(db.query_one<int>("SELECT count(*) FROM t"), 0);
}

TEST(Database, DroppingTakesTheLogAlong) {
  TempDir dir;
  const std::string path = dir.file("killed.db");
  {
    Connection db(ConnectOptions::agent(path));
    db.execute_script("CREATE TABLE t(x); INSERT INTO t VALUES (1)");
    // As a process leaves them that is killed: with a log that holds everything.
    for (const char* part : {"", "-wal", "-shm"}) fs::copy_file(path + part, dir.file("copy.db") + part);
  }
  EXPECT_TRUE(drop_database({.path = dir.file("copy.db")}));
  EXPECT_TRUE(drop_database({.path = path}));
  EXPECT_TRUE(fs::is_empty(dir.path()));
}

TEST(Database, DroppingTakesTheJournalOfAPersistentModeAlong) {
  TempDir dir;
  const std::string path = dir.file("a.db");
  Connection({.path = path, .mode = OpenMode::create, .journal_mode = JournalMode::persist})
      .execute("CREATE TABLE t(x)");
  ASSERT_TRUE(fs::exists(path + "-journal"));
  EXPECT_TRUE(drop_database({.path = path}));
  EXPECT_TRUE(fs::is_empty(dir.path()));
}

TEST(Database, DroppingRefusesWhatIsNotADatabase) {
  TempDir dir;
  const std::string path = dir.write("thesis.txt", std::string(5000, 'x'));
  dir.write("thesis.txt-journal", "mine");
  const Error error = error_of([&] { drop_database({.path = path}); });
  EXPECT_EQ(error.code(), ErrorCode::not_a_database) << error.what();
  EXPECT_EQ(fs::file_size(path), 5000u);
  EXPECT_TRUE(fs::exists(path + "-journal"));
  EXPECT_EQ(error_of([&] { create_database({.path = path}); }).code(), ErrorCode::not_a_database);
  EXPECT_EQ(error_of([&] { drop_database({.path = dir.path().string()}); }).code(),
            ErrorCode::not_a_database);
}

TEST(Database, DroppingRefusesWhatIsInUse) {
  TempDir dir;
  const std::string path = dir.file("used.db");
  const ConnectOptions drop{.path = path, .busy_timeout = std::chrono::milliseconds(20)};
  {
    Connection user(ConnectOptions::agent(path));
    user.execute_script("CREATE TABLE t(x); INSERT INTO t VALUES (1)");
    EXPECT_EQ(error_of([&] { drop_database(drop); }).code(), ErrorCode::busy);
    EXPECT_EQ(user.query_one<int>("SELECT x FROM t"), 1);
    EXPECT_EQ(user.query_one<std::string>("PRAGMA journal_mode"), "wal");
    user.execute("PRAGMA journal_mode = DELETE");
    user.execute("BEGIN IMMEDIATE");
    EXPECT_EQ(error_of([&] { drop_database(drop); }).code(), ErrorCode::busy);
    user.execute("COMMIT");
  }
  EXPECT_TRUE(drop_database(drop));
}

TEST(Database, DroppingASymbolicLinkRemovesTheFileBehindIt) {
  TempDir dir;
  create_database({.path = dir.file("real.db"), .journal_mode = JournalMode::wal});
  fs::create_symlink(dir.file("real.db"), dir.file("link.db"));
  EXPECT_TRUE(drop_database({.path = dir.file("link.db")}));
  EXPECT_TRUE(fs::is_empty(dir.path()));
}

TEST(Database, ErrorsNameWhatIsMissing) {
  TempDir dir;
  const Error folder = error_of([&] { create_database({.path = dir.file("no/such/a.db")}); });
  EXPECT_EQ(folder.code(), ErrorCode::io);
  EXPECT_NE(std::string(folder.what()).find("no/such'"), std::string::npos) << folder.what();
  EXPECT_FALSE(database_exists({}));
  EXPECT_EQ(error_of([] { create_database({}); }).code(), ErrorCode::invalid_argument);
  EXPECT_EQ(error_of([] { drop_database({}); }).code(), ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace cairn::sql
