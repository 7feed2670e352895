#include "check/config.hpp"

#include <gtest/gtest.h>

#include "base/temp_dir.hpp"
#include "cairn/error.hpp"

namespace cairn::check {
namespace {

class ConfigTest : public ::testing::Test {
 protected:
  Config read(std::string_view toml) { return read_config(dir_.write("cairn.toml", toml)); }
  // Without the path: ":2:1: error: …".
  std::string error_of(std::string_view toml) {
    try {
      read(toml);
    } catch (const Error& error) {
      const std::string_view message = error.what();
      return std::string(message.starts_with(file_.string()) ? message.substr(file_.string().size())
                                                             : message);
    }
    return "";
  }

  TempDir dir_;
  std::filesystem::path file_ = dir_.path() / "cairn.toml";
};

TEST_F(ConfigTest, HoldsWhatIsSaid) {
  const Config config = read(R"toml(
[types]
DateTime = "cairn::sql::UnixSeconds"
"DECIMAL(10,2)" = { type = "app::Money", include = "app/money.hpp" }
year = { type = "std::chrono::year", include = "<chrono>" }
[columns]
"Tasks.Due" = "app::Due"
[includes]
"app::Color" = "app/color.hpp"
"app::Shade" = "<app/shade.hpp>"
[[extensions]]
path = "lib/regexp.so"
entry = "init"
[[extensions]]
path = "regexp"
)toml");
  ASSERT_EQ(config.types.declared.size(), 3u);
  EXPECT_EQ(config.types.declared.at("DATETIME").type, "cairn::sql::UnixSeconds");
  EXPECT_EQ(config.types.declared.at("DATETIME").include, "");
  EXPECT_EQ(config.types.declared.at("DECIMAL(10,2)").type, "app::Money");
  EXPECT_EQ(config.types.declared.at("DECIMAL(10,2)").include, "\"app/money.hpp\"");
  EXPECT_EQ(config.types.declared.at("YEAR").include, "<chrono>");
  EXPECT_EQ(config.types.columns.at("tasks.due").type, "app::Due");
  EXPECT_EQ(config.types.includes.at("app::Color"), "\"app/color.hpp\"");
  EXPECT_EQ(config.types.includes.at("app::Shade"), "<app/shade.hpp>");
  ASSERT_EQ(config.extensions.size(), 2u);
  EXPECT_EQ(config.extensions[0].path, dir_.path() / "lib/regexp.so");
  EXPECT_EQ(config.extensions[0].entry_point, "init");
  EXPECT_EQ(config.extensions[1].path, "regexp");
}

TEST_F(ConfigTest, MayBeEmpty) {
  const Config config = read("# nothing\n");
  EXPECT_TRUE(config.types.declared.empty());
  EXPECT_TRUE(config.extensions.empty());
}

TEST_F(ConfigTest, NamesThePlaceOfAMistake) {
  const std::pair<const char*, const char*> cases[] = {
      {"\n[typs]\n", ":2:2: error: 'typs' means nothing here"},
      {"[types]\nA = 1\n", ":2:5: error: a C++ type must be a string"},
      {"[types]\nA = ''\n", ":2:5: error: a C++ type must be a string that is not empty"},
      {"[types]\nA = { includes = 'x' }\n",
       ":2:7: error: 'includes' means nothing here; known: type, include"},
      {"[types]\nA = { include = 'x' }\n", ":2:5: error: lacks its 'type'"},
      {"types = 1\n", ":1:9: error: 'types' must be a table"},
      {"[columns]\ndue = 'x'\n", ":2:1: error: a column is named as \"table.column\""},
      {"[extensions]\npath = 'x'\n", ": error: extensions are written as [[extensions]]"},
      {"[[extensions]]\nentry = 'x'\n", ": error: the extension lacks its 'path'"},
      {"[types\n", ":1:"},
  };
  for (const auto& [toml, expected] : cases) {
    const std::string error = error_of(toml);
    EXPECT_NE(error.find(expected), std::string::npos) << toml << " gave: " << error;
  }
}

}  // namespace
}  // namespace cairn::check
