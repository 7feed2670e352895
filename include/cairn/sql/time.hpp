// Points in time as columns keep them. A statement that nobody has checked does not know which of the two a
// column holds, so the program says it:
//
//   db.execute("INSERT INTO tasks(due, created_at) VALUES (?, ?)", UnixSeconds{due}, Rfc3339{now});
//   auto created = db.query_one<Rfc3339>("SELECT created_at FROM tasks").time;
//
// Both are plain values; std::optional<UnixSeconds> for a column that may be NULL. Days without a time are
// std::chrono::year_month_day, kept as TEXT: '2026-11-24'.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "cairn/sqlite/value.hpp"

namespace cairn::sql {

// INTEGER: seconds since 1970-01-01T00:00:00Z, as unixepoch() gives them. A finer time is cut to its second.
struct UnixSeconds {
  std::chrono::sys_seconds time;

  constexpr UnixSeconds() = default;
  template <class Duration>
  constexpr explicit UnixSeconds(std::chrono::sys_time<Duration> t)
      : time(std::chrono::floor<std::chrono::seconds>(t)) {}
  static UnixSeconds now() { return UnixSeconds(std::chrono::system_clock::now()); }
  auto operator<=>(const UnixSeconds&) const = default;
};

// TEXT: RFC 3339 in UTC, with 0, 3, 6 or 9 digits of the second, as many as it needs, which is what sqlx
// writes for a chrono::DateTime<Utc>: '2026-11-24T20:04:21.5+00:00' would be '2026-11-24T20:04:21.500+00:00'.
// Such texts order as the times do only while all have the same number of digits.
//
// Reads what sqlx and SQLite write: a 'T', 't' or a space between date and time; seconds and their fraction
// may be missing, as may the time; a zone 'Z' or '±HH:MM', and UTC without one. Digits beyond the ninth are
// dropped. From 1678 to 2261; everything else is a `decode` error.
struct Rfc3339 {
  std::chrono::sys_time<std::chrono::nanoseconds> time;

  constexpr Rfc3339() = default;
  template <class Duration>
  constexpr explicit Rfc3339(std::chrono::sys_time<Duration> t) : time(in_range(t)) {}
  static Rfc3339 now() {
    return Rfc3339(std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now()));
  }
  auto operator<=>(const Rfc3339&) const = default;

 private:
  // Throws invalid_argument for a time that 64 bits of nanoseconds do not reach.
  template <class T>
  static constexpr T in_range(T t) {
    const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(t));
    if (day.year() < std::chrono::year(1678) || day.year() > std::chrono::year(2261)) throw_out_of_range();
    return t;
  }
  [[noreturn]] static void throw_out_of_range();
};

std::string to_text(Rfc3339 time);
// Throws invalid_argument.
Rfc3339 parse_rfc3339(std::string_view text);

}  // namespace cairn::sql

template <>
struct cairn::SqlType<cairn::sql::UnixSeconds> {
  static std::int64_t to_sql(sql::UnixSeconds t) { return t.time.time_since_epoch().count(); }
  static sql::UnixSeconds from_sql(std::int64_t seconds) {
    return sql::UnixSeconds(std::chrono::sys_seconds(std::chrono::seconds(seconds)));
  }
};

template <>
struct cairn::SqlType<cairn::sql::Rfc3339> {
  static std::string to_sql(sql::Rfc3339 t) { return sql::to_text(t); }
  static sql::Rfc3339 from_sql(std::string_view text) { return sql::parse_rfc3339(text); }
};

template <>
struct cairn::SqlType<std::chrono::year_month_day> {
  static std::string to_sql(std::chrono::year_month_day day);
  static std::chrono::year_month_day from_sql(std::string_view text);
};
