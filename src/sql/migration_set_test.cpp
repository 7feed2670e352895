#include "cairn/sql/migration_set.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/temp_dir.hpp"

namespace cairn::sql {
namespace {

namespace fs = std::filesystem;

// The migration error that reading the folder throws.
MigrationError refusal(const TempDir& dir) {
  try {
    MigrationSet::read(dir.path());
  } catch (const MigrationError& e) {
    return e;
  }
  return {MigrationProblem{0}, 0, "nothing was refused"};
}

TEST(MigrationSet, ReadsSqlxsNames) {
  TempDir dir;
  dir.write("0002_add_an_index.up.sql", "CREATE INDEX i ON a(x);");
  dir.write("0002_add_an_index.down.sql", "DROP INDEX i;");
  dir.write("1_first.sql", "CREATE TABLE a(x);\r\n");
  dir.write("20261124101500_x.sql.sql", "");
  dir.write("+7_.sql", "");
  for (const char* ignored : {"README.md", "notes.sql", "3_no_suffix", "4_upper.SQL", "5-dash.sql"})
    dir.write(ignored, "?");
  fs::create_directory(dir.path() / "8_folder.sql");
  ASSERT_EQ(mkfifo(dir.file("9_fifo.sql").c_str(), 0600), 0);  // opening it would wait for ever
  fs::create_symlink("1_first.sql", dir.path() / "6_link.sql");

  const MigrationSet set = MigrationSet::read(dir.path());
  const std::span<const Migration> m = set;
  ASSERT_EQ(m.size(), 5u);
  EXPECT_EQ(m[0].version, 1);
  EXPECT_EQ(m[0].description, "first");
  EXPECT_EQ(m[0].sql, "CREATE TABLE a(x);\r\n");
  EXPECT_FALSE(m[0].down);
  EXPECT_EQ(m[1].version, 2);
  EXPECT_EQ(m[1].description, "add an index");
  EXPECT_EQ(m[1].down, "DROP INDEX i;");
  EXPECT_TRUE(m[1].down_file.ends_with("0002_add_an_index.down.sql"));
  EXPECT_EQ(m[2].version, 6);
  EXPECT_EQ(m[2].sql, m[0].sql);
  EXPECT_EQ(m[3].description, "");
  EXPECT_EQ(m[4].description, "x");
}

TEST(MigrationSet, SurvivesBeingMoved) {
  TempDir dir;
  dir.write("1_a.sql", "a");  // short enough for a string to keep it inside
  MigrationSet first = MigrationSet::read(dir.path());
  const MigrationSet second = std::move(first);
  EXPECT_EQ(second.migrations()[0].sql, "a");
  EXPECT_EQ(second.migrations()[0].description, "a");
}

TEST(MigrationSet, RefusesFilesThatCannotBeMeant) {
  const std::pair<const char*, const char*> names[] = {
      {"abc_x.sql", "abc_x.sql"},
      {"_x.sql", "_x.sql"},
      {"-1_x.sql", "-1_x.sql"},
      {" 1_x.sql", "1_x.sql"},
      {"1.5_x.sql", "1.5_x.sql"},
      {"9223372036854775808_x.sql", "2^63"},
      {"\xFF_x.sql", "\xEF\xBF\xBD_x.sql"},  // U+FFFD
  };
  for (const auto& [name, told] : names) {
    TempDir dir;
    dir.write("1_good.sql", "");
    dir.write(name, "");
    const MigrationError error = refusal(dir);
    EXPECT_EQ(error.problem(), MigrationProblem::bad_source) << name;
    EXPECT_EQ(error.code(), ErrorCode::migration);
    EXPECT_NE(std::string(error.what()).find(told), std::string::npos) << error.what();
  }
}

TEST(MigrationSet, RefusesTwoOfOneVersionAndALoneDownScript) {
  TempDir two;
  two.write("0001_a.sql", "");
  two.write("1_b.up.sql", "");
  EXPECT_EQ(refusal(two).problem(), MigrationProblem::bad_source);
  EXPECT_EQ(refusal(two).version(), 1);
  TempDir alone;
  alone.write("3_a.down.sql", "");
  EXPECT_EQ(refusal(alone).version(), 3);
}

TEST(MigrationSet, RefusesTextThatIsNotUtf8OrHuge) {
  TempDir bytes;
  bytes.write("2_a.sql", "SELECT '\xC3\x28'");
  EXPECT_NE(std::string(refusal(bytes).what()).find("UTF-8"), std::string::npos);
  TempDir huge;
  huge.write("2_a.sql", "");
  fs::resize_file(huge.path() / "2_a.sql", 1'000'000'001);  // sparse
  EXPECT_NE(std::string(refusal(huge).what()).find("1000000001 bytes"), std::string::npos);
}

TEST(MigrationSet, RefusesWhatCannotBeRead) {
  TempDir dir;
  fs::create_symlink("gone.sql", dir.path() / "2_link.sql");
  EXPECT_NE(std::string(refusal(dir).what()).find("leads nowhere"), std::string::npos);
  EXPECT_THROW(MigrationSet::read(dir.path() / "none"), MigrationError);
  dir.write("file", "");
  EXPECT_THROW(MigrationSet::read(dir.path() / "file"), MigrationError);
}

TEST(MigrationSet, TakesFilesThatAreCompiledIn) {
  const MigrationFile files[] = {
      {"2_b.up.sql", "B"}, {"2_b.down.sql", "D"}, {"1_a.sql", "A"}, {"README.md", "?"}};
  const MigrationSet set{std::span<const MigrationFile>(files)};
  ASSERT_EQ(set.migrations().size(), 2u);
  EXPECT_EQ(set.migrations()[0].sql, "A");
  EXPECT_EQ(set.migrations()[1].down, "D");
  EXPECT_EQ(set.migrations()[1].file, "2_b.up.sql");
}

}  // namespace
}  // namespace cairn::sql
