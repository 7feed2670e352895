// Every option is set and its effect read back.
#include "cairn/sql/connect_options.hpp"

#include <gtest/gtest.h>

#include "base/error_of.hpp"
#include "base/temp_dir.hpp"
#include "cairn/sql/connection.hpp"
#include "sqlite/api.hpp"

namespace cairn::sql {
namespace {

namespace fs = std::filesystem;

class ConnectOptionsTest : public testing::Test {
 protected:
  ConnectOptions fresh(const char* name = "a.db") {
    fs::remove(dir.file(name));
    return {.path = dir.file(name), .mode = OpenMode::create};
  }
  ErrorCode code(const ConnectOptions& options) {
    return error_of([&] { Connection db(options); }).code();
  }
  std::string message(const ConnectOptions& options) {
    return error_of([&] { Connection db(options); }).what();
  }

  TempDir dir;
};

TEST_F(ConnectOptionsTest, JournalModes) {
  const std::pair<JournalMode, const char*> modes[] = {
      {JournalMode::delete_, "delete"},  {JournalMode::truncate, "truncate"},
      {JournalMode::persist, "persist"}, {JournalMode::memory, "memory"},
      {JournalMode::wal, "wal"},         {JournalMode::off, "off"}};
  for (const auto& [mode, name] : modes) {
    ConnectOptions options = fresh();
    options.journal_mode = mode;
    EXPECT_EQ(Connection(options).query_one<std::string>("PRAGMA journal_mode"), name);
  }
}

TEST_F(ConnectOptionsTest, AJournalModeThatIsNotToBeHadIsAnError) {
  ConnectOptions options = fresh();
  options.journal_mode = JournalMode::wal;
  options.vfs = "unix-dotfile";  // has no shared memory
  EXPECT_EQ(code(options), ErrorCode::unsupported);
  EXPECT_NE(message(options).find("journal_mode = wal"), std::string::npos) << message(options);
  options.locking_mode = LockingMode::exclusive;  // needs none
  EXPECT_EQ(Connection(options).query_one<std::string>("PRAGMA journal_mode"), "wal");
}

TEST_F(ConnectOptionsTest, LockingModes) {
  ConnectOptions options = fresh();
  options.locking_mode = LockingMode::exclusive;
  options.journal_mode = JournalMode::wal;
  {
    Connection db(options);
    EXPECT_EQ(db.query_one<std::string>("PRAGMA locking_mode"), "exclusive");
    db.execute("CREATE TABLE t(x)");
    EXPECT_FALSE(fs::exists(options.path + "-shm"))
        << "set before the journal mode, it needs no shared memory";
  }
  options.locking_mode = LockingMode::normal;
  EXPECT_EQ(Connection(options).query_one<std::string>("PRAGMA locking_mode"), "normal");
}

TEST_F(ConnectOptionsTest, SynchronousAndTempStore) {
  for (const auto level : {Synchronous::off, Synchronous::normal, Synchronous::full, Synchronous::extra}) {
    ConnectOptions options = fresh();
    options.synchronous = level;
    EXPECT_EQ(Connection(options).query_one<int>("PRAGMA synchronous"), static_cast<int>(level));
  }
  for (const auto store : {TempStore::default_, TempStore::file, TempStore::memory}) {
    ConnectOptions options = fresh();
    options.temp_store = store;
    EXPECT_EQ(Connection(options).query_one<int>("PRAGMA temp_store"), static_cast<int>(store));
  }
}

TEST_F(ConnectOptionsTest, WhatANewFileGets) {
  for (const auto vacuum : {AutoVacuum::none, AutoVacuum::full, AutoVacuum::incremental}) {
    ConnectOptions options = fresh();
    options.auto_vacuum = vacuum;
    options.page_size = 16384;
    options.journal_mode = JournalMode::wal;  // after which neither could be changed
    Connection(options).execute("CREATE TABLE t(x)");
    Connection db({.path = options.path});
    EXPECT_EQ(db.query_one<int>("PRAGMA auto_vacuum"), static_cast<int>(vacuum));
    EXPECT_EQ(db.query_one<int>("PRAGMA page_size"), 16384);
  }
  // One that has pages keeps what it has, and that is no error.
  ConnectOptions other{.path = dir.file("a.db")};
  other.page_size = 512;
  other.auto_vacuum = AutoVacuum::none;
  Connection db(other);
  EXPECT_EQ(db.query_one<int>("PRAGMA page_size"), 16384);
  EXPECT_EQ(db.query_one<int>("PRAGMA auto_vacuum"), 2);
}

TEST_F(ConnectOptionsTest, BusyTimeoutIsHowLongALockIsWaitedFor) {
  ConnectOptions options = fresh();
  options.busy_timeout = std::chrono::milliseconds(50);
  Connection holder(options);
  Connection waiter(options);
  holder.execute("BEGIN IMMEDIATE");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(error_of([&] { waiter.execute("BEGIN IMMEDIATE"); }).code(), ErrorCode::busy);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, options.busy_timeout);
}

TEST_F(ConnectOptionsTest, Numbers) {
  ConnectOptions options = fresh();
  options.cache_size = -1000;
  options.mmap_size = 1 << 20;
  options.wal_autocheckpoint = 77;
  options.analysis_limit = 55;
  options.foreign_keys = false;
  Connection db(options);
  EXPECT_EQ(db.query_one<int>("PRAGMA cache_size"), -1000);
  EXPECT_EQ(db.query_one<int>("PRAGMA mmap_size"), 1 << 20);
  EXPECT_EQ(db.query_one<int>("PRAGMA wal_autocheckpoint"), 77);
  EXPECT_EQ(db.query_one<int>("PRAGMA analysis_limit"), 55);
  EXPECT_EQ(db.query_one<int>("PRAGMA foreign_keys"), 0);
  EXPECT_EQ(Connection(ConnectOptions{}).query_one<int>("PRAGMA foreign_keys"), 1);
  options.mmap_size = std::int64_t{30'000'000'000};
  EXPECT_GT(Connection(options).query_one<std::int64_t>("PRAGMA mmap_size"), 0) << "the most that SQLite can";
}

TEST_F(ConnectOptionsTest, ValuesThatSqliteWouldTakeForOthersAreErrors) {
  const auto with = [this](auto ConnectOptions::*member, std::int64_t value) {
    ConnectOptions options = fresh();
    options.*member = value;
    return message(options);
  };
  EXPECT_NE(with(&ConnectOptions::cache_size, 99'999'999'999).find("cache_size = 99999999999"),
            std::string::npos);
  EXPECT_NE(with(&ConnectOptions::page_size, 1000).find("power of two"), std::string::npos);
  EXPECT_NE(with(&ConnectOptions::page_size, 256).find("512"), std::string::npos);
  EXPECT_NE(with(&ConnectOptions::page_size, -4096).find("512"), std::string::npos);
  EXPECT_NE(with(&ConnectOptions::mmap_size, -1).find("0 or more"), std::string::npos);
  EXPECT_NE(with(&ConnectOptions::wal_autocheckpoint, -1).find("0 or more"), std::string::npos);
  EXPECT_NE(with(&ConnectOptions::wal_autocheckpoint, 1LL << 40).find("SQLite takes it for"),
            std::string::npos);
  EXPECT_NE(with(&ConnectOptions::analysis_limit, -1).find("0 or more"), std::string::npos);
  EXPECT_FALSE(fs::exists(dir.file("none")));
}

TEST_F(ConnectOptionsTest, PathsThatCannotBe) {
  EXPECT_EQ(code({.path = ""}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.path = std::string("a\0b", 3)}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.path = dir.file("a.db"), .immutable = true}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.path = dir.file("missing.db")}), ErrorCode::io);
}

