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
    case Operator::regexp:
      return "regexp";
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

bool continues(const Value& value, std::string_view prefix) noexcept {
  return value.type == Value::Type::text && std::string_view(value.bytes).starts_with(prefix);
}

}  // namespace

Predicate::Predicate(sqlite3* db, const Condition& condition, MixedTypes mixed)
    : condition_(condition), mixed_(mixed) {
  if (!is_pattern(condition.op)) return;
  pattern_.emplace(db, "SELECT (?1 " + std::string(to_string(condition.op)) + " ?2) IS TRUE");
  condition.value.bind(*pattern_, 2);
}

bool Predicate::operator()(const Value& cell) {
  if (!pattern_) return holds(condition_, cell, mixed_);
  if (cell.type == Value::Type::text)
    pattern_->bind_view(1, cell.bytes);
  else
    cell.bind(*pattern_, 1);
  pattern_->step();
  const bool matches = pattern_->get<bool>(0);
  pattern_->reset();
  return matches;
}

bool Predicate::is_decided_by(std::string_view prefix) const noexcept {
  if (pattern_) return false;
  if (condition_.op != Operator::in) return !continues(condition_.value, prefix);
  return std::none_of(condition_.set.begin(), condition_.set.end(),
                      [&](const Value& member) { return continues(member, prefix); });
}

}  // namespace cairn::vec0
