#include "cairn/sqlite/statement.hpp"

#include <gtest/gtest.h>

#include "base/error_of.hpp"
#include "cairn/sqlite/connection_ref.hpp"
#include "sqlite/memory_database.hpp"

namespace cairn::sqlite {
namespace {

struct StatementTest : testing::Test {
  ConnectionRef db() const { return memory.db(); }
  MemoryDatabase memory;
};

TEST_F(StatementTest, EveryTypeSurvivesARoundTrip) {
  const std::vector<float> vector{1.5f, -2.0f};
  Statement st = db().prepare("SELECT ?, ?, ?, ?, ?, ?");
  st.bind_all(std::int64_t{1} << 62, 0.1, "naïve", vector, std::optional<int>{}, true);
  ASSERT_TRUE(st.step());
  EXPECT_EQ(st.get<std::int64_t>(0), std::int64_t{1} << 62);
  EXPECT_EQ(st.get<double>(1), 0.1);
  EXPECT_EQ(st.get<std::string>(2), "naïve");
  EXPECT_EQ(st.get<std::vector<float>>(3), vector);
  EXPECT_EQ(st.get<std::optional<int>>(4), std::nullopt);
  EXPECT_TRUE(st.get<bool>(5));
  EXPECT_FALSE(st.step());
}

TEST_F(StatementTest, EmptyTextAndBlobAreNotNull) {
  Statement st = db().prepare("SELECT ?, ?");
  st.bind_all(std::string_view{}, Bytes{});
  ASSERT_TRUE(st.step());
  EXPECT_EQ(st.column_type(0), ColumnType::text);
  EXPECT_EQ(st.column_type(1), ColumnType::blob);
}

TEST_F(StatementTest, AValueThatDoesNotFitNamesItsColumn) {
  Statement st = db().prepare("SELECT 300 AS big, NULL AS missing, 'x' AS word");
  ASSERT_TRUE(st.step());
  EXPECT_NE(std::string(error_of([&] { st.get<std::int8_t>(0); }).what()).find("'big'"), std::string::npos);
  EXPECT_NE(std::string(error_of([&] { st.get<int>(1); }).what()).find("std::optional"), std::string::npos);
  EXPECT_EQ(error_of([&] { st.get<double>(2); }).code(), ErrorCode::decode);
}

TEST_F(StatementTest, BadSqlIsNamedWithItsPlace) {
  const Error e = error_of([&] { db().prepare("SELECT nope FROM sqlite_schema"); });
  EXPECT_EQ(e.code(), ErrorCode::sql);
  EXPECT_NE(std::string(e.what()).find("no such column: nope"), std::string::npos);
  EXPECT_NE(std::string(e.what()).find("at byte 7"), std::string::npos);
  EXPECT_EQ(error_of([&] { db().prepare("SELECT 1; SELECT 2"); }).code(), ErrorCode::invalid_argument);
  EXPECT_EQ(error_of([&] { db().prepare("-- nothing"); }).code(), ErrorCode::invalid_argument);
}

TEST_F(StatementTest, WrongNumberOfParametersIsAnError) {
  EXPECT_EQ(error_of([&] { db().execute("SELECT ?, ?", 1); }).code(), ErrorCode::invalid_argument);
  EXPECT_EQ(error_of([&] { db().prepare("SELECT :a").bind(":b", 1); }).code(), ErrorCode::invalid_argument);
}

TEST_F(StatementTest, ScriptsRunEveryStatementAndStopAtAnError) {
  db().execute_script("CREATE TABLE t(x UNIQUE); INSERT INTO t VALUES (1); -- done\n");
  EXPECT_EQ(error_of([&] {
              db().execute_script("INSERT INTO t VALUES (2); INSERT INTO t VALUES (1); DROP TABLE t");
            }).code(),
            ErrorCode::unique);
  EXPECT_EQ(db().query_one<int>("SELECT count(*) FROM t"), 2);
  EXPECT_EQ(db().query_optional<int>("SELECT x FROM t WHERE x = 9"), std::nullopt);
  EXPECT_EQ(error_of([&] { db().query_one<int>("SELECT x FROM t WHERE x = 9"); }).code(),
            ErrorCode::row_not_found);
}

TEST_F(StatementTest, AScriptMayBeLongerThanAStatement) {
  std::string script = "CREATE TABLE long(x);\n";
  while (script.size() < 2'000'000)
    script += "INSERT INTO long VALUES ('" + std::string(10'000, 'x') + "');\n";
  db().execute_script(script);
  EXPECT_GE(db().query_one<int>("SELECT count(*) FROM long"), 190);
}

TEST_F(StatementTest, AScriptWithANulIsAnErrorAndEnds) {
  using namespace std::string_view_literals;
  EXPECT_EQ(error_of([&] { db().execute_script("CREATE TABLE n(x); \0 SELECT 1"sv); }).code(),
            ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace cairn::sqlite