TEST_F(ConnectOptionsTest, APathThatLooksLikeAUriIsAPath) {
  const fs::path before = fs::current_path();
  fs::current_path(dir.path());
  Connection({.path = "file:x.db?mode=memory", .mode = OpenMode::create}).execute("CREATE TABLE t(x)");
  const bool exists = fs::exists("file:x.db?mode=memory");
  fs::current_path(before);
  EXPECT_TRUE(exists);
}

TEST_F(ConnectOptionsTest, ImmutableFilesMayLieAnywhere) {
  ConnectOptions options = fresh();
  Connection(options).execute("CREATE TABLE t(x)");
  options.path = "/" + options.path;  // in a URI, what follows two slashes would be a host
  options.mode = OpenMode::read_only;
  options.immutable = true;
  EXPECT_EQ(Connection(options).query_one<int>("SELECT count(*) FROM t"), 0);
}

TEST_F(ConnectOptionsTest, Vfs) {
  ConnectOptions options = fresh();
  options.vfs = "unix-excl";
  Connection(options).execute("CREATE TABLE t(x)");
  sqlite3_vfs* used = nullptr;
  Connection db(options);
  sqlite3_file_control(db.handle(), "main", SQLITE_FCNTL_VFS_POINTER, &used);
  ASSERT_NE(used, nullptr);
  EXPECT_STREQ(used->zName, "unix-excl");
  options.vfs = "nope";
  EXPECT_EQ(code(options), ErrorCode::invalid_argument);
  EXPECT_NE(message(options).find("unix-excl"), std::string::npos) << message(options);
}

