// The fixture for GoogleTest: `database` is a fresh one for each test, named as the test. That of a test that
// failed is kept, and its path printed.
//
//   class TasksTest : public cairn::testing::DatabaseTest {
//    protected:
//     TasksTest() : DatabaseTest(app::migrations()) {}
//   };
//   TEST_F(TasksTest, StartsEmpty) {
//     EXPECT_EQ(database.connect().query_one<int>("SELECT count(*) FROM tasks"), 0);
//   }
//
// The one header of Cairn's that needs GoogleTest; no other includes it.
#pragma once

#include <gtest/gtest.h>

#include <iostream>

#include "cairn/testing/database.hpp"

namespace cairn::testing {

class DatabaseTest : public ::testing::Test {
 protected:
  explicit DatabaseTest(std::span<const sql::Migration> migrations, const TestDatabaseOptions& options = {})
      : database(test_name(), migrations, options) {}
  ~DatabaseTest() override {
    if (!HasFailure()) return;
    database.keep();
    std::cout << "The database of the failed test is kept: " << database.path() << '\n';
  }

  TestDatabase database;

 private:
  static std::string test_name() {
    const ::testing::TestInfo* info = ::testing::UnitTest::GetInstance()->current_test_info();
    return std::string(info->test_suite_name()) + "." + info->name();
  }
};

}  // namespace cairn::testing
