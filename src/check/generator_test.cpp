#include "check/generator.hpp"

#include <gtest/gtest.h>

#include "cairn/sql/checked.hpp"
#include "check/cpp_names.hpp"

namespace cairn::check {
namespace {

CheckedQuery query(std::string sql, Description description, const std::string& file = "src/tasks.cpp",
                   int line = 12) {
  CheckedQuery query;
  query.source.sql = std::move(sql);
  query.source.file = file;
  query.source.macro = {line, 3};
  query.description = std::move(description);
  return query;
}

CheckedQuery open_tasks() {
  Description what;
  what.columns = {{"id", Kind::integer, "std::int64_t", false}, {"due", Kind::integer, "app::Due", true}};
  what.parameters = {{"owner", Kind::text, "", false}, {"due", Kind::integer, "app::Due", true}};
  what.includes = {"\"app/due.hpp\""};
  return query("SELECT id, due\n  FROM tasks\n WHERE owner = :owner AND due > :due", what);
}

CheckedQuery remove_all() {
  Description what;
  what.read_only = false;
  return query("DELETE FROM tasks", what, "src/tasks.cpp", 20);
}

std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++n;
  return n;
}

TEST(Generator, WritesOneQuery) {
  const std::string name = query_name(open_tasks());
  const std::string expected =
      R"(// Generated: one query, as it was checked against the migrations.
#pragma once

#include "app/due.hpp"
#include <cairn/sql/checked.hpp>

namespace cairn_sql {
namespace param = cairn::sql::param;

#ifndef CAIRN_SQL_NAME
#define CAIRN_SQL_NAME
struct NAME {
  static constexpr std::string_view sql =
      R"sql(SELECT id, due
  FROM tasks
 WHERE owner = :owner AND due > :due)sql";
  static constexpr int column_count = 2;
  static constexpr bool read_only = true;

  struct Params {
    param::Required<param::Text> owner;
    param::Nullable<param::Exactly<app::Due>> due;
  };
  struct Row {
    std::int64_t id;
    std::optional<app::Due> due;
  };

  static std::array<param::Argument, 2> arguments(const Params& p) {
    return {p.owner, p.due};
  }
  static Row read(const cairn::sqlite::Statement& row) {
    return {row.get<std::int64_t>(0),
            row.get<std::optional<app::Due>>(1)};
  }
};
#endif

}  // namespace cairn_sql
)";
  std::string header = query_header(open_tasks());
  for (std::size_t at; (at = header.find(name)) != header.npos;) header.replace(at, name.size(), "NAME");
  EXPECT_EQ(header, expected);
}

TEST(Generator, TheNameSaysTextAndMeaning) {
  const std::string name = query_name(open_tasks());
  EXPECT_EQ(name.size(), 2 + 16 + 1 + 16);
  EXPECT_EQ(name, query_name(open_tasks()));

  CheckedQuery elsewhere = open_tasks();
  elsewhere.source.file = "src/other.cpp";
  elsewhere.source.macro.line = 99;
  EXPECT_EQ(name, query_name(elsewhere));

  CheckedQuery other_schema = open_tasks();
  other_schema.description.columns[0].nullable = true;
  EXPECT_EQ(name.substr(0, 18), query_name(other_schema).substr(0, 18));
  EXPECT_NE(name, query_name(other_schema));

  CheckedQuery other_parameter = open_tasks();
  other_parameter.description.parameters[0].kind = Kind::integer;
  EXPECT_NE(name, query_name(other_parameter));

  CheckedQuery other_text = open_tasks();
  other_text.source.sql += ' ';
  EXPECT_NE(name.substr(0, 18), query_name(other_text).substr(0, 18));
}

TEST(Generator, TheKeyIsThatOfTheMacro) {
  static_assert(sql::detail::text_hash("SELECT 1") == sql::detail::text_hash(""
                                                                             "SELECT"
                                                                             " 1"));
  EXPECT_EQ(text_hash("SELECT 1"), sql::detail::text_hash("SELECT 1"));
  EXPECT_NE(text_hash("SELECT 1"), text_hash("SELECT 2"));
}

TEST(Generator, AUnitHasItsTextsOnceAndSaysWhereTheyStand) {
  CheckedQuery again = open_tasks();
  again.source.macro.line = 40;
  const std::string header = unit_header({open_tasks(), remove_all(), again}, "src/tasks.cpp");
  EXPECT_EQ(header, unit_header({open_tasks(), remove_all(), again}, "src/tasks.cpp"));
  EXPECT_EQ(occurrences(header, "struct q_"), 2u);
  EXPECT_EQ(occurrences(header, "struct cairn::sql::detail::CheckedQuery<CAIRN_SQL_SET, 0x"), 2u);
  EXPECT_NE(header.find("// src/tasks.cpp:12\n// src/tasks.cpp:40\n#ifndef"), header.npos);
  EXPECT_NE(header.find("using type = cairn_sql::" + query_name(remove_all()) + ";"), header.npos);
}