TEST_F(ConnectOptionsTest, SharedCache) {
  ConnectOptions options = fresh();
  options.shared_cache = true;
  Connection one(options);
  Connection two(options);
  one.execute_script("CREATE TABLE t(x); BEGIN; INSERT INTO t VALUES (1)");
  EXPECT_EQ(error_of([&] { two.query_one<int>("SELECT count(*) FROM t"); }).code(), ErrorCode::locked);
  options.shared_cache = false;
  EXPECT_EQ(Connection(options).query_one<int>("SELECT count(*) FROM t"), 0) << "a cache of its own";
}

TEST_F(ConnectOptionsTest, Serialized) {
  ConnectOptions options = fresh();
  EXPECT_EQ(sqlite3_db_mutex(Connection(options).handle()), nullptr);
  options.serialized = true;
  EXPECT_NE(sqlite3_db_mutex(Connection(options).handle()), nullptr);
}

TEST_F(ConnectOptionsTest, OptimizeOnClose) {
  const auto has_statistics = [this](bool optimize) {
    ConnectOptions options = fresh();
    options.optimize_on_close = optimize;
    {
      Connection db(options);
      db.execute_script(
          "CREATE TABLE t(x); CREATE INDEX i ON t(x);"
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) INSERT INTO t "
          "SELECT i FROM n");
      db.query_one<int>("SELECT count(*) FROM t WHERE x = 7");
    }
    return Connection({.path = options.path})
        .query_one<bool>("SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'");
  };
  EXPECT_TRUE(has_statistics(true));
  EXPECT_FALSE(has_statistics(false));
}

