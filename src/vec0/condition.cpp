#include "vec0/condition.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace cairn::vec0 {

std::string_view to_string(Operator op) noexcept {
  switch (op) {
    case Operator::eq:
      return "=";
    case Operator::ne:
      return "!=";
    case Operator::lt:
      return "<";
    case Operator::le:
      return "<=";
    case Operator::gt:
      return ">";
    case Operator::ge:
      return ">=";
    case Operator::is:
      return "is";
    case Operator::is_not:
      return "is not";
    case Operator::is_null:
      return "is null";
    case Operator::not_null:
      return "not null";
    case Operator::like:
      return "like";
    case Operator::glob:
      return "glob";
    case Operator::in:
      return "in";
  }
  return "";
}

namespace {

bool is_text_against_number(const Value& a, const Value& b) noexcept {
  return (a.type == Value::Type::text && b.is_number()) || (a.is_number() && b.type == Value::Type::text);
}

bool in_set(const Condition& condition, const Value& cell, MixedTypes mixed) noexcept {
  if (cell.is_null()) return false;
  if (mixed == MixedTypes::keep &&
      std::any_of(condition.set.begin(), condition.set.end(),
                  [&](const Value& member) { return is_text_against_number(member, cell); }))
    return true;
  return std::binary_search(condition.set.begin(), condition.set.end(), cell,
                            [](const Value& a, const Value& b) { return compare(a, b) < 0; });
}

// A value as LIKE sees it; a number is written to `room`.
using Digits = std::array<char, 64>;
const char* text_of(const Value& value, Digits& room) noexcept {
  constexpr int size = static_cast<int>(std::tuple_size_v<Digits>);
  if (value.type == Value::Type::integer)
    return sqlite3_snprintf(size, room.data(), "%lld", static_cast<long long>(value.integer));
  if (value.type == Value::Type::real) return sqlite3_snprintf(size, room.data(), "%!.15g", value.real);
  return value.bytes.c_str();
}

// SQLite's own matchers. Whether a blob can match is an option of SQLite's build, so that is left to it;
// where it looks again anyway, so are numbers.
bool matches_pattern(const Condition& condition, const Value& cell, MixedTypes mixed) noexcept {
  if (cell.is_null() || condition.value.is_null()) return false;
  if (cell.type == Value::Type::blob || condition.value.type == Value::Type::blob) return true;
  if (mixed == MixedTypes::keep && (cell.is_number() || condition.value.is_number())) return true;
  // The matchers recurse once per wildcard. SQLite refuses longer patterns by default
  // (SQLITE_MAX_LIKE_PATTERN_LENGTH).
  constexpr std::size_t kMaxPattern = 50000;
  if (condition.value.bytes.size() > kMaxPattern) return true;
  Digits pattern_digits, text_digits;
  const char* pattern = text_of(condition.value, pattern_digits);
  const char* text = text_of(cell, text_digits);
  return condition.op == Operator::glob ? sqlite3_strglob(pattern, text) == 0
                                        : sqlite3_strlike(pattern, text, 0) == 0;
}

}  // namespace

bool holds(const Condition& condition, const Value& cell, MixedTypes mixed) noexcept {
  switch (condition.op) {
    case Operator::is_null:
      return cell.is_null();
    case Operator::not_null:
      return !cell.is_null();
    case Operator::is:
      break;
    case Operator::is_not:
      break;
    case Operator::in:
      return in_set(condition, cell, mixed);
    case Operator::like:
    case Operator::glob:
      return matches_pattern(condition, cell, mixed);
    default:
      if (cell.is_null() || condition.value.is_null()) return false;
  }
  if (mixed == MixedTypes::keep && is_text_against_number(cell, condition.value)) return true;
  const int order = compare(cell, condition.value);
  switch (condition.op) {
    case Operator::eq:
    case Operator::is:
      return order == 0;
    case Operator::ne:
    case Operator::is_not:
      return order != 0;
    case Operator::lt:
      return order < 0;
    case Operator::le:
      return order <= 0;
    case Operator::gt:
      return order > 0;
    default:
      return order >= 0;
  }
}

}  // namespace cairn::vec0
