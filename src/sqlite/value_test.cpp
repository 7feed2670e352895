// What goes in comes out, for every type of value.hpp, and nothing is converted silently.
#include "cairn/sqlite/value.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <stdexcept>

#include "base/error_of.hpp"
#include "cairn/sqlite/connection_ref.hpp"
#include "sqlite/memory_database.hpp"

namespace {

enum class Colour { red = 1, blue = 7 };
enum class Level : std::uint8_t { low = 2, high = 200 };

struct Uuid {
  std::string text;
  bool operator==(const Uuid&) const = default;
};

}  // namespace

template <>
inline constexpr auto cairn::enum_names<Colour> =
    std::to_array<std::pair<Colour, std::string_view>>({{Colour::red, "red"}, {Colour::blue, "blue"}});

template <>
struct cairn::SqlType<Uuid> {
  static std::string to_sql(const Uuid& id) { return "{" + id.text + "}"; }
  static Uuid from_sql(std::string_view text) {
    if (text.size() < 2 || text.front() != '{') throw std::invalid_argument("not a UUID in braces");
    return {std::string(text.substr(1, text.size() - 2))};
  }
};

namespace cairn::sqlite {
namespace {

struct ValueTest : testing::Test {
  template <class T>
  T round_trip(const T& value) {
    return db().query_one<T>("SELECT ?", value);
  }
  template <class T>
  std::string type_of(const T& value) {
    return db().query_one<std::string>("SELECT typeof(?)", value);
  }
  template <class T, class U>
  ErrorCode reading(const U& value) {
    return error_of([&] { db().query_one<T>("SELECT ?", value); }).code();
  }
  ConnectionRef db() const { return memory.db(); }
  MemoryDatabase memory;
};

TEST_F(ValueTest, EveryTypeComesBackAsItWas) {
  const auto same = [&](const auto& value) { EXPECT_EQ(round_trip(value), value); };
  same(true);
  same(std::int8_t{-128});
  same(std::uint8_t{255});
  same(std::numeric_limits<std::int64_t>::min());
  same(std::uint64_t{std::numeric_limits<std::int64_t>::max()});
  same(0.1);
  same(0.1f);
  same(-std::numeric_limits<double>::infinity());
  same(std::string("a\0b\xC3\xA9", 5));
  same(std::string());
  same(std::vector<std::byte>{std::byte{0}, std::byte{255}});
  same(std::vector<std::byte>{});
  same(std::vector<std::uint8_t>{1, 2, 255});
  same(std::vector<std::int8_t>{-1, 2, -128});
  same(std::vector<float>{1.5f, -2.25f});
  same(std::array<float, 3>{1, 2, 3});
  same(std::optional<int>());
  same(std::optional<int>(5));
  same(std::optional<std::string>("x"));
  same(Colour::blue);
  same(Level::high);
  same(Uuid{"1-2"});
  same(std::optional<Uuid>(Uuid{"1-2"}));
  same(Value(std::monostate()));
  same(Value(std::int64_t{5}));
  same(Value(2.5));
  same(Value(std::string("x")));
  same(Value(std::vector<std::byte>{std::byte{9}}));
}

TEST_F(ValueTest, EveryTypeIsKeptAsTheTableSays) {
  EXPECT_EQ(type_of(true), "integer");
  EXPECT_EQ(type_of(1.0f), "real");
  EXPECT_EQ(type_of("text"), "text");
  EXPECT_EQ(type_of(std::string_view()), "text");
  EXPECT_EQ(type_of(std::span<const float>()), "blob");
  EXPECT_EQ(type_of(std::vector<std::uint8_t>{1}), "blob");
  EXPECT_EQ(type_of(nullptr), "null");
  EXPECT_EQ(type_of(std::nullopt), "null");
  EXPECT_EQ(type_of(Colour::red), "text");
  EXPECT_EQ(type_of(Level::low), "integer");
  EXPECT_EQ(type_of(std::variant<int, std::string>("x")), "text");
  EXPECT_EQ(db().query_one<std::string>("SELECT ?", Uuid{"7"}), "{7}");
  EXPECT_EQ(db().query_one<std::string>("SELECT hex(?)", std::vector<float>{1.0f}), "0000803F");
}

TEST_F(ValueTest, NothingIsConvertedSilently) {
  EXPECT_EQ(reading<std::int64_t>("5"), ErrorCode::decode);
  EXPECT_EQ(reading<std::int64_t>(5.0), ErrorCode::decode);
  EXPECT_EQ(reading<std::string>(5), ErrorCode::decode);
  EXPECT_EQ(reading<double>("5"), ErrorCode::decode);
  EXPECT_EQ(reading<double>(5), ErrorCode{0}) << "an integer in a REAL expression is a number";
  EXPECT_EQ(reading<std::string>(nullptr), ErrorCode::decode);
  EXPECT_EQ(reading<std::string>(std::vector<std::byte>(3)), ErrorCode::decode);
  EXPECT_EQ(reading<std::vector<float>>(std::vector<std::uint8_t>(5)), ErrorCode::decode);
  EXPECT_EQ((reading<std::array<float, 2>>(std::vector<float>(3))), ErrorCode::decode);
  EXPECT_EQ(reading<std::int8_t>(128), ErrorCode::decode);
  EXPECT_EQ(reading<std::uint32_t>(-1), ErrorCode::decode);
  EXPECT_EQ(reading<Colour>("green"), ErrorCode::decode);
  EXPECT_EQ(reading<Level>(256), ErrorCode::decode);
}

TEST_F(ValueTest, WhatAFromSqlRefusesNamesTheColumnAndTheReason) {
  const Error error = error_of([&] { db().query_one<Uuid>("SELECT 'nope' AS id"); });
  EXPECT_EQ(error.code(), ErrorCode::decode);
  EXPECT_NE(std::string(error.what()).find("'id'"), std::string::npos) << error.what();
  EXPECT_NE(std::string(error.what()).find("not a UUID in braces"), std::string::npos) << error.what();
}

TEST_F(ValueTest, WhatSqliteWouldChangeIsRefused) {
  const auto binding = [&](const auto& value) {
    return error_of([&] { db().execute("SELECT :x", named(":x", value)); });
  };
  EXPECT_EQ(binding(std::numeric_limits<double>::quiet_NaN()).code(), ErrorCode::invalid_argument);
  EXPECT_EQ(binding(std::uint64_t{1} << 63).code(), ErrorCode::invalid_argument);
  EXPECT_EQ(binding(static_cast<const char*>(nullptr)).code(), ErrorCode::invalid_argument);
  EXPECT_EQ(binding(static_cast<Colour>(3)).code(), ErrorCode::invalid_argument);
  EXPECT_NE(std::string(binding(std::uint64_t{1} << 63).what()).find(":x"), std::string::npos);
  EXPECT_EQ(error_of([] { to_value(std::numeric_limits<float>::quiet_NaN()); }).code(),
            ErrorCode::invalid_argument);
}

// Against SQLite's own rendering of a value, quote(), as the oracle.
TEST_F(ValueTest, GeneratedValuesSurvive) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 2000; ++i) {
    Value value;
    switch (random() % 5) {
      case 0:
        break;
      case 1:
        value = static_cast<std::int64_t>(random());
        break;
      case 2:
        value = static_cast<double>(static_cast<std::int64_t>(random())) / 3;
        break;
      case 3:
        value = std::string(random() % 20, static_cast<char>('a' + random() % 26));
        break;
      default:
        value = std::vector<std::byte>(random() % 20, static_cast<std::byte>(random()));
    }
    ASSERT_EQ(round_trip(value), value);
    ASSERT_EQ(round_trip(to_value(value)), value);
    ASSERT_EQ(
        db().query_one<std::string>("SELECT quote(?)", value),
        std::visit(
            [&](const auto& v) -> std::string { return db().query_one<std::string>("SELECT quote(?)", v); },
            value));
  }
}

}  // namespace
}  // namespace cairn::sqlite