TEST_F(ConnectOptionsTest, PragmasAreSetAndQuoted) {
  ConnectOptions options = fresh();
  options.pragmas = {{"user_version", "7"}, {"Recursive_Triggers", "ON"}, {"secure_delete", "FAST"}};
  Connection db(options);
  EXPECT_EQ(db.query_one<int>("PRAGMA user_version"), 7);
  EXPECT_EQ(db.query_one<int>("PRAGMA recursive_triggers"), 1);
  EXPECT_EQ(db.query_one<int>("PRAGMA secure_delete"), 2);
  db.execute("CREATE TABLE t(x)");

  options.pragmas = {{"user_version", "8; DROP TABLE t"}};
  EXPECT_EQ(Connection(options).query_one<int>("SELECT count(*) FROM t"), 0);
  options.pragmas = {{"user_version", "8'; DROP TABLE t; --"}};
  EXPECT_EQ(Connection(options).query_one<int>("SELECT count(*) FROM t"), 0);
  for (const char* name :
       {"", "user_version = 1; DROP TABLE t; --", "main.user_version", "user_version(1)"}) {
    options.pragmas = {{name, "1"}};
    EXPECT_EQ(code(options), ErrorCode::invalid_argument) << name;
  }
  options.pragmas = {{"user_version", std::string("1\0", 2)}};
  EXPECT_EQ(code(options), ErrorCode::invalid_argument);
}

TEST_F(ConnectOptionsTest, APragmaThatNobodyKnowsIsAnError) {
  ConnectOptions options = fresh();
  for (const char* name : {"foreign_key", "key", "cipher_page_size"}) {
    options.pragmas = {{name, "1"}};
    EXPECT_EQ(code(options), ErrorCode::invalid_argument) << name;
    EXPECT_NE(message(options).find(name), std::string::npos);
    EXPECT_NE(message(options).find("a.db"), std::string::npos) << "the message names the file too";
  }
}

// A VFS with a pragma of its own, as that of an encrypting SQLite: it writes down the order of what happens.
class PragmaVfs {
 public:
  PragmaVfs() : vfs_(*sqlite3_vfs_find(nullptr)) {
    vfs_.zName = "pragma_test";
    vfs_.xOpen = [](sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
      sqlite3_vfs* const real = sqlite3_vfs_find(nullptr);
      const int code = real->xOpen(real, name, file, flags, out);
      if (code != SQLITE_OK || !(flags & SQLITE_OPEN_MAIN_DB)) return code;
      methods() = *file->pMethods;
      real_methods() = file->pMethods;
      methods().xFileControl = [](sqlite3_file* f, int op, void* argument) {
        auto** text = static_cast<char**>(argument);
        if (op != SQLITE_FCNTL_PRAGMA) return real_methods()->xFileControl(f, op, argument);
        if (std::string_view(text[1]) == "wrong")
          return text[0] = sqlite3_mprintf("a wrong key"), SQLITE_ERROR;
        if (std::string_view(text[1]) != "key" && std::string_view(text[1]) != "cargo")
          return SQLITE_NOTFOUND;
        events().push_back(std::string(text[1]) + "=" + text[2]);
        return SQLITE_OK;
      };
      methods().xRead = [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
        // Opening reads the 100 bytes of the header, whatever else is asked for.
        if (size > 100 && (events().empty() || events().back() != "read")) events().push_back("read");
        return real_methods()->xRead(f, to, size, at);
      };
      file->pMethods = &methods();
      return code;
    };
    events().clear();
    sqlite3_vfs_register(&vfs_, 0);
  }
  ~PragmaVfs() { sqlite3_vfs_unregister(&vfs_); }

  static std::vector<std::string>& events() {
    static std::vector<std::string> list;
    return list;
  }

 private:
  static sqlite3_io_methods& methods() {
    static sqlite3_io_methods table;
    return table;
  }
  static const sqlite3_io_methods*& real_methods() {
    static const sqlite3_io_methods* table = nullptr;
    return table;
  }
  sqlite3_vfs vfs_;
};

TEST_F(ConnectOptionsTest, AVfsMayKnowPragmasAndTheKeyComesFirst) {
  PragmaVfs vfs;
  ConnectOptions options = fresh();
  options.vfs = "pragma_test";
  options.page_size = 8192;
  options.journal_mode = JournalMode::wal;
  options.pragmas = {{"cargo", "apples"}, {"key", "it's secret"}};
  Connection(options).execute("CREATE TABLE t(x)");
  PragmaVfs::events().clear();
  Connection(options).query_one<int>("SELECT count(*) FROM t");
  EXPECT_EQ(PragmaVfs::events(),
            (std::vector<std::string>{"key=it's secret", "read", "cargo=apples", "read"}));
  options.pragmas = {{"cargoes", "apples"}};
  EXPECT_EQ(code(options), ErrorCode::invalid_argument);
  options.pragmas = {{"wrong", "1"}};
  EXPECT_NE(message(options).find("a wrong key"), std::string::npos) << message(options);
}

