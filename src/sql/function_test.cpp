#include "cairn/sql/function.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "base/error_of.hpp"
#include "cairn/sql/connection.hpp"

namespace cairn::sql {
namespace {

struct Product {
  double product = 1;
  void step(double x) { product *= x; }
  void inverse(double x) { product /= x; }
  double finish() const { return product; }
};

TEST(Function, TheExamplesOfTheHeaderRun) {
  Connection db(ConnectOptions{});
  db.create_function("shout",
                     [](std::string_view s, std::optional<std::int64_t> times) {
                       return std::string(s) + std::string(static_cast<std::size_t>(times.value_or(1)), '!');
                     },
                     {.deterministic = true});
  EXPECT_EQ(db.query_one<std::string>("SELECT shout('hey', 3)"), "hey!!!");
  EXPECT_EQ(db.query_one<std::string>("SELECT shout('hey', NULL)"), "hey!");

  db.create_aggregate("product", Product{});
  db.execute_script(
      "CREATE TABLE t(g TEXT, x REAL); INSERT INTO t VALUES ('a', 2), ('a', 3), ('b', 5), ('b', 7)");
  EXPECT_EQ(db.query_one<double>("SELECT product(x) FROM t"), 210);
  EXPECT_EQ(db.query_one<double>("SELECT product(x) FROM t WHERE g = 'c'"), 1);
  EXPECT_EQ(
      db.query_one<std::string>("SELECT group_concat(p) FROM (SELECT product(x) AS p FROM t GROUP BY g)"),
      "6.0,35.0");
  EXPECT_EQ(
      db.query_one<std::string>("SELECT group_concat(p) FROM (SELECT product(x) OVER (ORDER BY rowid ROWS 1 "
                                "PRECEDING) AS p FROM t)"),
      "2.0,6.0,15.0,35.0");

  db.create_collation("by_length",
                      [](std::string_view a, std::string_view b) { return a.size() <=> b.size(); });
  EXPECT_EQ(
      db.query_one<std::string>("SELECT max(v COLLATE by_length) FROM (SELECT 'zz' v UNION SELECT 'aaa')"),
      "aaa");
}

// Gives its argument back as it got it.
template <class T>
auto echo() {
  return [](T value) { return value; };
}

TEST(Function, EveryTypeGoesInAndOut) {
  Connection db(ConnectOptions{});
  db.create_function("echo_bool", echo<bool>());
  db.create_function("echo_int", echo<int>());
  db.create_function("echo_u8", echo<std::uint8_t>());
  db.create_function("echo_double", echo<double>());
  db.create_function("echo_view", echo<std::string_view>());
  db.create_function("echo_string", echo<const std::string&>());
  db.create_function("echo_bytes", echo<Bytes>());
  db.create_function("echo_vector", echo<std::vector<float>>());
  db.create_function("echo_optional", echo<std::optional<std::string>>());
  db.create_function("echo_value", echo<Value>());
  const auto same = [&db](const char* function, const char* literal) {
    return db.query_one<bool>(std::string("SELECT ") + function + "(" + literal + ") IS " + literal +
                              " AND typeof(" + function + "(" + literal + ")) = typeof(" + literal + ")");
  };
  EXPECT_TRUE(same("echo_bool", "1"));
  EXPECT_TRUE(same("echo_int", "-2147483648"));
  EXPECT_TRUE(same("echo_u8", "255"));
  EXPECT_TRUE(same("echo_double", "1.5"));
  EXPECT_EQ(db.query_one<double>("SELECT echo_double(2)"), 2) << "an integer is a number too";
  for (const char* text : {"''", "'naïve'", "'a' || char(0) || 'b'"}) {
    EXPECT_TRUE(same("echo_view", text));
    EXPECT_TRUE(same("echo_string", text));
    EXPECT_TRUE(same("echo_optional", text));
  }
  EXPECT_TRUE(same("echo_optional", "NULL"));
  EXPECT_TRUE(same("echo_bytes", "x'00FF'"));
  EXPECT_TRUE(same("echo_bytes", "x''"));
  EXPECT_TRUE(same("echo_vector", "x'0000803F00000040'"));
  EXPECT_TRUE(same("echo_vector", "x''"));
  for (const char* any : {"1", "1.5", "'x'", "x'00'", "NULL"}) EXPECT_TRUE(same("echo_value", any));
}

TEST(Function, VoidIsNullAndCallablesMayBeOfAnyKind) {
  Connection db(ConnectOptions{});
  int calls = 0;
  db.create_function("note", [&calls] { ++calls; });
  EXPECT_EQ(db.query_one<std::optional<int>>("SELECT note()"), std::nullopt);
  EXPECT_EQ(calls, 1);
  db.create_function("counter", [n = 0]() mutable { return ++n; });
  EXPECT_EQ(db.query_one<int>("SELECT counter() + counter()"), 3);
  db.create_function(
      "twice", +[](int x) noexcept { return 2 * x; });
  EXPECT_EQ(db.query_one<int>("SELECT twice(4)"), 8);
  db.create_function("literal", std::function<const char*()>([] { return "text"; }));
  EXPECT_EQ(db.query_one<std::string>("SELECT literal()"), "text");
}

TEST(Function, TakesAnyNumberOfArguments) {
  Connection db(ConnectOptions{});
  db.create_function("total_of", [](const Arguments& args) {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < args.size(); ++i)
      sum += args[i].get<std::optional<std::int64_t>>().value_or(0);
    return sum;
  });
  db.create_function("total_of", [](int) { return -1; });
  EXPECT_EQ(db.query_one<int>("SELECT total_of()"), 0);
  EXPECT_EQ(db.query_one<int>("SELECT total_of(1, 2, NULL, 4)"), 7);
  EXPECT_EQ(db.query_one<int>("SELECT total_of(5)"), -1) << "the one with the right number of arguments";
}

TEST(Function, AWrongArgumentIsAnErrorThatNamesIt) {
  Connection db(ConnectOptions{});
  db.create_function("f", [](std::string_view, std::uint8_t) { return 1; });
  db.create_function("v", [](const std::vector<float>&) { return 1; });
  const auto message = [&db](const char* sql) {
    const Error error = error_of([&] { db.query_one<int>(sql); });
    EXPECT_EQ(error.code(), ErrorCode::sql) << sql;
    return std::string(error.what());
  };
  EXPECT_NE(message("SELECT f(x'00', 1)").find("f() takes text as argument 1, not a blob"),
            std::string::npos);
  EXPECT_NE(message("SELECT f('a', NULL)").find("f() takes an integer as argument 2, not NULL"),
            std::string::npos);
  EXPECT_NE(message("SELECT f('a', '1')").find("not text"), std::string::npos);
  EXPECT_NE(message("SELECT f('a', 256)").find("f() got 256 as argument 2"), std::string::npos);
  EXPECT_NE(message("SELECT v(x'0000')").find("argument 1, not one of 2 bytes"), std::string::npos);
  EXPECT_NE(message("SELECT v('[1]')").find("a blob of 32-bit floats"), std::string::npos);
}

TEST(Function, ExceptionsBecomeTheStatementsError) {
  Connection db(ConnectOptions{});
  db.create_function("fail", []() -> int { throw std::runtime_error("out of ink"); });
  struct Failing {
    void step(int x) {
      if (x == 2) throw std::runtime_error("two");
    }
    int finish() const { throw std::runtime_error("finish"); }
  };
  db.create_aggregate("failing", Failing{});
  const Error scalar = error_of([&] { db.execute("SELECT fail()"); });
  EXPECT_NE(std::string(scalar.what()).find("out of ink"), std::string::npos) << scalar.what();
  const Error step = error_of([&] { db.execute("SELECT failing(column1) FROM (VALUES (1), (2), (3))"); });
  EXPECT_NE(std::string(step.what()).find("two"), std::string::npos) << step.what();
  EXPECT_NE(std::string(error_of([&] { db.execute("SELECT failing(1)"); }).what()).find("finish"),
            std::string::npos);
}

TEST(Function, FlagsReachSqlite) {
  Connection db(ConnectOptions{});
  const auto one = [] { return 1; };
  db.create_function("plain", one);
  db.create_function("pure", one, {.deterministic = true});
  db.create_function("direct", one, {.direct_only = true});
  db.create_function("harmless", one, {.innocuous = true});
  db.execute("CREATE TABLE t(x)");
  db.execute("CREATE INDEX by_pure ON t(x + pure())");
  EXPECT_EQ(error_of([&] { db.execute("CREATE INDEX by_plain ON t(x + plain())"); }).code(), ErrorCode::sql);
  db.execute_script(
      "CREATE VIEW d AS SELECT direct(); CREATE VIEW h AS SELECT harmless(); CREATE VIEW p AS SELECT "
      "plain()");
  EXPECT_EQ(error_of([&] { db.query_one<int>("SELECT * FROM d"); }).code(), ErrorCode::sql);
  db.execute("PRAGMA trusted_schema = OFF");
  EXPECT_EQ(db.query_one<int>("SELECT * FROM h"), 1);
  EXPECT_EQ(error_of([&] { db.query_one<int>("SELECT * FROM p"); }).code(), ErrorCode::sql);
}

TEST(Function, ItsCopyDiesWithTheConnection) {
  const auto token = std::make_shared<int>(7);
  {
    Connection db(ConnectOptions{});
    db.create_function("held", [token] { return *token; });
    db.create_collation("held", [token](std::string_view a, std::string_view b) { return a.compare(b); });
    EXPECT_EQ(token.use_count(), 3);
    const Error error = error_of([&] { db.create_function(std::string(300, 'x'), [token] { return 1; }); });
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
  }
  EXPECT_EQ(token.use_count(), 1);
}

TEST(Function, GroupsThatAreNotFinishedAreFreed) {
  struct Holding {
    std::shared_ptr<int> token;
    void step(int) {}
    int finish() const { return 1; }
  };
  const auto token = std::make_shared<int>(7);
  {
    Connection db(ConnectOptions{});
    db.create_aggregate("holding", Holding{token});
    db.create_function("fail", [](int x) { return x < 2 ? x : throw std::runtime_error("no"); });
    error_of([&] { db.execute("SELECT holding(fail(column1)) FROM (VALUES (1), (2))"); });
  }
  EXPECT_EQ(token.use_count(), 1);
}

TEST(Collation, OrdersAndMayNotThrow) {
  Connection db(ConnectOptions{});
  db.create_collation("backwards", [](std::string_view a, std::string_view b) { return b.compare(a); });
  EXPECT_EQ(
      db.query_one<std::string>("SELECT group_concat(v, '') FROM (SELECT column1 AS v FROM (VALUES ('a'), "
                                "('c'), ('b')) ORDER BY v COLLATE backwards)"),
      "cba");
  db.create_collation("broken",
                      [](std::string_view, std::string_view) -> int { throw std::runtime_error("no"); });
  db.execute_script("CREATE TABLE t(x TEXT COLLATE broken)");
  db.execute_script("INSERT INTO t VALUES ('a'), ('b'), ('c')");
  EXPECT_EQ(error_of([&] { db.execute("CREATE INDEX i ON t(x)"); }).code(), ErrorCode::interrupted);
  EXPECT_EQ(db.query_one<int>("SELECT 1"), 1);
}

}  // namespace
}  // namespace cairn::sql
