#include "store/filter.hpp"

#include <gtest/gtest.h>

#include "cairn/error.hpp"
#include "store/filter_generator.hpp"

namespace cairn {
namespace {

std::string error_of(std::string_view text) {
  try {
    (void)Filter::parse(text);
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::invalid_argument);
    return e.what();
  }
  return "";
}

std::string repeat(std::string_view text, std::size_t count) {
  std::string out;
  while (count-- > 0) out += text;
  return out;
}

TEST(FilterParser, ReadsBackWhatWasWritten) {
  for (std::uint32_t seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(seed);
    const Filter filter = testing::FilterGenerator(seed).filter();
    const std::string text = testing::to_text(*filter.node());
    EXPECT_EQ(testing::to_text(*Filter::parse(text).node()), text);
  }
}

TEST(FilterParser, BindsNotTighterThanAndTighterThanOr) {
  const auto shape = [](std::string_view text) { return testing::to_text(*Filter::parse(text).node()); };
  EXPECT_EQ(shape("id=1 or id=2 and not id=3"), "(id =1 or (id =2 AND NOT id =3))");
  EXPECT_EQ(shape("(id=1 OR id=2) AND id NOT IN (3,4)"), "((id =1 or id =2) AND NOT id In (3, 4))");
  EXPECT_EQ(shape("id=1 AND (id=2 AND id=3)"), "(id =1 AND id =2 AND id =3)");
}

TEST(FilterParser, ReadsEveryForm) {
  const auto shape = [](std::string_view text) { return testing::to_text(*Filter::parse(text).node()); };
  EXPECT_TRUE(Filter::parse("").matches_everything());
  EXPECT_TRUE(Filter::parse(" \n").matches_everything());
  EXPECT_EQ(shape("type == 'it''s'"), "doc_type ='it''s'");
  EXPECT_EQ(shape("metadata.user-id != -1.5e3"), "metadata.\"user-id\" <>-1500.0");
  EXPECT_EQ(shape("metadata.tags[0]>=TRUE"), "metadata.\"tags\"[0] >=true");
  EXPECT_EQ(shape("path not glob '*.md'"), "NOT path GLOB '*.md'");
  EXPECT_EQ(shape("metadata.\"odd key\" Not Exists"), "NOT metadata.\"odd key\" exists");
  EXPECT_EQ(shape("id <> +3"), "id <>3");
  EXPECT_EQ(shape("id < 9223372036854775808"), "id <9.223372036854776e+18");
  EXPECT_EQ(shape("id in (1)AND(id=1)"), "(id In (1) AND id =1)");
}

TEST(FilterParser, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(
      error_of("NOT stars > 3"),
      "filter: unknown field 'stars' at 5: did you mean metadata.stars? fields are id, doc_type, namespace, "
      "document_id, path, title, heading, text, created_at, updated_at and metadata.KEY");
  EXPECT_EQ(error_of("title = 'Zürich"), "filter: the text has no closing quote; it begins at 9");
  EXPECT_EQ(error_of("title = 'ü' id"), "filter: expected AND, OR or the end, found 'id' at 13");
  EXPECT_EQ(error_of("id = note"),
            "filter: expected a number, 'text' in single quotes, true or false, found 'note' at 6");
  EXPECT_EQ(error_of("id = nan"),
            "filter: expected a number, 'text' in single quotes, true or false, found 'nan' at 6");
  EXPECT_EQ(error_of("id = 1e999"),
            "filter: expected a number within the range of a double, found '1e999' at 6");
  EXPECT_EQ(error_of("id = 12x"), "filter: expected a number, found '12x' at 6");
  EXPECT_EQ(error_of("id"), "filter: expected =, !=, <, <=, >, >=, IN, GLOB or EXISTS, found the end at 3");
  EXPECT_EQ(error_of("id NOT = 3"), "filter: expected IN, GLOB or EXISTS after NOT, found '=' at 8");
  EXPECT_EQ(error_of("(id = 3"), "filter: expected AND, OR or a closing parenthesis, found the end at 8");
  EXPECT_EQ(error_of("id IN 3"), "filter: expected '(' after IN, found '3' at 7");
  EXPECT_EQ(error_of("id IN (3 4)"), "filter: expected ',' or ')', found '4' at 10");
  EXPECT_EQ(error_of("metadata. = 3"),
            "filter: expected a key after the dot; write an unusual one in double quotes at 10");
  EXPECT_EQ(error_of("metadata.a[x] = 3"), "filter: expected an array index such as [0] at 11");
  EXPECT_EQ(error_of("metadata.\"a"), "filter: the key has no closing double quote; it begins at 10");
}

TEST(FilterParser, RefusesWhatIsTooMuch) {
  EXPECT_NE(error_of(repeat("(", 1'000'000)).find("nested more than 40 levels"), std::string::npos);
  EXPECT_NE(error_of(repeat("NOT ", 1'000'000)).find("nested more than 40 levels"), std::string::npos);
  EXPECT_NE(error_of(repeat("id=1 OR ", 501) + "id=1").find("more than 500 conditions"), std::string::npos);
  EXPECT_NE(error_of("id IN (" + repeat("1,", 10'001) + "1)").find("more than 10000 values"),
            std::string::npos);
  EXPECT_NE(error_of("metadata" + repeat(".a", 65) + "=1").find("nested too deeply"), std::string::npos);
  EXPECT_NE(error_of("path GLOB '" + repeat("*", 10'001) + "'").find("longer than"), std::string::npos);
  EXPECT_NE(error_of("title = '\xFF'").find("not valid UTF-8"), std::string::npos);
}

TEST(FilterParser, SurvivesEveryCutAndChange) {
  const std::string good =
      "NOT (metadata.\"k\".t[1] >= -1.5 AND type IN ('a''b', true)) OR path NOT GLOB '*é'";
  ASSERT_EQ(error_of(good), "");
  for (std::size_t at = 0; at < good.size(); ++at) {
    (void)error_of(good.substr(0, at));
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = good;
      changed[at] = static_cast<char>(byte);
      (void)error_of(changed);  // any other exception, or a sanitizer's report, fails the test
    }
  }
}

TEST(FilterBuilder, CombinesWithEverythingAndNothing) {
  const Filter everything;
  const Filter one = field("id") == 1;
  EXPECT_EQ((everything && one).node(), one.node());
  EXPECT_EQ((one && everything).node(), one.node());
  EXPECT_TRUE((one || everything).matches_everything());
  EXPECT_FALSE((!everything).matches_everything());
}

TEST(FilterBuilder, RefusesBadFieldsAndValues) {
  EXPECT_THROW(field("stars"), Error);
  EXPECT_THROW(field(""), Error);
  EXPECT_THROW(field("id = 1"), Error);
  EXPECT_THROW(field("title.x"), Error);
  EXPECT_THROW(field("metadata.a\\b"), Error);
  EXPECT_THROW(field("metadata.\"a\\b\""), Error);
  EXPECT_THROW((void)(field("id") == std::numeric_limits<double>::quiet_NaN()), Error);
  EXPECT_THROW((void)(field("title") == "\xC3"), Error);
  Filter deep = field("id") == 1;
  for (std::size_t i = 1; i < detail::kMaxFilterDepth; ++i) deep = !deep;
  EXPECT_THROW((void)!deep, Error);
}

}  // namespace
}  // namespace cairn
