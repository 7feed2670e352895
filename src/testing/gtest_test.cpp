#include "cairn/testing/gtest.hpp"

#include <filesystem>

#include "base/temp_dir.hpp"

namespace cairn::testing {
namespace {

constexpr sql::Migration kMigrations[] = {
    {1, "tasks", "CREATE TABLE tasks(id INTEGER PRIMARY KEY, title TEXT NOT NULL)"}};

class TasksTest : public DatabaseTest {
 protected:
  TasksTest() : DatabaseTest(kMigrations) {}
};

TEST_F(TasksTest, IsFreshAndNamedAsTheTest) {
  EXPECT_EQ(database.connect().query_one<int>("SELECT count(*) FROM tasks"), 0);
  EXPECT_NE(database.path().find("TasksTest.IsFreshAndNamedAsTheTest-"), std::string::npos)
      << database.path();
}

class EachTaskTest : public TasksTest, public ::testing::WithParamInterface<int> {};
INSTANTIATE_TEST_SUITE_P(Some, EachTaskTest, ::testing::Values(1, 2));

TEST_P(EachTaskTest, HasAFileForEachParameter) {
  EXPECT_NE(database.path().find("Some_EachTaskTest.HasAFileForEachParameter_"), std::string::npos)
      << database.path();
  database.connect().execute("INSERT INTO tasks VALUES (1, 'alone')");
}

// The test below runs it in a process of its own, and has it fail there.
TEST_F(TasksTest, FailsWhenTold) {
  database.connect().execute("INSERT INTO tasks(title) VALUES ('to be looked at')");
  EXPECT_EQ(std::getenv("CAIRN_TEST_FAIL"), nullptr) << "as told";
}

TEST(DatabaseTestThatFails, KeepsItsFileAndSaysWhere) {
  const TempDir dir;
  const std::string output = dir.file("output.txt");
  const std::string command = "CAIRN_TEST_FAIL=1 CAIRN_TEST_DIR='" + dir.file("kept") + "' '" +
                              std::filesystem::read_symlink("/proc/self/exe").string() +
                              "' --gtest_filter=TasksTest.FailsWhenTold >'" + output + "' 2>&1";
  for (int run = 0; run < 2; ++run) {
    ASSERT_NE(std::system(command.c_str()), 0);
    std::ifstream in(output);
    const std::string said(std::istreambuf_iterator<char>(in), {});
    const std::string label = "The database of the failed test is kept: ";
    const std::size_t at = said.find(label);
    ASSERT_NE(at, std::string::npos) << said;
    const std::string path = said.substr(at + label.size(), said.find('\n', at) - at - label.size());
    sql::Connection db(sql::ConnectOptions{.path = path});
    EXPECT_EQ(db.query_one<std::string>("SELECT title FROM tasks"), "to be looked at");
  }
  const auto kept = std::filesystem::directory_iterator(dir.file("kept"));
  EXPECT_EQ(std::distance(begin(kept), end(kept)), 2) << "the templates, and the file of the second run";
}

}  // namespace
}  // namespace cairn::testing
