// What is known of a value before the program runs: a set of SQLite's storage classes, NULL being one of them
// (https://www.sqlite.org/datatype3.html). Not knowing is the full set; what an expression may be is the
// union of what it may be.
#pragma once

#include <string>
#include <utility>

#include "check/description.hpp"

namespace cairn::check {

enum Storage : unsigned {
  kNoStorage = 0,
  kInteger = 1,
  kReal = 2,
  kText = 4,
  kBlob = 8,
  kNull = 16,
  kNumber = kInteger | kReal,
  kAnything = kNumber | kText | kBlob | kNull,
};

struct ValueType {
  unsigned storage = kAnything;
  // Of a column: what it is in C++ and the header for that, where that is not what its storage says.
  std::string type;
  std::string include;

  bool nullable() const noexcept { return (storage & kNull) != 0; }
  unsigned not_null() const noexcept { return storage & ~unsigned{kNull}; }
  bool is_only(unsigned set) const noexcept { return (not_null() & ~set) == 0; }

  ValueType with_null(bool null = true) const {
    ValueType copy = *this;
    copy.storage = null ? copy.storage | kNull : copy.not_null();
    return copy;
  }

  friend bool operator==(const ValueType&, const ValueType&) = default;
};

// Either. A C++ type stays when both agree on it; NULL alone agrees with everything.
inline ValueType either(const ValueType& a, const ValueType& b) {
  if (a.not_null() == kNoStorage) return b.with_null(b.nullable() || a.nullable());
  if (b.not_null() == kNoStorage) return a.with_null(a.nullable() || b.nullable());
  if (a.type != b.type) return {a.storage | b.storage, "", ""};
  return {a.storage | b.storage, a.type, a.include};
}

// A row of either select of a compound. Below an outer select, SQLite may give the column the affinity of one
// of them, which makes a number of the other's text.
inline ValueType of_compound(const ValueType& a, const ValueType& b) {
  ValueType value = either(a, b);
  if ((value.storage & kText) != 0 && (value.storage & kNumber) != 0) value.storage |= kNumber;
  return value;
}

inline Kind kind_of(const ValueType& value) {
  switch (value.not_null()) {
    case kInteger:
      return value.type == "bool" ? Kind::boolean : Kind::integer;
    case kReal:
    case kNumber:
      return Kind::real;
    case kText:
      return Kind::text;
    case kBlob:
      return Kind::blob;
    default:
      return Kind::any;
  }
}

}  // namespace cairn::check