// A new schema that changes nothing for a unit's queries must change nothing in its header; one that does
// must give it another set, so that the two cannot meet in one program.
TEST(Generator, TheSetIsThatOfTheMeanings) {
  const auto set = [](const std::string& header) {
    const std::size_t at = header.find("#define CAIRN_SQL_SET 0x");
    return header.substr(at, header.find('\n', at) - at);
  };
  CheckedQuery other = open_tasks();
  other.description.columns[0].nullable = true;
  const std::string unit = unit_header({open_tasks()}, "src/tasks.cpp");
  EXPECT_NE(set(unit), set(unit_header({other}, "src/tasks.cpp")));
  EXPECT_NE(set(unit), set(unit_header({}, "src/tasks.cpp")));
  EXPECT_EQ(set(unit).size(), 24u + 16u);
}

TEST(Generator, AStarBringsItsNames) {
  CheckedQuery star = open_tasks();
  star.description.star = true;
  star.description.columns[0].sql_name = "id";
  star.description.columns[1].name = "class";
  star.description.columns[1].sql_name = "class!: \"Due\"";
  const std::string header = query_header(star);
  EXPECT_NE(header.find(R"(std::string_view columns[] = {R"sql(id)sql", R"sql(class!: "Due")sql"};)"),
            header.npos)
      << header;
  EXPECT_NE(header.find("std::optional<app::Due> class_;"), header.npos);
}

TEST(Generator, NamedQueriesAreCallable) {
  CheckedQuery all = open_tasks(), gone = remove_all();
  all.source.name = "open_tasks";
  all.source.form = Form::all;
  gone.source.name = "delete";
  gone.source.form = Form::execute;
  const std::string header = named_header({all, gone}, "queries/tasks.sql", "tasks");
  EXPECT_NE(header.find("namespace tasks {\n\n"
                        "// src/tasks.cpp:12\n//\n//   SELECT id, due\n//     FROM tasks\n"
                        "//    WHERE owner = :owner AND due > :due\n"
                        "inline constexpr cairn::sql::CheckedCall<cairn_sql::" +
                        query_name(all) +
                        ", cairn::sql::Form::all> open_tasks{};\n"
                        "using open_tasks_row = cairn_sql::" +
                        query_name(all) + "::Row;\n"),
            header.npos)
      << header;
  EXPECT_NE(header.find("cairn::sql::Form::execute> delete_{};\n"), header.npos);
  EXPECT_EQ(occurrences(header, "delete__row"), 0u);
}

// What would end a literal or a comment too early, or make the next line a part of one. That these compile,
// and give the same bytes, is shown in tests/checked_sql.
TEST(Generator, TextsCannotBreakOutOfTheirLiterals) {
  EXPECT_NE(query_header(query("SELECT ')sql\"'", {})).find("R\"sql_(SELECT ')sql\"')sql_\""),
            std::string::npos);
  EXPECT_NE(query_header(query("SELECT 1\r\n", {})).find("\"SELECT 1\\015\\n\"\n"), std::string::npos);
  EXPECT_NE(query_header(query("SELECT '\xff\"\\?'", {})).find("\"SELECT '\\377\\042\\134\\077'\""),
            std::string::npos);

  CheckedQuery named = query("SELECT 1 -- \\\n--?\?/  \nAS one", {});
  named.source.name = "one";
  const std::string header = named_header({named}, "a.sql", "a");
  EXPECT_NE(header.find("//   SELECT 1 -- \\ .\n//   --?\?/   .\n//   AS one\n"), header.npos) << header;
}

TEST(CppNames, AvoidsWhatIsNoMember) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(member_names({"id", "class", "errno"}, "Row"), (Names{"id", "class_", "errno_"}));
  EXPECT_EQ(member_names({"Row", "row"}, "Row"), (Names{"Row_", "row"}));
  EXPECT_EQ(member_names({"class", "class_", "class"}, "Row"), (Names{"class__", "class_", "class___"}));
  EXPECT_EQ(member_names({"a", "a", "a_"}, "Row"), (Names{"a", "a__", "a_"}));
}

}  // namespace
}  // namespace cairn::check
