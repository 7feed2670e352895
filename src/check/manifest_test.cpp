#include "check/manifest.hpp"

#include <gtest/gtest.h>

#include "base/temp_dir.hpp"
#include "cairn/error.hpp"

namespace cairn::check {
namespace {

class ManifestTest : public ::testing::Test {
 protected:
  Manifest read(std::string_view json) { return read_manifest(dir_.write("app.json", json)); }
  std::string error_of(std::string_view json) {
    try {
      read(json);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  TempDir dir_;
  std::filesystem::path file_ = dir_.path() / "app.json";
};

TEST_F(ManifestTest, HoldsWhatIsSaid) {
  const Manifest manifest = read(R"({
    "target": "app", "source_dir": "/src", "migrations": "/src/my migrations", "stubs": ["/src/stub.sql"],
    "config": "/src/cairn.toml", "cache": "/src/.cairn/app",
    "sources": [{"file": "/src/a.cpp", "header": "/build/a.hpp"}], "headers": ["/src/a.hpp"],
    "queries": [{"file": "/src/q.sql", "header": "/build/q.hpp"}]})");
  EXPECT_EQ(manifest.target, "app");
  EXPECT_EQ(manifest.source_dir, "/src");
  EXPECT_EQ(manifest.migrations, "/src/my migrations");
  EXPECT_EQ(manifest.stubs, std::vector<std::filesystem::path>{"/src/stub.sql"});
  EXPECT_EQ(manifest.config, "/src/cairn.toml");
  EXPECT_EQ(manifest.cache, "/src/.cairn/app");
  ASSERT_EQ(manifest.sources.size(), 1u);
  EXPECT_EQ(manifest.sources[0].file, "/src/a.cpp");
  EXPECT_EQ(manifest.sources[0].header, "/build/a.hpp");
  EXPECT_EQ(manifest.headers, std::vector<std::filesystem::path>{"/src/a.hpp"});
  ASSERT_EQ(manifest.queries.size(), 1u);
  EXPECT_EQ(manifest.queries[0].header, "/build/q.hpp");
}

TEST_F(ManifestTest, LeavesOutWhatIsOptionalAndIsTheBaseOfPaths) {
  const Manifest manifest = read(R"({"target": "app", "source_dir": "../x", "migrations": "migrations"})");
  EXPECT_EQ(manifest.migrations, dir_.path() / "migrations");
  EXPECT_EQ(manifest.source_dir, dir_.path().parent_path() / "x");
  EXPECT_TRUE(manifest.config.empty());
  EXPECT_TRUE(manifest.cache.empty());
  EXPECT_TRUE(manifest.sources.empty());
}

TEST_F(ManifestTest, RefusesWhatIsNone) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "parse error"},
      {"[]", "not a JSON object"},
      {R"({"source_dir": "x"})", "has no \"target\""},
      {R"({"target": "a"})", "has no \"source_dir\""},
      {R"({"target": 1, "source_dir": "x"})", "\"target\" holds what is not a string"},
      {R"({"target": "a", "source_dir": "x", "querys": []})", "does not know the member \"querys\""},
      {R"({"target": "a", "source_dir": "x", "headers": "x"})", "\"headers\" is not an array"},
      {R"({"target": "a", "source_dir": "x", "headers": [1]})", "\"headers\" holds what is not a string"},
      {R"({"target": "a", "source_dir": "x", "sources": ["x"]})", "\"sources\" holds what is no"},
      {R"({"target": "a", "source_dir": "x", "sources": [{"file": "x"}]})", "lacks a file or its header"},
      {R"({"target": "a", "source_dir": "x", "sources": [{"file": "x", "heder": "y"}]})", "\"heder\""},
  };
  for (const auto& [json, expected] : cases) {
    const std::string error = error_of(json);
    EXPECT_NE(error.find(expected), std::string::npos) << json << " gave: " << error;
    EXPECT_EQ(error.find(file_.string()), 0u) << error;
  }
  EXPECT_THROW(read_manifest(dir_.path() / "none.json"), Error);
}

}  // namespace
}  // namespace cairn::check
