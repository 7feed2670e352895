#include "check/target.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/temp_dir.hpp"
#include "check/files.hpp"

namespace cairn::check {
namespace {

class TargetTest : public ::testing::Test {
 protected:
  TargetTest() {
    manifest_.target = "app";
    manifest_.source_dir = dir_.path();
    manifest_.migrations = dir_.path() / "migrations";
    manifest_.cache = dir_.path() / ".cairn/app";
    write("migrations/0001_tasks.sql", "CREATE TABLE tasks(id INTEGER PRIMARY KEY, title TEXT NOT NULL);\n");
  }
  std::filesystem::path write(const std::string& name, std::string_view text) {
    return dir_.write(name, text);
  }
  void add_source(const std::string& name, std::string_view text) {
    manifest_.sources.push_back({write(name, text), header_of(name)});
  }
  void add_queries(const std::string& name, std::string_view text) {
    manifest_.queries.push_back({write(name, text), header_of(name)});
  }
  std::filesystem::path header_of(const std::string& name) const {
    return dir_.path() / "build" / (name + ".hpp");
  }

  TempDir dir_;
  Manifest manifest_;
};

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

TEST_F(TargetTest, WritesAHeaderForEachSourceAndFileOfQueries) {
  add_source("src/a.cpp", "auto a = CAIRN_SQL(\"SELECT id FROM tasks\");\n");
  add_source("src/b.cpp", "int b;\n");
  add_queries("queries/open-tasks.sql", "-- name: titles :all\nSELECT title FROM tasks;\n");
  const TargetReport report = check_target(manifest_);
  EXPECT_TRUE(report.sound()) << report.messages();
  EXPECT_EQ(report.messages(), "");
  ASSERT_EQ(report.headers.size(), 3u);
  EXPECT_EQ(count(report.headers.at(header_of("src/a.cpp")), "SELECT id FROM tasks"), 1u);
  EXPECT_EQ(count(report.headers.at(header_of("src/b.cpp")), "SELECT"), 0u);
  EXPECT_EQ(count(report.headers.at(header_of("src/b.cpp")), "#include"), 0u);  // it costs nothing
  EXPECT_EQ(count(report.headers.at(header_of("queries/open-tasks.sql")), "namespace open_tasks {"), 1u);

  EXPECT_EQ(write_headers(report), 3);
  EXPECT_EQ(read_file(header_of("src/a.cpp")), report.headers.at(header_of("src/a.cpp")));
  EXPECT_EQ(write_headers(check_target(manifest_)), 0);
}

TEST_F(TargetTest, KeepsEachTextInTheCacheOnce) {
  add_source("a.cpp", "CAIRN_SQL(\"SELECT id FROM tasks\"); CAIRN_SQL(\"SELECT 1 AS n\");\n");
  add_source("b.cpp", "\n\n\n\nCAIRN_SQL(\"SELECT id FROM tasks\");\n");
  add_queries("q.sql", "-- name: ids :all\nSELECT id FROM tasks;\n");
  const TargetReport report = check_target(manifest_);
  ASSERT_TRUE(report.sound()) << report.messages();
  EXPECT_EQ(report.cache.size(), 4u);  // two texts, one file of queries, inputs.sha384
  EXPECT_EQ(count(report.cache.at("inputs.sha384"), "  ../../migrations/0001_tasks.sql\n"), 1u);
  EXPECT_EQ(count(report.cache.at("inputs.sha384"), "  ../../q.sql\n"), 1u);
  EXPECT_EQ(report.cache.at("q.sql.hpp"), report.headers.at(header_of("q.sql")));
}

TEST_F(TargetTest, GivesEverySourceTheQueriesOfHeaders) {
  manifest_.headers.push_back(
      write("tasks.hpp", "inline auto q = CAIRN_SQL(\"SELECT title FROM tasks\");\n"));
  add_source("a.cpp", "#include \"tasks.hpp\"\n");
  add_source("b.cpp", "#include \"tasks.hpp\"\nCAIRN_SQL(\"SELECT title FROM tasks\");\n");
  const TargetReport report = check_target(manifest_);
  ASSERT_TRUE(report.sound()) << report.messages();
  for (const auto& [path, text] : report.headers) EXPECT_EQ(count(text, "R\"sql(SELECT title"), 1u) << path;
}

TEST_F(TargetTest, TellsAllMistakesOfAllFilesInOrder) {
  add_source(
      "b.cpp",
      "CAIRN_SQL(\"SELECT titel FROM tasks\");\nCAIRN_SQL(sql);\nCAIRN_SQL(\"SELECT id FROM tasks\");\n");
  add_source("a.cpp", "CAIRN_SQL(\"SELECT\\n  nope FROM tasks\");\n");
  const TargetReport report = check_target(manifest_);
  EXPECT_FALSE(report.sound());
  ASSERT_EQ(report.diagnostics.size(), 3u);
  EXPECT_EQ(report.diagnostics[0].file, "a.cpp");
  EXPECT_EQ(report.diagnostics[0].place.column, 22);
  EXPECT_EQ(report.diagnostics[1].file, "b.cpp");
  EXPECT_EQ(report.diagnostics[1].place.line, 1);
  EXPECT_EQ(report.diagnostics[2].place.line, 2);
  EXPECT_NE(report.messages().find("a.cpp:1:22: error: no such column: nope\n"), std::string::npos)
      << report.messages();

  // For an editor, whose compiler shall say the same; the sound query is there.
  const std::string& header = report.headers.at(header_of("b.cpp"));
  EXPECT_EQ(count(header, "static_assert(set == ~set, \"b.cpp:1:19: no such column: titel"), 1u) << header;
  EXPECT_EQ(count(header, "SELECT id FROM tasks"), 1u);
  EXPECT_FALSE(report.cache.contains("inputs.sha384"));
}

TEST_F(TargetTest, NamesTheLineOfAMigrationThatFails) {
  write("migrations/0002_bad.sql", "CREATE TABLE a(x);\n\nCREAT TABLE b(x);\n");
  add_source("a.cpp", "CAIRN_SQL(\"SELECT id FROM tasks\");\n");
  const TargetReport report = check_target(manifest_);
  EXPECT_FALSE(report.sound());
  EXPECT_EQ(report.failure.find("migrations/0002_bad.sql:3: error: "), 0u) << report.failure;
  EXPECT_TRUE(report.diagnostics.empty());

  // Until it is repaired, what was written before stays.
  write("build/a.cpp.hpp", "before");
  EXPECT_EQ(write_headers(report), 0);
  std::filesystem::remove(header_of("a.cpp"));
  EXPECT_EQ(write_headers(report), 1);
}

TEST_F(TargetTest, NamesThePlaceInTheConfiguration) {
  manifest_.config = write("cairn.toml", "[typs]\n");
  EXPECT_EQ(check_target(manifest_).failure.find("cairn.toml:1:2: error: "), 0u)
      << check_target(manifest_).failure;
}

TEST_F(TargetTest, StubsStandInForMigrations) {
  manifest_.migrations.clear();
  manifest_.stubs.push_back(write("stub.sql", "CREATE TABLE made_by_code(x INTEGER NOT NULL);\n"));
  add_source("a.cpp", "CAIRN_SQL(\"SELECT x FROM made_by_code\");\n");
  EXPECT_TRUE(check_target(manifest_).sound()) << check_target(manifest_).messages();
}

TEST_F(TargetTest, AFileThatIsNotThereMayComeLater) {
  manifest_.sources.push_back({dir_.path() / "none.cpp", header_of("none.cpp")});
  const TargetReport report = check_target(manifest_);
  EXPECT_EQ(report.messages().find("none.cpp:1:1: warning: is not there yet, and so not checked"), 0u);
  EXPECT_TRUE(report.sound());
}

TEST_F(TargetTest, TwoFilesWithOneHeaderAreAMistake) {
  add_queries("a/q.sql", "-- name: one :all\nSELECT 1 AS n;\n");
  add_queries("b/q.sql", "-- name: one :all\nSELECT 1 AS n;\n");
  manifest_.queries[1].header = manifest_.queries[0].header;
  EXPECT_FALSE(check_target(manifest_).sound());
}

TEST_F(TargetTest, KnowsItsInputs) {
  manifest_.config = write("cairn.toml", "");
  add_source("a.cpp", "\n");
  const std::vector<std::filesystem::path> inputs = check_target(manifest_).inputs;
  for (const char* name : {"cairn.toml", "migrations", "migrations/0001_tasks.sql", "a.cpp"})
    EXPECT_NE(std::ranges::find(inputs, dir_.path() / name), inputs.end()) << name;
}

}  // namespace
}  // namespace cairn::check
