#include "store/walk.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>

#include "base/temp_dir.hpp"
#include "cairn/error.hpp"
#include "store/unprivileged.hpp"

namespace cairn::store {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;
using Counts = std::map<std::string, std::size_t>;

class Walk : public ::testing::Test {
 protected:
  WalkResult walk_in(const std::vector<std::string>& names, const IngestOptions& options = {}) {
    std::vector<std::string> roots;
    for (const std::string& name : names) roots.push_back(dir_.file(name));
    return walk(roots, options);
  }

  // Paths below the temporary folder.
  Names names(const WalkResult& result) {
    Names out;
    for (const FoundFile& file : result.files) out.push_back(fs::relative(file.path, root_).string());
    return out;
  }

  TempDir dir_;
  fs::path root_ = fs::canonical(dir_.path());
};

TEST_F(Walk, FindsFilesInOrderWithSizeAndTime) {
  dir_.write("n/b.md", "12345");
  dir_.write("n/a/z.md", "");
  dir_.write("n/a.md", "1");
  fs::create_directories(root_ / "n/empty");
  const WalkResult result = walk_in({"n"});
  EXPECT_EQ(names(result), (Names{"n/a.md", "n/a/z.md", "n/b.md"}));
  EXPECT_EQ(result.files[2].bytes, 5u);
  struct stat info {};
  ASSERT_EQ(stat(result.files[2].path.c_str(), &info), 0);
  EXPECT_EQ(result.files[2].modified_ns, info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec);
  EXPECT_EQ(result.folders, Names{(root_ / "n").string()});
  EXPECT_EQ(result.skipped, Counts{});
  EXPECT_TRUE(result.problems.empty());
}

TEST_F(Walk, MissingRootIsAnErrorThatNamesIt) {
  dir_.write("n/a.md", "x");
  try {
    walk_in({"n", "nowhere"});
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::not_found);
    EXPECT_NE(std::string(e.what()).find(dir_.file("nowhere")), std::string::npos);
  }
  EXPECT_THROW(walk(std::vector<std::string>{""}, {}), Error);
  EXPECT_THROW(walk_in({"n/a.md/b"}), Error);
  EXPECT_THROW(walk(std::vector<std::string>{std::string("/tmp\0x", 6)}, {}), Error);
}

TEST_F(Walk, LeavesAloneAndCounts) {
  dir_.write("n/ok.md", "x");
  dir_.write("n/.hidden", "x");
  dir_.write("n/.folder/a.md", "x");
  dir_.write("n/node_modules/p/a.md", "x");
  dir_.write("n/id_rsa", "x");
  dir_.write("n/package-lock.json", "x");
  dir_.write("n/big.md", std::string(101, 'x'));
  dir_.write("n/limit.md", std::string(100, 'x'));
  fs::create_symlink("ok.md", root_ / "n/link.md");
  fs::create_symlink("..", root_ / "n/loop");
  ASSERT_EQ(mkfifo(dir_.file("n/pipe").c_str(), 0600), 0);
  const WalkResult result = walk_in({"n"}, {.max_file_bytes = 100});
  EXPECT_EQ(names(result), (Names{"n/limit.md", "n/ok.md"}));
  EXPECT_EQ(result.skipped, (Counts{{"dependency", 1},
                                    {"hidden", 2},
                                    {"lock file", 1},
                                    {"secret", 1},
                                    {"special", 1},
                                    {"symlink", 2},
                                    {"too large", 1}}));
}

TEST_F(Walk, TakesWhatIsNamed) {
  dir_.write("n/.gitignore", "*.log\n");
  dir_.write("n/.hidden/a.md", "x");
  dir_.write("n/a.log", "x");
  dir_.write("n/.env", "x");
  fs::create_symlink("a.log", root_ / "n/link");
  EXPECT_EQ(names(walk_in({"n/a.log", "n/.env", "n/link", "n/.hidden", "n"})),
            (Names{"n/.env", "n/.hidden/a.md", "n/a.log"}));
  ASSERT_EQ(mkfifo(dir_.file("n/pipe").c_str(), 0600), 0);
  EXPECT_EQ(walk_in({"n/pipe"}).skipped, (Counts{{"special", 1}}));
}

TEST_F(Walk, OverlappingRootsCountOnce) {
  dir_.write("n/a/x.md", "x");
  dir_.write("n/a/.b", "x");
  const WalkResult result = walk_in({"n/a", "n", "n/a/x.md", "n/a"});
  EXPECT_EQ(names(result), Names{"n/a/x.md"});
  EXPECT_EQ(result.skipped, (Counts{{"hidden", 1}}));
}

