// Conditions that SQLite hands down from a WHERE clause.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "cairn/sqlite/statement.hpp"
#include "vec0/definition.hpp"
#include "vec0/value.hpp"

namespace cairn::vec0 {

enum class Operator { eq, ne, lt, le, gt, ge, is, is_not, is_null, not_null, like, glob, regexp, in };

// "=", "!=", …, "is null", "in": as the query plan shows it.
std::string_view to_string(Operator op) noexcept;

// LIKE and its kind, which are functions that a program may replace.
constexpr bool is_pattern(Operator op) noexcept {
  return op == Operator::like || op == Operator::glob || op == Operator::regexp;
}

// Whether the condition names the keys that may pass, one by one.
constexpr bool names_keys(ColumnRef column, Operator op) noexcept {
  return column.kind == ColumnKind::primary_key &&
         (op == Operator::eq || op == Operator::is || op == Operator::in);
}

struct Condition {
  ColumnRef column;
  Operator op = Operator::eq;
  Value value;
  std::vector<Value> set;  // for `in`: sorted by compare(), without NULL
};

// What to do with text compared with a number. SQLite may convert one of them, depending on an affinity
// that a virtual table cannot see; it checks every row again, so a search without k may keep such rows.
enum class MixedTypes { keep, compare };

// A condition that is put to many cells. A pattern is put to SQLite, so that it means what it means in the
// query itself: PRAGMA case_sensitive_like and functions of the program's own included.
class Predicate {
 public:
  // `condition` must outlive this.
  Predicate(sqlite3* db, const Condition& condition, MixedTypes mixed);

  const Condition& condition() const noexcept { return condition_; }
  bool operator()(const Value& cell);
  // Whether the answer for a text that starts with `prefix` is known to be that for `prefix` itself.
  bool is_decided_by(std::string_view prefix) const noexcept;

 private:
  const Condition& condition_;
  MixedTypes mixed_;
  std::optional<sqlite::Statement> pattern_;
};

}  // namespace cairn::vec0
