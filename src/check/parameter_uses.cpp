#include "check/parameter_uses.hpp"

namespace cairn::check {

Kind common_kind(Kind a, Kind b) {
  if (a == b || b == Kind::any) return a;
  if (a == Kind::any) return b;
  const auto number = [](Kind kind) {
    return kind == Kind::integer || kind == Kind::boolean || kind == Kind::real;
  };
  if (number(a) && number(b)) return a == Kind::real || b == Kind::real ? Kind::real : Kind::integer;
  // JSON is text; so is a vector, if need be.
  if ((a == Kind::list || b == Kind::list || a == Kind::vector || b == Kind::vector) &&
      (a == Kind::text || b == Kind::text))
    return Kind::text;
  return Kind::any;
}

void ParameterUses::add(int number, const Expected& expected) {
  const auto [place, first] = parameters_.try_emplace(number, expected);
  if (first) return;
  Expected& known = place->second;
  known.null = known.null || expected.null;
  if (expected.kind == Kind::any && expected.type.empty()) return;
  if (known.kind == Kind::any && known.type.empty()) {
    known.type = expected.type;
    known.include = expected.include;
  } else if (known.type != expected.type) {
    known.type.clear();
    known.include.clear();
  }
  known.kind = common_kind(known.kind, expected.kind);
}

Expected ParameterUses::of(int number) const {
  const auto place = parameters_.find(number);
  return place == parameters_.end() ? Expected{} : place->second;
}

}  // namespace cairn::check
