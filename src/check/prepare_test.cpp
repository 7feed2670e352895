#include "check/prepare.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/temp_dir.hpp"
#include "cairn/error.hpp"
#include "check/files.hpp"

namespace cairn::check {
namespace {

namespace fs = std::filesystem;

class PrepareTest : public ::testing::Test {
 protected:
  PrepareTest() {
    dir_.write("migrations/0001_tasks.sql",
               "CREATE TABLE tasks(id INTEGER PRIMARY KEY, title TEXT NOT NULL);\n");
    dir_.write("a.cpp", "CAIRN_SQL(\"SELECT id FROM tasks\");\n");
    dir_.write("q.sql", "-- name: titles :all\nSELECT title FROM tasks;\n");
    write_manifest("app", "../../.cairn/app");
  }
  void write_manifest(const std::string& target, const std::string& cache) {
    dir_.write(
        "build/cairn_sql/" + target + ".json",
        fmt::format(
            R"({{"target": "{}", "source_dir": "../..", "migrations": "../../migrations", "cache": "{}",
                               "sources": [{{"file": "../../a.cpp", "header": "../{}.hpp"}}],
                               "queries": [{{"file": "../../q.sql", "header": "../q.sql.hpp"}}]}})",
            target, cache, target));
  }
  std::vector<PreparedTarget> run(bool only_look = false) {
    return prepare(find_manifests(build()), only_look);
  }
  // "missing q_….hpp, unused …": what --check says, with the files' names shortened to their kind.
  std::string changes() {
    std::string all;
    for (const PreparedTarget& target : run(true))
      for (const CacheChange& change : target.changes) {
        constexpr const char* kKinds[] = {"missing", "changed", "unused"};
        const std::string name = change.file.filename().string();
        all += fmt::format("{}{} {}", all.empty() ? "" : ", ", kKinds[static_cast<int>(change.kind)],
                           name.starts_with("q_") ? "q_" : name);
      }
    return all;
  }
  fs::path build() const { return dir_.path() / "build"; }
  fs::path cache() const { return dir_.path() / ".cairn/app"; }
  fs::path cached_query() const {
    for (const fs::directory_entry& entry : fs::directory_iterator(cache()))
      if (entry.path().filename().string().starts_with("q_")) return entry.path();
    return {};
  }

  TempDir dir_;
};

TEST_F(PrepareTest, OnlyLooksOrWritesEverything) {
  EXPECT_EQ(changes(), "missing inputs.sha384, missing q.sql.hpp, missing q_, missing q_");
  EXPECT_FALSE(fs::exists(cache()));
  EXPECT_FALSE(fs::exists(build() / "app.hpp"));
  EXPECT_EQ(run()[0].changes.size(), 4u);
  EXPECT_TRUE(fs::exists(build() / "app.hpp"));
  EXPECT_EQ(changes(), "");
  EXPECT_TRUE(run()[0].changes.empty());
}

TEST_F(PrepareTest, SeesEachKindOfStaleness) {
  run();
  dir_.write("migrations/0002_other.sql", "CREATE TABLE other(x);\n");
  EXPECT_EQ(changes(), "changed inputs.sha384");
  fs::remove(dir_.path() / "migrations/0002_other.sql");
  EXPECT_EQ(changes(), "");

  dir_.write("a.cpp", "CAIRN_SQL(\"SELECT id, title FROM tasks\");\n");
  EXPECT_EQ(changes(), "missing q_, unused q_");
  run();
  EXPECT_EQ(changes(), "");

  dir_.write("q.sql", "-- name: titles :each\nSELECT title FROM tasks;\n");
  EXPECT_EQ(changes(), "changed inputs.sha384, changed q.sql.hpp");
  run();

  const fs::path query = cached_query();
  const std::string before = read_file(query);
  write_if_different(query, "edited by hand");
  EXPECT_EQ(changes(), "changed q_");
  run();
  EXPECT_EQ(read_file(query), before);
  fs::remove(query);
  EXPECT_EQ(changes(), "missing q_");
}

