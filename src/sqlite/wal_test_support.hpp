// For the tests of what is read past SQL: real files, and connections to them.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/temp_dir.hpp"
#include "cairn/sqlite/connection_ref.hpp"
#include "sqlite/api.hpp"

namespace cairn::sqlite {

class TestConnection {
 public:
  explicit TestConnection(const std::string& path) {
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI;
    EXPECT_EQ(sqlite3_open_v2(path.c_str(), &handle_, flags, nullptr), SQLITE_OK) << path;
  }
  TestConnection(const TestConnection&) = delete;
  TestConnection& operator=(const TestConnection&) = delete;
  ~TestConnection() { sqlite3_close(handle_); }

  sqlite3* handle() const { return handle_; }
  ConnectionRef sql() const { return ConnectionRef(handle_); }
  void run(std::string_view script) const { sql().execute_script(script); }

 private:
  sqlite3* handle_ = nullptr;
};

// A read transaction with its snapshot taken.
class ReadTransaction {
 public:
  explicit ReadTransaction(const TestConnection& connection) : connection_(connection) {
    connection_.run("BEGIN; SELECT count(*) FROM sqlite_schema");
  }
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;
  ~ReadTransaction() {
    const int code = sqlite3_exec(connection_.handle(), "COMMIT", nullptr, nullptr, nullptr);
    // A test that damages its file may find the damage here, too; a destructor cannot throw it.
    EXPECT_TRUE(code == SQLITE_OK || (code & 0xFF) == SQLITE_CORRUPT) << code;
  }

 private:
  const TestConnection& connection_;
};

}  // namespace cairn::sqlite
