#include "cairn/sql/time.hpp"

#include <fmt/format.h>

#include <optional>

#include "cairn/error.hpp"

namespace cairn::sql {

namespace {

using namespace std::chrono;

// Reads a text from its front; once something does not fit, nothing else does.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  // Exactly `digits` of them, at most `largest`.
  int number(int digits, int largest) {
    int value = 0;
    for (int i = 0; i < digits; ++i) value = value * 10 + digit();
    if (value > largest) good_ = false;
    return value;
  }
  void expect(char c) {
    if (!accept(c)) good_ = false;
  }
  bool accept(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool accept_any_of(std::string_view characters) {
    for (const char c : characters)
      if (accept(c)) return true;
    return false;
  }
  // At least one digit behind the point.
  nanoseconds fraction() {
    std::int64_t value = digit(), unit = 100'000'000;
    value *= unit;
    while (good_ && !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      unit /= 10;
      value += digit() * unit;
    }
    return nanoseconds(value);
  }
  bool at_end() const { return rest_.empty(); }
  bool good() const { return good_; }

 private:
  int digit() {
    if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') {
      good_ = false;
      return 0;
    }
    const int value = rest_.front() - '0';
    rest_.remove_prefix(1);
    return value;
  }

  std::string_view rest_;
  bool good_ = true;
};

year_month_day read_day(Reader& in) {
  const year y(in.number(4, 9999));
  in.expect('-');
  const month m(static_cast<unsigned>(in.number(2, 12)));
  in.expect('-');
  return {y, m, day(static_cast<unsigned>(in.number(2, 31)))};
}

nanoseconds read_time_of_day(Reader& in) {
  nanoseconds time = hours(in.number(2, 23));
  in.expect(':');
  time += minutes(in.number(2, 59));
  if (!in.accept(':')) return time;
  time += seconds(in.number(2, 60));  // 60 is a leap second, which is taken for the next one
  if (in.accept('.')) time += in.fraction();
  return time;
}

minutes read_zone(Reader& in) {
  const bool east = in.accept('+');
  if (!east && !in.accept('-')) {
    in.accept_any_of("Zz");
    return minutes(0);
  }
  minutes offset = hours(in.number(2, 23));
  in.expect(':');
  offset += minutes(in.number(2, 59));
  return east ? offset : -offset;
}

[[noreturn]] void refuse(std::string_view text, const char* wanted) {
  constexpr std::size_t most = 40;
  throw Error(ErrorCode::invalid_argument,
              fmt::format("'{}{}' is not {}", text.substr(0, most), text.size() > most ? "…" : "", wanted));
}

std::string day_text(year_month_day day) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()));
}

}  // namespace

void Rfc3339::throw_out_of_range() {
  throw Error(ErrorCode::invalid_argument, "a time to be stored is not between the years 1678 and 2261");
}

std::string to_text(Rfc3339 t) {
  const auto midnight = floor<days>(t.time);
  const hh_mm_ss<nanoseconds> clock(t.time - midnight);
  std::string text = fmt::format("{}T{:02}:{:02}:{:02}", day_text(midnight), clock.hours().count(),
                                 clock.minutes().count(), clock.seconds().count());
  const std::int64_t part = clock.subseconds().count();
  if (part % 1'000'000 == 0) {
    if (part != 0) text += fmt::format(".{:03}", part / 1'000'000);
  } else if (part % 1'000 == 0) {
    text += fmt::format(".{:06}", part / 1'000);
  } else {
    text += fmt::format(".{:09}", part);
  }
  return text + "+00:00";
}

Rfc3339 parse_rfc3339(std::string_view text) {
  constexpr const char* wanted = "a time as RFC 3339 writes it, like 2026-11-24T20:04:21Z";
  Reader in(text);
  const year_month_day day = read_day(in);
  nanoseconds time(0);
  minutes offset(0);
  if (in.accept_any_of("Tt ")) {
    time = read_time_of_day(in);
    offset = read_zone(in);
  }
  if (!in.good() || !in.at_end() || !day.ok()) refuse(text, wanted);
  // The clock counts nanoseconds in 64 bits, from within 1677 to within 2262.
  if (day.year() < year(1678) || day.year() > year(2261))
    refuse(text, "a time between the years 1678 and 2261");
  return Rfc3339(sys_days(day) + time - offset);
}

}  // namespace cairn::sql

std::string cairn::SqlType<std::chrono::year_month_day>::to_sql(std::chrono::year_month_day day) {
  if (!day.ok() || day.year() < std::chrono::year(0) || day.year() > std::chrono::year(9999))
    throw Error(ErrorCode::invalid_argument,
                "a day to be stored is not in the calendar of the years 0 to 9999");
  return sql::day_text(day);
}

std::chrono::year_month_day cairn::SqlType<std::chrono::year_month_day>::from_sql(std::string_view text) {
  sql::Reader in(text);
  const std::chrono::year_month_day day = sql::read_day(in);
  if (!in.good() || !in.at_end() || !day.ok()) sql::refuse(text, "a day like 2026-11-24");
  return day;
}
