#include "sqlite/wal_changes.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "sqlite/wal_test_support.hpp"

namespace cairn::sqlite {
namespace {

using Pages = std::optional<std::vector<std::uint32_t>>;

struct WalChangesTest : testing::Test {
  WalChangesTest() {
    reader.run("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0");
    writer.run("PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = 10");
    writer.run("CREATE TABLE t(id INTEGER PRIMARY KEY, x); CREATE TABLE u(id INTEGER PRIMARY KEY, x)");
    writer.run("CREATE TABLE small(id INTEGER PRIMARY KEY); INSERT INTO small VALUES (1)");
    writer.run("INSERT INTO t VALUES (1, zeroblob(20000)); INSERT INTO u VALUES (1, zeroblob(20000))");
    advance();
    // The first answers speak of the beginning of the log.
    for (int i = 0; i < 2; ++i) {
      writer.run("UPDATE u SET x = x");
      advance();
    }
  }
  Pages advance() {
    const ReadTransaction transaction(reader);
    return changes.advance();
  }
  std::uint32_t root_of(std::string_view table) const {
    return reader.sql().query_one<std::uint32_t>("SELECT rootpage FROM sqlite_schema WHERE name = ?", table);
  }
  std::string wal_path() const { return dir.file("a.db-wal"); }

