// Predicates against SQLite's own evaluation, over every pair of a set of awkward values.
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
        EXPECT_EQ(Predicate(db.handle(), condition, MixedTypes::compare)(a), expected)
            << left << ' ' << sql << ' ' << right;
        EXPECT_TRUE(Predicate(db.handle(), condition, MixedTypes::keep)(a) || !expected)
            << left << ' ' << sql << ' ' << right;
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
        Predicate(db.handle(), condition, MixedTypes::compare)(value_of(db, literal)),
        db.query_one<std::optional<bool>>("SELECT " + literal + " IN (1, 'a', x'ff', 2.5)").value_or(false))
        << literal;
}

// What an affinity could make equal is left to SQLite when it checks again anyway.
TEST(Condition, TextAgainstNumberIsKeptForSqlite) {
  const Condition condition{{}, Operator::eq, Value::of_integer(5), {}};
  EXPECT_TRUE(Predicate(nullptr, condition, MixedTypes::keep)(Value::of_text("5")));
  EXPECT_FALSE(Predicate(nullptr, condition, MixedTypes::compare)(Value::of_text("5")));
}

TEST(Condition, APatternMeansWhatItMeansInTheQuery) {
  const testing::Database db;
  const Condition condition{{}, Operator::like, Value::of_text("A%"), {}};
  EXPECT_TRUE(Predicate(db.handle(), condition, MixedTypes::compare)(Value::of_text("abc")));
  db.execute("PRAGMA case_sensitive_like = ON");
  EXPECT_FALSE(Predicate(db.handle(), condition, MixedTypes::compare)(Value::of_text("abc")));
}

// What a text's first bytes leave open, and nothing else, must be looked up.
TEST(Condition, APrefixDecidesAsTheWholeTextDoes) {
  const testing::Database db;
  const std::string whole = "abcdefghijklmnop", prefix = whole.substr(0, 12);
  for (const Operator op :
       {Operator::eq, Operator::ne, Operator::lt, Operator::le, Operator::gt, Operator::ge, Operator::is,
        Operator::is_not, Operator::is_null, Operator::not_null}) {
    for (const std::string value : {"", "a", "aa", "b", "abcdefghijkk", "abcdefghijkl", "abcdefghijkm",
                                    "abcdefghijklmnop", "abcdefghijklz", "zzzzzzzzzzzzzzzzzz"}) {
      const Condition condition{{}, op, Value::of_text(value), {}};
      Predicate predicate(db.handle(), condition, MixedTypes::compare);
      EXPECT_EQ(predicate.is_decided_by(prefix), !value.starts_with(prefix));
      if (!predicate.is_decided_by(prefix)) continue;
      EXPECT_EQ(predicate(Value::of_text(prefix)), predicate(Value::of_text(whole)))
          << value << ' ' << to_string(op);
    }
  }
  Condition list{{}, Operator::in, {}, {Value::of_text("abc"), Value::of_text("x")}};
  EXPECT_TRUE(Predicate(db.handle(), list, MixedTypes::compare).is_decided_by(prefix));
  list.set[0] = Value::of_text(whole);
  EXPECT_FALSE(Predicate(db.handle(), list, MixedTypes::compare).is_decided_by(prefix));
}

}  // namespace
}  // namespace cairn::vec0
