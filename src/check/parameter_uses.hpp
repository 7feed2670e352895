// What the places where a statement uses a parameter tell about it.
#pragma once

#include <map>
#include <string>

#include "check/value_type.hpp"

namespace cairn::check {

// What a place takes. `null`: whether NULL means something there (a column that may be NULL gets its value),
// or only makes the result empty (`owner = :owner`).
struct Expected {
  Kind kind = Kind::any;
  bool null = true;
  std::string type;  // C++, of a type map
  std::string include;
};

class ParameterUses {
 public:
  void add(int number, const Expected& expected);
  // All places together; any kind and NULL where none says more.
  Expected of(int number) const;

 private:
  std::map<int, Expected> parameters_;
};

// Integers are numbers too; for all else two places that disagree leave nothing that is certain.
Kind common_kind(Kind a, Kind b);

}  // namespace cairn::check
