// The examples of docs/sql/connecting.md and of the headers, compiled and run.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/error_of.hpp"
#include "base/temp_dir.hpp"
#include "cairn/sql/connection.hpp"
#include "cairn/sql/database.hpp"
#include "cairn/sql/deadline.hpp"

namespace {

using cairn::TempDir;

std::string words_of(const std::string& text) {
  std::istringstream stream(text);
  std::string words, word;
  while (stream >> word) words += word + ' ';
  return words;
}

std::string read(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(ConnectingPage, ItsExamplesStandInThisFile) {
  const std::string page = read(CAIRN_SOURCE_DIR "/docs/sql/connecting.md");
  const std::string here = words_of(read(CAIRN_SOURCE_DIR "/src/sql/connecting_examples_test.cpp"));
  const std::string fence = "```cpp\n";
  int examples = 0;
  for (auto at = page.find(fence); at != std::string::npos; at = page.find(fence, at + 1)) {
    const auto begin = at + fence.size();
    const std::string example = page.substr(begin, page.find("```", begin) - begin);
    EXPECT_NE(here.find(words_of(example)), std::string::npos) << example;
    ++examples;
  }
  EXPECT_EQ(examples, 7);
}

TEST(ConnectingPage, Open) {
  TempDir dir;
  const std::string path = dir.file("agent.db");
  auto options = cairn::sql::ConnectOptions::agent(path);  // the preset for one file that agents use all day
  options.busy_timeout = std::chrono::seconds(30);
  cairn::sql::Connection db(options);
  db.execute("CREATE TABLE IF NOT EXISTS notes(id INTEGER PRIMARY KEY, text TEXT NOT NULL)");

  auto from_url = cairn::sql::ConnectOptions::from_url("sqlite://" + path + "?mode=rwc");
  EXPECT_EQ(cairn::sql::Connection(from_url).query_one<int>("SELECT count(*) FROM notes"), 0);
}

TEST(ConnectingPage, MakeFindDrop) {
  TempDir dir;
  const cairn::sql::ConnectOptions tasks{.path = dir.file("tasks.db")};
  if (!cairn::sql::database_exists(tasks)) cairn::sql::create_database(tasks);
  cairn::sql::drop_database(tasks);  // with -wal, -shm and -journal; false if it was not there
  EXPECT_FALSE(cairn::sql::database_exists(tasks));
}

TEST(ConnectingPage, Functions) {
  cairn::sql::ConnectOptions options;
  options.functions.emplace_back(
      "initials",
      [](std::string_view first, std::optional<std::string_view> last) {
        return std::string(first.substr(0, 1)) + std::string(last.value_or("").substr(0, 1));
      },
      cairn::sql::FunctionFlags{.deterministic = true});
  options.collations.emplace_back(
      "by_length", [](std::string_view a, std::string_view b) { return a.size() <=> b.size(); });
  cairn::sql::Connection db(options);
  EXPECT_EQ(db.query_one<std::string>("SELECT initials('Ada', 'Lovelace') || initials('Plato', NULL)"),
            "ALP");
  EXPECT_TRUE(db.query_one<bool>("SELECT 'zz' < 'aaa' COLLATE by_length"));
}

TEST(ConnectingPage, BoundAndCancel) {
  cairn::sql::Connection db(cairn::sql::ConnectOptions{});
  db.execute("CREATE TABLE notes(text)");
  cairn::sql::OperationLimit limit(db, std::chrono::milliseconds(200));
  auto count = limit.run([&] { return db.query_one<std::int64_t>("SELECT count(*) FROM notes"); });
  EXPECT_EQ(count, 0);

  std::stop_source stop;
  cairn::sql::OperationLimit cancellable(db, {.stop = stop.get_token()});
  cancellable.run([&] { db.execute("UPDATE notes SET text = ''"); });
}

TEST(ConnectingPage, Watch) {
  cairn::sql::ConnectOptions options;
  std::vector<std::string> slow;
  options.slow_threshold = std::chrono::milliseconds(100);
  options.on_statement = [&](const cairn::sql::StatementEvent& e) {
    slow.push_back(std::string(e.sql) + " took " + std::to_string(e.duration.count() / 1'000'000) + " ms");
  };
  options.slow_threshold = std::chrono::milliseconds(0);
  cairn::sql::Connection db(options);
  slow.clear();
  db.execute("SELECT 1");
  ASSERT_EQ(slow.size(), 1u);
  EXPECT_TRUE(slow[0].starts_with("SELECT 1 took ")) << slow[0];
}

TEST(ConnectingPage, Copy) {
  TempDir dir;
  cairn::sql::Connection db(cairn::sql::ConnectOptions::agent(dir.file("a.db")));
  db.execute("CREATE TABLE notes(text)");
  const std::string copy = dir.file("copy.db");
  double done = 0;
  db.backup_to(copy, {.pages_per_step = 256, .on_progress = [&](std::int64_t left, std::int64_t all) {
                        done = static_cast<double>(all - left) / static_cast<double>(all);
                      }});
  EXPECT_EQ(done, 1);
}

}  // namespace
