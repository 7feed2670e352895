// A fresh database for one test, with all migrations applied, in a file of its own.
//
//   cairn::testing::TestDatabase database("adds a task", app::migrations());
//   database.pool().write([](cairn::sql::Transaction& tx) { add(tx, "water the plants"); });
//   assert(database.connect().query_one<int>("SELECT count(*) FROM tasks") == 1);
//
// Works with every test framework, and without one; for GoogleTest there is cairn/testing/gtest.hpp.
//
// The migrations run once; each test gets a copy of the file that they made. That template is kept for the
// next run of the program, and made anew when a migration, an option that shapes the file, or the program
// itself has changed. Extensions and functions in which the tests of one program differ do not tell templates
// apart.
//
// The files are in the folder CAIRN_TEST_DIR (an environment variable), or else in cairn-tests-UID in the
// folder for temporary files; a folder per database, gone when the database is. It stays after keep(), when
// an exception ends the test, and when the process dies, so that you can look into it, until a test of that
// name starts again. Tests may run side by side, in threads and in processes, those of the same name too.
//
// Every connection has the SQL function test_embedding(size, seed), that of embeddings.hpp, so that fixtures
// can have vectors: INSERT INTO vec_content SELECT id, test_embedding(768, id) FROM content.
//
// Errors: cairn::Error; MigrationError for migrations that fail.
// Thread-safety: one thread at a time; pool() may be shared.
#pragma once

#include <exception>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cairn/sql/migration_set.hpp"
#include "cairn/sql/pool.hpp"

namespace cairn::testing {

struct TestDatabaseOptions {
  std::filesystem::path fixtures_folder = {};
  // As the program under test connects: with its extensions, functions, settings. The path, and what
  // would keep it from writing (mode, immutable, query_only), are replaced.
  sql::ConnectOptions connect = sql::ConnectOptions::agent("");
};

class TestFolder;

class TestDatabase {
 public:
  // The name, that of the test, becomes part of the file's. The migrations are used here only, so they may be
  // a temporary: MigrationSet::read("migrations").
  TestDatabase(std::string_view name, std::span<const sql::Migration> migrations,
               const TestDatabaseOptions& options = {});
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;
  ~TestDatabase();

  // Runs NAME.sql of the fixtures folder, in this order, each in one transaction. Throws not_found when there
  // is no such file; what else is wrong begins with FILE:LINE, and that file has left nothing.
  void fixtures(std::initializer_list<std::string_view> names) const;

  // Opened at the first call, with default PoolOptions. Must be left alone while the database dies.
  sql::Pool& pool();
  sql::Connection connect() const { return sql::Connection(options_); }
  // For what opens the database itself: a pool with other options, the program under test.
  const sql::ConnectOptions& options() const noexcept { return options_; }
  const std::string& path() const noexcept { return options_.path; }

  // The file stays.
  void keep() noexcept;

 private:
  std::unique_ptr<TestFolder> folder_;
  std::filesystem::path fixtures_folder_;
  sql::ConnectOptions options_;
  std::optional<sql::Pool> pool_;
  int exceptions_ = std::uncaught_exceptions();
};

}  // namespace cairn::testing