TEST_F(ConnectOptionsTest, ConnectionsThatOnlyReadWriteNoSettings) {
  ConnectOptions options = fresh();
  Connection(options).execute("CREATE TABLE t(x)");
  options.journal_mode = JournalMode::wal;
  options.auto_vacuum = AutoVacuum::full;
  options.page_size = 512;
  options.synchronous = Synchronous::normal;
  for (const bool query_only : {false, true}) {
    options.query_only = query_only;
    options.mode = query_only ? OpenMode::read_write : OpenMode::read_only;
    options.optimize_on_close = true;
    Connection db(options);
    EXPECT_EQ(db.query_one<std::string>("PRAGMA journal_mode"), "delete");
    EXPECT_EQ(db.query_one<int>("PRAGMA synchronous"), 1) << "a setting of the connection's own";
    EXPECT_EQ(error_of([&] { db.execute("INSERT INTO t VALUES (1)"); }).code(), ErrorCode::read_only);
  }
}

TEST_F(ConnectOptionsTest, TheAgentPresetIsForMemoryToo) {
  Connection db(ConnectOptions::agent(":memory:"));
  EXPECT_EQ(db.query_one<std::string>("PRAGMA journal_mode"), "memory");
  EXPECT_EQ(db.query_one<int>("PRAGMA cache_size"), -64000);
}

TEST_F(ConnectOptionsTest, FunctionsAndCollationsReachEveryConnection) {
  ConnectOptions options;
  options.functions.emplace_back("twice", [](int x) { return 2 * x; });
  options.functions.emplace_back("counter", [n = 0]() mutable { return ++n; });
  options.collations.emplace_back("backwards",
                                  [](std::string_view a, std::string_view b) { return b.compare(a); });
  for (int i = 0; i < 2; ++i) {
    Connection db(options);
    EXPECT_EQ(db.query_one<int>("SELECT twice(4)"), 8);
    EXPECT_EQ(db.query_one<int>("SELECT counter()"), 1) << "each has its own copy of the callable";
    EXPECT_TRUE(db.query_one<bool>("SELECT 'b' < 'a' COLLATE backwards"));
  }
}

TEST_F(ConnectOptionsTest, LoadableExtensions) {
  ConnectOptions options;
  options.loadable_extensions = {{CAIRN_TEST_EXTENSION, "sqlite3_extension_init"}};
  Connection db(options);
  EXPECT_EQ(db.query_one<int>("SELECT loaded()"), 7);
  const Error in_sql = error_of([&] { db.execute("SELECT load_extension(?)", CAIRN_TEST_EXTENSION); });
  EXPECT_NE(std::string(in_sql.what()).find("not authorized"), std::string::npos) << in_sql.what();
  int enabled = -1;
  sqlite3_db_config(db.handle(), SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, -1, &enabled);
  EXPECT_EQ(enabled, 0);

  options.loadable_extensions = {{CAIRN_TEST_EXTENSION}};  // SQLite finds that name by itself
  EXPECT_EQ(Connection(options).query_one<int>("SELECT loaded()"), 7);
  options.loadable_extensions = {{CAIRN_TEST_EXTENSION, "no_such_entry"}};
  EXPECT_EQ(code(options), ErrorCode::not_found);
  options.loadable_extensions = {{dir.file("missing.so")}};
  EXPECT_NE(message(options).find("missing.so"), std::string::npos);
}

}  // namespace
}  // namespace cairn::sql