TEST_F(PrepareTest, AnotherTypeOfAColumnIsAnotherFile) {
  run();
  dir_.write("migrations/0001_tasks.sql",
             "CREATE TABLE tasks(id TEXT NOT NULL PRIMARY KEY, title TEXT NOT NULL);\n");
  EXPECT_EQ(changes(), "changed inputs.sha384, missing q_, unused q_");
}

TEST_F(PrepareTest, LeavesTheCacheOfATargetWithMistakesAlone) {
  run();
  const std::string before = read_file(cached_query());
  dir_.write("a.cpp", "CAIRN_SQL(\"SELECT nope FROM tasks\");\n");
  const std::vector<PreparedTarget> prepared = run();
  EXPECT_FALSE(prepared[0].report.sound());
  EXPECT_TRUE(prepared[0].changes.empty());
  EXPECT_EQ(read_file(cached_query()), before);
}

TEST_F(PrepareTest, DoesNotTouchWhatIsNotItsOwn) {
  dir_.write(".cairn/app/README.md", "ours");
  run();
  EXPECT_TRUE(fs::exists(cache() / "README.md"));
}

TEST_F(PrepareTest, RefusesACacheOfTwo) {
  write_manifest("other", "../../.cairn/app");
  EXPECT_THROW(run(), Error);
}

TEST_F(PrepareTest, NamesTheBuildFolderThatHasNothing) {
  EXPECT_THROW(find_manifests(dir_.path() / "none"), Error);
  EXPECT_EQ(find_manifests(build()).size(), 1u);
}

TEST_F(PrepareTest, FindsTheBuildFolderAtHand) {
  const fs::path before = fs::current_path();
  fs::current_path(dir_.path());
  EXPECT_EQ(find_manifests("").size(), 1u);
  fs::create_directories("build/release");
  fs::rename("build/cairn_sql", "build/release/cairn_sql");
  EXPECT_EQ(find_manifests("").size(), 1u);
  fs::create_directories("build/dev");
  fs::copy("build/release/cairn_sql", "build/dev/cairn_sql", fs::copy_options::recursive);
  EXPECT_THROW(find_manifests(""), Error);
  EXPECT_EQ(find_manifests("build/dev").size(), 1u);
  fs::current_path(before);
}

TEST_F(PrepareTest, WatchesWhatTheHeadersDependOn) {
  Watcher watcher(build());
  EXPECT_EQ(watcher.look().size(), 1u);
  EXPECT_EQ(watcher.look().size(), 0u);
  const auto touch = [&](const char* name) {
    const fs::path file = dir_.path() / name;
    fs::last_write_time(file, fs::last_write_time(file) + std::chrono::seconds(1));
  };
  for (const char* name : {"a.cpp", "q.sql", "migrations/0001_tasks.sql", "build/cairn_sql/app.json"}) {
    touch(name);
    EXPECT_EQ(watcher.look().size(), 1u) << name;
    EXPECT_EQ(watcher.look().size(), 0u) << name;
  }
  dir_.write("a.cpp", "CAIRN_SQL(\"SELECT nope FROM tasks\");\n");
  touch("a.cpp");
  std::vector<PreparedTarget> looked_at = watcher.look();
  ASSERT_EQ(looked_at.size(), 1u);
  EXPECT_FALSE(looked_at[0].report.sound());
  EXPECT_NE(read_file(build() / "app.hpp").find("static_assert"), std::string::npos);
  EXPECT_FALSE(fs::exists(cache()));

  dir_.write("migrations/0002_nope.sql", "ALTER TABLE tasks ADD COLUMN nope INTEGER;\n");
  touch("migrations");
  looked_at = watcher.look();
  ASSERT_EQ(looked_at.size(), 1u);
  EXPECT_TRUE(looked_at[0].report.sound()) << looked_at[0].report.messages();
  fs::remove(dir_.path() / "a.cpp");
  EXPECT_EQ(watcher.look().size(), 1u);
}

}  // namespace
}  // namespace cairn::check
