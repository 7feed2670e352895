#include "cairn/sql/time.hpp"

#include <gtest/gtest.h>

#include <random>

#include "base/error_of.hpp"
#include "cairn/sql/connection.hpp"

namespace cairn::sql {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;

constexpr sys_time<nanoseconds> kEvening = sys_days(2026y / 11 / 24) + 20h + 4min + 21s;

TEST(Time, IsWrittenAsSqlxWritesIt) {
  EXPECT_EQ(to_text(Rfc3339(kEvening)), "2026-11-24T20:04:21+00:00");
  EXPECT_EQ(to_text(Rfc3339(kEvening + 500ms)), "2026-11-24T20:04:21.500+00:00");
  EXPECT_EQ(to_text(Rfc3339(kEvening + 500us)), "2026-11-24T20:04:21.000500+00:00");
  EXPECT_EQ(to_text(Rfc3339(kEvening + 5ns)), "2026-11-24T20:04:21.000000005+00:00");
  EXPECT_EQ(to_text(Rfc3339(sys_seconds(-1s))), "1969-12-31T23:59:59+00:00");
}

TEST(Time, EveryFormOfSqlxAndSqliteIsRead) {
  const auto reads = [](std::string_view text, sys_time<nanoseconds> time) {
    EXPECT_EQ(parse_rfc3339(text).time, time) << text;
  };
  reads("2026-11-24T20:04:21+00:00", kEvening);             // chrono::DateTime<Utc>, time::OffsetDateTime
  reads("2026-11-24T22:34:21.25+02:30", kEvening + 250ms);  // chrono::DateTime<FixedOffset>
  reads("2026-11-24T10:04:21-10:00", kEvening);
  reads("2026-11-24 20:04:21.123456789", kEvening + 123456789ns);  // chrono::NaiveDateTime
  reads("2026-11-24 20:04:21.0", kEvening);                        // time::PrimitiveDateTime
  reads("2026-11-24 20:04:21", kEvening);                          // CURRENT_TIMESTAMP
  reads("2026-11-24t20:04:21z", kEvening);
  reads("2026-11-24T20:04", kEvening - 21s);
  reads("2026-11-24", floor<days>(kEvening));
  reads("2026-11-24T20:04:21.1234567899", kEvening + 123456789ns);
  reads("2016-12-31T23:59:60Z", sys_days(2017y / 1 / 1));
}

TEST(Time, WhatNanosecondsDoNotReachIsRefused) {
  for (const sys_seconds time : {sys_seconds(sys_days(2500y / 1 / 1)), sys_seconds(sys_days(1500y / 1 / 1))})
    EXPECT_EQ(error_of([&] { (void)Rfc3339(time); }).code(), ErrorCode::invalid_argument);
}

TEST(Time, WhatIsNoTimeIsRefused) {
  for (const char* text :
       {"", "2026", "2026-11-24T", "2026-13-01", "2026-02-29", "2026-11-24T24:00:00Z", "2026-11-24T20:60:00Z",
        "2026-11-24T20:04:21.Z", "2026-11-24T20:04:21+0200", "2026-11-24T20:04:21Z ", " 2026-11-24", "now",
        "20261124T200421Z", "2026-11-24T20:04:21+25:00", "+026-11-24", "1677-12-31", "2262-01-01",
        "-026-11-24"})
    EXPECT_EQ(error_of([&] { parse_rfc3339(text); }).code(), ErrorCode::invalid_argument) << text;
}

// SQLite's own strftime is the oracle.
TEST(Time, GeneratedTimesAgreeWithSqliteAndComeBack) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  Connection db(ConnectOptions{});
  for (int i = 0; i < 2000; ++i) {
    // Between the years 1678 and 2261.
    const sys_seconds second(seconds(static_cast<std::int64_t>(random() % 18'400'000'000) - 9'210'000'000));
    const sys_time<nanoseconds> time = second + nanoseconds(random() % 3 == 0 ? 0 : random() % 1'000'000'000);
    ASSERT_EQ(parse_rfc3339(to_text(Rfc3339(time))).time, time);
    ASSERT_EQ(db.query_one<std::string>("SELECT strftime('%Y-%m-%dT%H:%M:%S+00:00', ?, 'unixepoch')",
                                        UnixSeconds(time)),
              to_text(Rfc3339(second)));
    const year_month_day day(floor<days>(time));
    ASSERT_EQ(db.query_one<std::string>("SELECT date(?)", Rfc3339(time)),
              db.query_one<std::string>("SELECT ?", day));
    ASSERT_EQ(db.query_one<year_month_day>("SELECT ?", day), day);
  }
}

TEST(Time, ColumnsHoldWhatTheProgramSaid) {
  Connection db(ConnectOptions{});
  EXPECT_EQ(db.query_one<std::string>("SELECT typeof(?)", UnixSeconds(kEvening)), "integer");
  EXPECT_EQ(db.query_one<std::string>("SELECT typeof(?)", Rfc3339(kEvening)), "text");
  EXPECT_EQ(db.query_one<UnixSeconds>("SELECT unixepoch('2026-11-24 20:04:21')"), UnixSeconds(kEvening));
  EXPECT_EQ(db.query_one<std::optional<Rfc3339>>("SELECT NULL"), std::nullopt);
  EXPECT_LT(UnixSeconds::now().time - db.query_one<Rfc3339>("SELECT CURRENT_TIMESTAMP").time, 1min);
  EXPECT_EQ(error_of([&] { db.query_one<Rfc3339>("SELECT 5"); }).code(), ErrorCode::decode);
  EXPECT_EQ(error_of([&] { db.query_one<Rfc3339>("SELECT 'today'"); }).code(), ErrorCode::decode);
  EXPECT_EQ(error_of([&] { db.query_one<year_month_day>("SELECT '2026-02-30'"); }).code(), ErrorCode::decode);
  EXPECT_EQ(error_of([&] { db.execute("SELECT ?", 2026y / 2 / 30); }).code(), ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace cairn::sql
