// What Store::open makes of whatever is at a path.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "base/error_of.hpp"
#include "base/temp_dir.hpp"
#include "cairn/sql/connection.hpp"
#include "cairn/sql/migrator.hpp"
#include "cairn/store.hpp"
#include "cairn/vec0.hpp"
#include "store/schema.hpp"
#include "store/unprivileged.hpp"

namespace cairn {
namespace {

Error open_error(const std::string& path, const OpenOptions& options = {}) {
  return error_of([&] { Store::open(path, options); });
}

sql::Connection connect(const std::string& path) {
  sql::ConnectOptions options;
  options.path = path;
  options.mode = sql::OpenMode::create;
  options.extensions = {[](sqlite::ConnectionRef db) { vec0::register_vec0(db.handle()); }};
  return sql::Connection(options);
}

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(StoreOpen, CreatesAMissingAndAnEmptyFile) {
  TempDir dir;
  Store::open(dir.file("new.db")).add({.text = "x"});
  EXPECT_EQ(Store::open(dir.file("new.db"), {.mode = OpenMode::read_only}).status().content, 1);
  Store::open(dir.write("empty.db", "")).add({.text = "x"});
  EXPECT_EQ(open_error(dir.file("missing.db"), {.mode = OpenMode::existing}).code(), ErrorCode::not_found);
  EXPECT_EQ(open_error(dir.file("missing.db"), {.mode = OpenMode::read_only}).code(), ErrorCode::not_found);
  EXPECT_FALSE(std::filesystem::exists(dir.file("missing.db")));
  EXPECT_EQ(open_error(dir.file("no/such/folder/x.db")).code(), ErrorCode::not_found);
  EXPECT_EQ(open_error(dir.path().string()).code(), ErrorCode::invalid_argument);
}

TEST(StoreOpen, RefusesWhatIsNoFile) {
  TempDir dir;
  for (const OpenMode mode : {OpenMode::create, OpenMode::existing, OpenMode::read_only}) {
    EXPECT_EQ(open_error("/dev/null", {.mode = mode}).code(), ErrorCode::invalid_argument);
    EXPECT_EQ(open_error("", {.mode = mode}).code(), ErrorCode::invalid_argument);
    std::filesystem::remove(dir.file("loop"));
    std::filesystem::create_symlink("loop", dir.file("loop"));
    EXPECT_EQ(open_error(dir.file("loop"), {.mode = mode}).code(), ErrorCode::io);
  }
}

// The -wal file is beside the file that a link leads to, and so is the folder that counts.
TEST(StoreOpen, ALinkToAFileInUseIsReadWithItsLog) {
  TempDir dir, links;
  const std::string path = dir.file("a.db"), link = links.file("link.db");
  Store writer = Store::open(path);
  std::filesystem::create_symlink(path, link);
  std::filesystem::permissions(links.path(), std::filesystem::perms(0555));
  writer.add({.text = "still in the log"});
  {
    const testing::Unprivileged nobody({&dir, &links});
    EXPECT_EQ(Store::open(link, {.mode = OpenMode::read_only}).search("log").size(), 1u);
  }
  std::filesystem::permissions(links.path(), std::filesystem::perms(0755));
}

TEST(StoreOpen, WorksInMemory) {
  Store store = Store::open(":memory:");
  store.add({.text = "volatile"});
  EXPECT_EQ(store.search("volatile").size(), 1u);
}

TEST(StoreOpen, RefusesOtherFilesAndLeavesThemAlone) {
  TempDir dir;
  const std::string text = dir.write("notes.txt", std::string(4096, 'n'));
  EXPECT_EQ(open_error(text).code(), ErrorCode::not_a_database);
  EXPECT_EQ(bytes_of(text), std::string(4096, 'n'));

  const std::string foreign = dir.file("foreign.db");
  connect(foreign).execute_script("CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT)");
  const std::string before = bytes_of(foreign);
  EXPECT_EQ(open_error(foreign).code(), ErrorCode::foreign_database);
  EXPECT_EQ(bytes_of(foreign), before);
  Store::open(foreign, {.allow_foreign = true}).add({.text = "a guest"});
  EXPECT_EQ(connect(foreign).query_one<int>("SELECT count(*) FROM customers"), 0);

  const std::string newer = dir.file("newer.db");
  Store::open(newer);
  connect(newer).execute(
      "INSERT INTO _cairn_migrations(version, description, success, checksum, execution_time) "
      "VALUES (99, 'future', 1, x'00', 1)");
  EXPECT_EQ(open_error(newer).code(), ErrorCode::newer_database);
  EXPECT_NE(std::string(open_error(newer).what()).find("99"), std::string::npos);
}

TEST(StoreOpen, UpgradesAnOlderFileAndKeepsACopy) {
  TempDir dir;
  const std::string path = dir.file("old.db");
  {
    sql::Connection db = connect(path);
    sql::Migrator(store::migrations().first(1), store::kLedger).run(db);
    db.execute("INSERT INTO content(text, doc_type, created_at) VALUES ('from the old days', 'note', 7)");
  }
  EXPECT_EQ(open_error(path, {.mode = OpenMode::read_only}).code(), ErrorCode::older_database);
  std::string log;
  Store store = Store::open(path, {.log = [&log](std::string_view line) { log += line; }});
  EXPECT_NE(log.find("old.db.v1.bak"), std::string::npos);
  EXPECT_EQ(store.search("old days").size(), 1u);
  EXPECT_EQ(connect(path + ".v1.bak").query_one<std::string>("SELECT text FROM content"),
            "from the old days");
}

// Up to format 2, vectors were in sqlite-vec's format.
TEST(StoreOpen, UpgradesTheVectorsOfAnOlderFile) {
  TempDir dir;
  const std::string path = dir.file("old.db");
  std::vector<std::string> before;
  const auto vectors = [&path] {
    return connect(path).query_all<std::string>(
        "SELECT content_id || ' ' || hex(vector) FROM vec_content ORDER BY 1");
  };
  {
    sql::Connection db = connect(path);
    sql::Migrator(store::migrations().first(2), store::kLedger).run(db);
    db.execute_script(
        "INSERT INTO app_metadata(key, value) VALUES ('cairn.embedder', 'external:3');"
        "CREATE VIRTUAL TABLE vec_content USING vec0("
        "content_id INTEGER PRIMARY KEY, vector FLOAT[3] distance_metric=cosine, chunk_size=256);"
        "INSERT INTO content(id, text, doc_type, created_at) VALUES (7, 'from the old days', 'note', 7), "
        "(9, 'the same', 'note', 8);"
        "INSERT INTO vec_content VALUES (7, '[1, 2, 3]'), (9, '[-1, 0, 2]')");
  }
  before = vectors();
  Store::open(path);
  EXPECT_EQ(vectors(), before);
  EXPECT_EQ(before.size(), 2u);
  EXPECT_EQ(connect(path).query_one<int>("SELECT count(*) FROM sqlite_schema WHERE name = 'vec_content' AND "
                                         "sql LIKE '%INDEXED BY cairn()%'"),
            1);
  EXPECT_TRUE(std::filesystem::exists(path + ".v2.bak"));
  Store store = Store::open(path);
  EXPECT_TRUE(store.remove(7));
  EXPECT_EQ(vectors().size(), 1u);
  EXPECT_TRUE(store.doctor().empty());
}

TEST(StoreOpen, ManyStartersCreateOneFile) {
  for (int round = 0; round < 10; ++round) {
    TempDir dir;
    std::atomic<int> errors{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        try {
          Store::open(dir.file("shared.db")).add({.text = "hello"});
        } catch (const Error& e) {
          ++errors;
          ADD_FAILURE() << e.what();
        }
      });
    for (std::thread& thread : threads) thread.join();
    ASSERT_EQ(errors, 0);
    ASSERT_EQ(Store::open(dir.file("shared.db")).status().content, 4);
  }
}

TEST(StoreOpen, ALockedFileSaysSo) {
  TempDir dir;
  const std::string path = dir.file("locked.db");
  Store store = Store::open(path, {.busy_timeout = std::chrono::milliseconds(10)});
  sql::Connection other = connect(path);
  other.execute_script("BEGIN IMMEDIATE");
  try {
    store.add({.text = "x"});
    FAIL() << "the lock was ignored";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::busy);
  }
  EXPECT_TRUE(store.search("x").empty()) << "readers do not wait for the writer";
}

TEST(StoreOpen, ATruncatedFileIsCorruptNotACrash) {
  TempDir dir;
  const std::string path = dir.file("cut.db");
  {
    Store store = Store::open(path);
    for (int i = 0; i < 50; ++i) store.add({.text = "row " + std::to_string(i)});
  }
  const auto size = std::filesystem::file_size(path);
  for (const std::uintmax_t keep : {size / 2, size / 4, std::uintmax_t{4096}, std::uintmax_t{100}}) {
    std::filesystem::resize_file(path, keep);
    try {
      Store store = Store::open(path);
      store.search("row");
      store.doctor();
    } catch (const Error& e) {
      EXPECT_NE(std::string(e.what()), "");
    }
  }
}

}  // namespace
}  // namespace cairn