  TempDir dir;
  TestConnection reader{dir.file("a.db")};
  TestConnection writer{dir.file("a.db")};
  WalChanges changes{reader.handle(), "main"};
};

TEST_F(WalChangesTest, TheFirstAnswerIsUnknown) {
  WalChanges fresh(reader.handle(), "main");
  const ReadTransaction transaction(reader);
  EXPECT_EQ(fresh.advance(), std::nullopt);
  EXPECT_EQ(fresh.advance(), Pages(std::in_place)) << "the snapshot is the same";
}

TEST_F(WalChangesTest, ACommitOfAnyConnectionIsSeen) {
  writer.run("UPDATE t SET id = 2 WHERE id = 1");
  const Pages by_other = advance();
  ASSERT_TRUE(by_other);
  EXPECT_TRUE(std::binary_search(by_other->begin(), by_other->end(), root_of("t")));
  reader.run("UPDATE u SET id = 2 WHERE id = 1");
  const Pages by_self = advance();
  ASSERT_TRUE(by_self);
  EXPECT_TRUE(std::binary_search(by_self->begin(), by_self->end(), root_of("u")));
}

TEST_F(WalChangesTest, OldChangesAreForgotten) {
  writer.run("UPDATE t SET id = 2 WHERE id = 1");
  advance();
  for (int i = 0; i < 3; ++i) {
    writer.run("UPDATE u SET id = id + 1");
    const Pages pages = advance();
    ASSERT_TRUE(pages);
    EXPECT_TRUE(std::binary_search(pages->begin(), pages->end(), root_of("u")));
    // The lower bound is that of two calls ago.
    if (i == 2) {
      EXPECT_FALSE(std::binary_search(pages->begin(), pages->end(), root_of("t")));
    }
  }
}

TEST_F(WalChangesTest, ACommitAfterTheSnapshotIsReportedAgain) {
  // The log is ahead of the snapshot: the call must not take the newest commit for seen.
  std::uint32_t root = root_of("t");
  writer.run("UPDATE u SET id = id + 1");
  {
    const ReadTransaction transaction(reader);
    writer.run("UPDATE t SET id = id + 1");
    ASSERT_TRUE(changes.advance());
  }
  const Pages pages = advance();
  ASSERT_TRUE(pages);
  EXPECT_TRUE(std::binary_search(pages->begin(), pages->end(), root));
}

TEST_F(WalChangesTest, AMissedCallDoesNotMatter) {
  writer.run("UPDATE t SET id = id + 1");
  { const ReadTransaction transaction(reader); }
  writer.run("UPDATE u SET id = id + 1");
  { const ReadTransaction transaction(reader); }
  writer.run("UPDATE u SET id = id + 1");
  const Pages pages = advance();
  ASSERT_TRUE(pages);
  EXPECT_TRUE(std::binary_search(pages->begin(), pages->end(), root_of("t")));
}

TEST_F(WalChangesTest, WhatARollbackLeavesInTheLogIsUnknownUntilItIsOverwritten) {
  const auto insert = [&] {  // does not fit the cache of 10 pages
    for (int id = 10; id < 60; ++id) writer.sql().execute("INSERT INTO t VALUES (?, randomblob(4000))", id);
  };
  writer.run("BEGIN");
  insert();
  writer.run("ROLLBACK; UPDATE u SET id = id + 1");
  EXPECT_EQ(advance(), std::nullopt);
  writer.run("BEGIN");
  insert();
  writer.run("COMMIT");
  EXPECT_TRUE(advance());
}

// Transactions that write pages twice and are partly rolled back make SQLite 3.40 publish frames whose
// checksums lead nowhere.
TEST_F(WalChangesTest, FramesWithoutAChecksumAreUnknown) {
  writer.run("PRAGMA cache_size = 1; INSERT INTO t VALUES (2, zeroblob(9000)), (3, zeroblob(9000))");
  for (int round = 0; round < 50; ++round) {
    writer.run("BEGIN; SAVEPOINT s");
    for (int i = 0; i < 6; ++i)
      writer.sql().execute("UPDATE t SET x = randomblob(20000 + ?) WHERE id = ?", round * 7 % 500, 1 + i % 3);
    writer.run("ROLLBACK TO s; UPDATE t SET x = randomblob(20000) WHERE id = 2; COMMIT");
    const ReadTransaction transaction(reader);
    const Pages pages = changes.advance();
    if (pages) {
      EXPECT_TRUE(std::binary_search(pages->begin(), pages->end(), root_of("t"))) << round;
    }
  }
}

TEST_F(WalChangesTest, ANewGenerationIsUnknownOnce) {
  for (const char* checkpoint : {"PRAGMA wal_checkpoint(RESTART)", "PRAGMA wal_checkpoint(TRUNCATE)"}) {
    writer.run(checkpoint);
    writer.run("UPDATE t SET id = id + 1");
    EXPECT_EQ(advance(), std::nullopt) << checkpoint;
    writer.run("UPDATE t SET id = id + 1");
    EXPECT_TRUE(advance()) << checkpoint;
  }
  writer.run("PRAGMA wal_checkpoint(PASSIVE); UPDATE t SET id = id + 1");
  EXPECT_EQ(advance(), std::nullopt) << "everything was in the file, so the log begins anew";
  const ReadTransaction old(reader);
  writer.run("PRAGMA wal_checkpoint(PASSIVE); UPDATE t SET id = id + 1");
  EXPECT_TRUE(changes.advance()) << "a reader kept the log";
}

TEST_F(WalChangesTest, ALogThatBeginsAnewUnderneathTheSnapshotIsNoticed) {
  writer.run("UPDATE t SET id = id + 1; PRAGMA wal_checkpoint(PASSIVE)");
  const ReadTransaction transaction(reader);  // reads the file alone, and does not hold the log
  writer.run("UPDATE t SET id = id + 1");
  EXPECT_EQ(changes.advance(), std::nullopt);
}

TEST_F(WalChangesTest, OtherJournalsAndMemoryAreUnknown) {
  const TestConnection memory(":memory:");
  memory.run("CREATE TABLE t(x)");
  WalChanges in_memory(memory.handle(), "main");
  WalChanges in_temp(memory.handle(), "temp");
  WalChanges nowhere(memory.handle(), "nowhere");
  const TestConnection rollback(dir.file("b.db"));
  rollback.run("PRAGMA journal_mode = PERSIST; CREATE TABLE t(x); INSERT INTO t VALUES (1)");
  WalChanges in_rollback(rollback.handle(), "main");
  for (int i = 0; i < 3; ++i) {
    memory.run("INSERT INTO t VALUES (1)");
    rollback.run("INSERT INTO t VALUES (1)");
    const ReadTransaction a(memory);
    const ReadTransaction b(rollback);
    EXPECT_EQ(in_memory.advance(), std::nullopt);
    EXPECT_EQ(in_rollback.advance(), std::nullopt);
    EXPECT_EQ(nowhere.advance(), std::nullopt);
    in_temp.advance();
    EXPECT_FALSE(in_memory.pages() || in_rollback.pages() || in_temp.pages() || nowhere.pages());
  }
}

TEST_F(WalChangesTest, AnAttachedSchemaHasItsOwnLog) {
  const TestConnection both(dir.file("main.db"));
  both.run("PRAGMA journal_mode = WAL; CREATE TABLE m(x)");
  both.sql().execute("ATTACH ? AS \"an other\"", dir.file("a.db"));
  WalChanges attached(both.handle(), "an other");
  for (int i = 0; i < 3; ++i) {
    writer.run("UPDATE t SET id = id + 1");
    both.run("BEGIN; SELECT * FROM \"an other\".t; SELECT * FROM m");
    const Pages pages = attached.advance();
    EXPECT_EQ(pages.has_value(), i > 0);
    both.run("COMMIT");
  }
}

// A commit that is whole in the file and not published, as while its writer waits for the disk: the frames
// that `script` would append, made in a copy, which has the salts of the original.
struct UnpublishedCommitTest : WalChangesTest {
  void plant(const char* script) {
    const TempDir copies;
    for (const char* name : {"a.db", "a.db-wal"})
      std::filesystem::copy_file(dir.file(name), copies.file(name));
    const auto begin = static_cast<std::streamoff>(std::filesystem::file_size(wal_path()));
    const TestConnection copy(copies.file("a.db"));
    copy.run(script);
    std::ifstream future(copies.file("a.db-wal"), std::ios::binary);
    std::fstream wal(wal_path(), std::ios::binary | std::ios::in | std::ios::out);
    future.seekg(begin);
    wal.seekp(begin);
    wal << future.rdbuf();
    ASSERT_GT(wal.tellp(), begin);
  }
};

TEST_F(UnpublishedCommitTest, ItIsReportedOnceItIsPublished) {
  {
    const ReadTransaction oldest(reader);
    writer.run("UPDATE u SET id = id + 1");
    plant("UPDATE small SET id = id + 1");
    ASSERT_EQ(changes.advance(), Pages(std::in_place)) << "nothing happened before this snapshot";
  }
  {
    const ReadTransaction still_without(reader);
    ASSERT_TRUE(changes.advance());
  }
  writer.run("UPDATE small SET id = id + 1");  // the same bytes
  const Pages pages = advance();
  ASSERT_TRUE(pages);
  EXPECT_TRUE(std::binary_search(pages->begin(), pages->end(), root_of("small")));
}

TEST_F(UnpublishedCommitTest, ASnapshotMayBeOlderThanWhatTheCallBeforeFound) {
  writer.run("UPDATE u SET id = id + 1");
  {
    const ReadTransaction first(reader);
    writer.run("UPDATE u SET id = id + 1");
    plant("UPDATE small SET id = id + 1");
    ASSERT_TRUE(changes.advance());
  }
  {
    const ReadTransaction second(reader);  // has moved, and is still older than the planted one
    ASSERT_TRUE(changes.advance());
  }
  writer.run("UPDATE small SET id = id + 1");
  const Pages pages = advance();
  ASSERT_TRUE(pages);
  EXPECT_TRUE(std::binary_search(pages->begin(), pages->end(), root_of("small")));
}

TEST_F(UnpublishedCommitTest, IfItsWriterDiesTheNextAnswerIsUnknown) {
  writer.run("UPDATE t SET id = id + 1");
  plant("UPDATE u SET x = randomblob(20000)");
  EXPECT_TRUE(advance());
  EXPECT_TRUE(changes.undisturbed());
  writer.run("UPDATE t SET x = 1");  // overwrites its first frames, and not the last
  EXPECT_FALSE(changes.undisturbed());
  EXPECT_EQ(advance(), std::nullopt);
  writer.run("UPDATE t SET id = id + 1");
  EXPECT_EQ(advance(), std::nullopt) << "begun from nothing";
  writer.run("UPDATE t SET id = id + 1");
  EXPECT_TRUE(advance());
}

}  // namespace
}  // namespace cairn::sqlite