TEST_F(Walk, HonoursGitignoreFromTheRepositoryDown) {
  dir_.write(".gitignore", "outside.md\n");
  fs::create_directories(root_ / "repo/.git");
  dir_.write("repo/.gitignore", "*.log\n/docs/build/\n");
  dir_.write("repo/docs/.gitignore", "!keep.log\ndraft*\n");
  for (const char* name : {"a.log", "keep.log", "draft1", "build/x.md", "sub/draft2", "sub/b.md",
                           "sub/build/y.md", "outside.md"})
    dir_.write(std::string("repo/docs/") + name, "x");
  // A repository of its own, where the outer rules do not hold.
  fs::create_directories(root_ / "repo/docs/inner/.git");
  dir_.write("repo/docs/inner/c.log", "x");

  const Names expected = {"repo/docs/inner/c.log", "repo/docs/keep.log", "repo/docs/outside.md",
                          "repo/docs/sub/b.md", "repo/docs/sub/build/y.md"};
  EXPECT_EQ(names(walk_in({"repo/docs"})), expected);
  EXPECT_EQ(names(walk_in({"repo"})), expected);
  EXPECT_EQ(walk_in({"repo/docs"}).skipped, (Counts{{"hidden", 2}, {"ignored", 4}}));
  EXPECT_EQ(names(walk_in({"repo/docs/build"})), Names{"repo/docs/build/x.md"});
  EXPECT_EQ(walk_in({"repo/docs"}, {.gitignore = false}).files.size(), 9u);
}

TEST_F(Walk, OutsideARepositoryOnlyRulesBelowTheRootHold) {
  dir_.write(".gitignore", "a.md\n");
  dir_.write("n/.gitignore", "b.md\n");
  dir_.write("n/a.md", "x");
  dir_.write("n/s/b.md", "x");
  EXPECT_EQ(names(walk_in({"n"})), Names{"n/a.md"});
}

TEST_F(Walk, UnreadableFolderIsAProblemAndTheRestGoesOn) {
  const testing::Unprivileged somebody{&dir_};
  dir_.write("n/a/x.md", "x");
  dir_.write("n/b.md", "x");
  fs::permissions(root_ / "n/a", fs::perms::none);
  const WalkResult result = walk_in({"n"});
  fs::permissions(root_ / "n/a", fs::perms::owner_all);
  EXPECT_EQ(names(result), Names{"n/b.md"});
  EXPECT_EQ(result.unknown, Names{(root_ / "n/a").string()});
  ASSERT_EQ(result.problems.size(), 1u);
  EXPECT_EQ(result.problems[0].message, "Permission denied");
}

TEST_F(Walk, NamesThatAreNotUtf8AreProblems) {
  dir_.write("n/\xFF.md", "x");
  dir_.write("n/\xC3/a.md", "x");
  dir_.write("n/é.md", "x");
  const WalkResult result = walk_in({"n"});
  EXPECT_EQ(names(result), Names{"n/é.md"});
  ASSERT_EQ(result.problems.size(), 2u);
  const WalkResult named = walk_in({"n/\xFF.md"});
  EXPECT_TRUE(named.files.empty());
  EXPECT_EQ(named.problems.size(), 1u);
}

// Deeper than a path can be named: the part that cannot be opened is a problem.
TEST_F(Walk, SurvivesDeepTrees) {
  const std::string name(200, 'd');
  const fs::path before = fs::current_path();
  fs::create_directories(root_ / "n");
  fs::current_path(root_ / "n");
  for (int depth = 0; depth < 40; ++depth) {
    ASSERT_EQ(mkdir(name.c_str(), 0700), 0);
    ASSERT_EQ(chdir(name.c_str()), 0);
  }
  const WalkResult result = walk_in({"n"});
  EXPECT_EQ(result.problems.size(), 1u);
  EXPECT_EQ(result.unknown.size(), 1u);
  // std::filesystem::remove_all goes down by descriptors, so the temporary folder can go.
  fs::current_path(before);
}

TEST(IsWithin, ComparesWholeComponents) {
  EXPECT_TRUE(is_within("/a/b", "/a"));
  EXPECT_TRUE(is_within("/a", "/a"));
  EXPECT_TRUE(is_within("/a", "/"));
  EXPECT_FALSE(is_within("/ab", "/a"));
  EXPECT_FALSE(is_within("/a", "/a/b"));
}

}  // namespace
}  // namespace cairn::store
