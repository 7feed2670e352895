// Compared with git itself (git check-ignore) over generated rules and paths.
#include "text/gitignore.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>

#include "base/temp_dir.hpp"

namespace cairn::text {
namespace {

using Decision = IgnoreRules::Decision;

TEST(IgnoreRules, TheManualsExamples) {
  const IgnoreRules rules(
      "# "
      "comment\n\n*.log\n!keep.log\n/top\ndoc/frotz\nbuild/\nfoo/**\n**/deep\na/**/"
      "b\n\\#hash\n\\!bang\ntrail \\ \n");
  EXPECT_EQ(rules.match("x/y.log", false), Decision::ignore);
  EXPECT_EQ(rules.match("x/keep.log", false), Decision::include);
  EXPECT_EQ(rules.match("top", false), Decision::ignore);
  EXPECT_EQ(rules.match("x/top", false), Decision::none);
  EXPECT_EQ(rules.match("doc/frotz", true), Decision::ignore);
  EXPECT_EQ(rules.match("a/doc/frotz", true), Decision::none);
  EXPECT_EQ(rules.match("x/build", true), Decision::ignore);
  EXPECT_EQ(rules.match("x/build", false), Decision::none);
  EXPECT_EQ(rules.match("foo", true), Decision::none);
  EXPECT_EQ(rules.match("foo/x/y", false), Decision::ignore);
  EXPECT_EQ(rules.match("x/deep", false), Decision::ignore);
  EXPECT_EQ(rules.match("a/b", false), Decision::ignore);
  EXPECT_EQ(rules.match("a/x/y/b", false), Decision::ignore);
  EXPECT_EQ(rules.match("#hash", false), Decision::ignore);
  EXPECT_EQ(rules.match("!bang", false), Decision::ignore);
  EXPECT_EQ(rules.match("trail  ", false), Decision::ignore);
  EXPECT_EQ(rules.match("comment", false), Decision::none);
  EXPECT_TRUE(IgnoreRules("# only\n\n   \n").empty());
  EXPECT_EQ(IgnoreRules("\xEF\xBB\xBFx\r\ny\r\n").match("x", false), Decision::ignore);
}

TEST(IgnoreRules, NoPatternIsExponential) {
  std::string stars, folders;
  for (int i = 0; i < 200; ++i) stars += "*a", folders += "**/a/";
  const IgnoreRules rules(stars + "b\n" + folders + "b\n");
  EXPECT_EQ(rules.match(std::string(3000, 'a'), false), Decision::none);
  std::string path;
  for (int i = 0; i < 1000; ++i) path += "a/";
  EXPECT_EQ(rules.match(path + "c", false), Decision::none);
}

std::string without_slash(const std::string& path) {
  return path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
}

class GitRepository {
 public:
  GitRepository() { EXPECT_EQ(run("git init -q ."), 0); }

  // Makes the path (a folder's ends with a slash) exist; false if it cannot, because of one made before.
  bool make(const std::string& path) {
    std::error_code error;
    const std::filesystem::path full = folder_ / path;
    if (path.ends_with('/'))
      return std::filesystem::create_directories(full, error) || std::filesystem::is_directory(full);
    std::filesystem::create_directories(full.parent_path(), error);
    if (error || std::filesystem::is_directory(full)) return false;
    return std::ofstream(full).good();
  }

  // Which of `paths` git ignores.
  std::set<std::string> ignored(const std::string& rules, const std::vector<std::string>& paths) {
    std::ofstream(folder_ / ".gitignore", std::ios::binary) << rules;
    {
      std::ofstream input(folder_ / "input", std::ios::binary);
      for (const std::string& path : paths) input << without_slash(path) << '\0';
    }
    run("git check-ignore --no-index -z --stdin < input > output");
    std::ifstream output(folder_ / "output", std::ios::binary);
    std::set<std::string> result;
    for (std::string path; std::getline(output, path, '\0');) result.insert(path);
    return result;
  }

 private:
  int run(const std::string& command) {
    return std::system(("cd '" + folder_.string() + "' && GIT_CONFIG_GLOBAL=/dev/null " + command).c_str());
  }

  TempDir temporary_;
  const std::filesystem::path& folder_ = temporary_.path();
};

// As a walker does it: a path is ignored when it or a folder above it is.
bool walker_ignores(const IgnoreRules& rules, const std::string& path) {
  for (std::size_t slash = path.find('/'); slash != std::string::npos && slash + 1 < path.size();
       slash = path.find('/', slash + 1)) {
    if (rules.match(path.substr(0, slash), true) == Decision::ignore) return true;
  }
  return rules.match(without_slash(path), path.ends_with('/')) == Decision::ignore;
}

TEST(IgnoreRules, AgreesWithGit) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const std::vector<std::string> parts = {
      "a",   "b",   "ab",   "*",     "?",   "**",          "[ab]",         "[!a]", "[a-c]", "a*",
      "*b",  "\\a", "[]a]", "***",   "a**", "[[:alpha:]]", "[^[:digit:]]", "[a",   " ",     "a ",
      "\\ ", "x.y", "*.y",  "[a/b]", "\\*", "[\\]a]",      "[a-]",         "c\\",  "[b-a]", "#"};
  const std::vector<std::string> names = {"a", "b", "ab", "c", "x.y", "ba", "aab", "]",
                                          "1", " ", "a ", "*", "-",   "#",  "[a"};
  GitRepository repository;
  for (int round = 0; round < 25; ++round) {
    std::string rules;
    for (std::size_t i = 0, n = 1 + random() % 4; i < n; ++i) {
      if (random() % 4 == 0) rules += '!';
      if (random() % 4 == 0) rules += '/';
      for (std::size_t k = 0, m = 1 + random() % 3; k < m; ++k) {
        if (k > 0 && random() % 4 != 0) rules += '/';
        rules += parts[random() % parts.size()];
      }
      if (random() % 4 == 0) rules += '/';
      rules += random() % 8 == 0 ? "\r\n" : "\n";
    }
    std::vector<std::string> paths;
    for (int i = 0; i < 60; ++i) {
      std::string path;
      for (std::size_t k = 0, m = 1 + random() % 4; k < m; ++k) path += names[random() % names.size()] + "/";
      if (random() % 2) path.pop_back();
      if (repository.make(path)) paths.push_back(path);
    }
    const IgnoreRules ours(rules);
    const std::set<std::string> git = repository.ignored(rules, paths);
    for (const std::string& path : paths) {
      ASSERT_EQ(walker_ignores(ours, path), git.count(without_slash(path)) > 0) << "[" << path << "] under\n"
                                                                                << rules;
    }
  }
}

}  // namespace
}  // namespace cairn::text
