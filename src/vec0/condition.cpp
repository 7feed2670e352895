#include "vec0/condition.hpp"

#include <algorithm>

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

// SQLite's own matchers. They see text; a number or blob is left to SQLite, which converts it.
bool matches_pattern(const Condition& condition, const Value& cell) noexcept {
  if (cell.is_null() || condition.value.is_null()) return false;
  if (cell.type != Value::Type::text || condition.value.type != Value::Type::text) return true;
  // The matchers recurse once per wildcard. SQLite refuses longer patterns by default
  // (SQLITE_MAX_LIKE_PATTERN_LENGTH).
  constexpr std::size_t kMaxPattern = 50000;
  if (condition.value.bytes.size() > kMaxPattern) return true;
  const char* pattern = condition.value.bytes.c_str();
  const char* text = cell.bytes.c_str();
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
      return matches_pattern(condition, cell);
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
