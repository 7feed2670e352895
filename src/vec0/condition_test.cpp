// holds() against SQLite's own evaluation, over every pair of a set of awkward values.
#include "vec0/condition.hpp"

#include <algorithm>

#include "vec0/test_support.hpp"

namespace cairn::vec0 {
namespace {

const char* const kValues[] = {"NULL",
                               "0",
                               "-1",
                               "1",
                               "1.0",
                               "1.5",
                               "9007199254740993",
                               "9007199254740992.0",
                               "9223372036854775807",
                               "9223372036854775807.0",
                               "-9223372036854775808",
                               "1e300",
                               "-1e300",
                               "''",
                               "'a'",
                               "'A'",
                               "'ab'",
                               "'é'",
                               "'1'",
                               "x''",
                               "x'61'",
                               "x'ff'"};

Value value_of(const testing::Database& db, const std::string& literal) {
  sqlite::Statement st = db.prepare("SELECT " + literal);
  st.step();
  return Value::of_column(st.handle(), 0);
}

TEST(Condition, AgreesWithSqlite) {
  const testing::Database db;
  const std::pair<Operator, const char*> operators[] = {
      {Operator::eq, "="},      {Operator::ne, "<>"},    {Operator::lt, "<"},  {Operator::le, "<="},
      {Operator::gt, ">"},      {Operator::ge, ">="},    {Operator::is, "IS"}, {Operator::is_not, "IS NOT"},
      {Operator::like, "LIKE"}, {Operator::glob, "GLOB"}};
  for (const std::string left : kValues) {
    for (const std::string right : kValues) {
      const Value a = value_of(db, left), b = value_of(db, right);
      for (const auto& [op, sql] : operators) {
        const bool expected =
            db.query_optional<std::optional<bool>>("SELECT " + left + " " + sql + " " + right)
                .value()
                .value_or(false);
        const Condition condition{{}, op, b, {}};
        const bool is_pattern = op == Operator::like || op == Operator::glob;
        const bool has_blob = a.type == Value::Type::blob || b.type == Value::Type::blob;
        const bool found = holds(condition, a, MixedTypes::compare);
        EXPECT_TRUE(found == expected || (found && is_pattern && has_blob))
            << left << ' ' << sql << ' ' << right;
        EXPECT_TRUE(holds(condition, a, MixedTypes::keep) || !expected) << left << ' ' << sql << ' ' << right;
      }
    }
  }
}

TEST(Condition, InFindsWhatEqualsAMember) {
  const testing::Database db;
  Condition condition{{}, Operator::in, {}, {}};
  for (const char* literal : {"1", "'a'", "x'ff'", "2.5"}) condition.set.push_back(value_of(db, literal));
  std::sort(condition.set.begin(), condition.set.end(),
            [](const Value& a, const Value& b) { return compare(a, b) < 0; });
  for (const std::string literal : kValues)
    EXPECT_EQ(
        holds(condition, value_of(db, literal), MixedTypes::compare),
        db.query_one<std::optional<bool>>("SELECT " + literal + " IN (1, 'a', x'ff', 2.5)").value_or(false))
        << literal;
}

// What an affinity could make equal is left to SQLite when it checks again anyway.
TEST(Condition, TextAgainstNumberIsKeptForSqlite) {
  const Condition condition{{}, Operator::eq, Value::of_integer(5), {}};
  EXPECT_TRUE(holds(condition, Value::of_text("5"), MixedTypes::keep));
  EXPECT_FALSE(holds(condition, Value::of_text("5"), MixedTypes::compare));
}

// SQLite refuses such patterns; its matcher recurses once per wildcard.
TEST(Condition, ATooLongPatternIsLeftToSqlite) {
  Condition condition{{ColumnKind::metadata, 0}, Operator::like, {}, {}};
  std::string pattern;
  for (int i = 0; i < 1000000; ++i) pattern += "%a";
  condition.value = Value::of_text(pattern);
  EXPECT_TRUE(holds(condition, Value::of_text(std::string(1000000, 'a')), MixedTypes::compare));
}

}  // namespace
}  // namespace cairn::vec0
