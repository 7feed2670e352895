// Conditions that SQLite hands down from a WHERE clause.
#pragma once

#include <string_view>
#include <vector>

#include "vec0/definition.hpp"
#include "vec0/value.hpp"

namespace cairn::vec0 {

enum class Operator { eq, ne, lt, le, gt, ge, is, is_not, is_null, not_null, like, glob, in };

// "=", "!=", …, "is null", "in": as the query plan shows it.
std::string_view to_string(Operator op) noexcept;

struct Condition {
  ColumnRef column;
  Operator op = Operator::eq;
  Value value;
  std::vector<Value> set;  // for `in`: sorted by compare(), without NULL
};

// What to do with text compared with a number. SQLite may convert one of them, depending on an affinity
// that a virtual table cannot see; it checks every row again, so a search without k may keep such rows.
enum class MixedTypes { keep, compare };

bool holds(const Condition& condition, const Value& cell, MixedTypes mixed) noexcept;

}  // namespace cairn::vec0
