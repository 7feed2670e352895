// The types of expressions, and what they expect of the parameters in them
// (https://www.sqlite.org/lang_expr.html).
#include <algorithm>
#include <charconv>

#include "check/analysis_run.hpp"
#include "check/sql_lexer.hpp"

namespace cairn::check {
namespace {

ValueType of(unsigned storage) {
  return {storage, "", ""};
}

bool any_null(const std::vector<ValueType>& types) {
  return std::ranges::any_of(types, &ValueType::nullable);
}

bool is_literal(const Expression& e) {
  return e.kind == ExpressionKind::integer || e.kind == ExpressionKind::real ||
         e.kind == ExpressionKind::text || e.kind == ExpressionKind::blob;
}

bool is_number(const Expression& e) {
  return e.kind == ExpressionKind::integer || e.kind == ExpressionKind::real;
}

// 9e999 is infinite.
bool is_finite(const Expression& e) {
  return is_number(e) && e.name.size() < 100 &&
         (e.kind == ExpressionKind::integer || e.name.find_first_of("eE") == e.name.npos);
}

bool is_nonzero(const Expression& e) {
  return is_finite(e) && e.name.find_first_of("123456789") != e.name.npos;
}

// One that exceeds 64 bits is a REAL; hexadecimal ones never do.
unsigned storage_of_literal(std::string_view digits) {
  std::int64_t value;
  const bool hexadecimal = digits.starts_with("0x") || digits.starts_with("0X");
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return hexadecimal || result.ec == std::errc() ? kInteger : kReal;
}

// Types that the catalog gives by itself; how such a column is written is for the caller to say.
bool is_own_type(std::string_view type) {
  return type == "bool" || type == "std::chrono::year_month_day" || type == "cairn::sql::Rfc3339" ||
         type.starts_with("std::vector<");
}

// Whether printf() with this format has something to say: NULL is what it makes of nothing. At a conversion
// that it does not know it stops.
bool prints_something(std::string_view format) {
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') return true;
    i = format.find_first_not_of("0123456789.+-# !,*l", i + 1);
    if (i == format.npos) return false;
    if (std::string_view("dioxXufeEgG%").find(format[i]) != std::string_view::npos) return true;
    if (std::string_view("szqQwc").find(format[i]) == std::string_view::npos) return false;
  }
  return false;
}

}  // namespace

Expected expected_of(const ValueType& value, bool null) {
  if (value.type.starts_with("std::vector<")) return {Kind::vector, null, "", ""};
  if (!value.type.empty() && !is_own_type(value.type))
    return {kind_of(value), null, value.type, value.include};
  return {kind_of(value), null, "", ""};
}

bool AnalysisRun::is_aggregate(const Expression& e) const {
  if (e.over) return false;
  const std::string& name = e.name;
  if (name == "min" || name == "max") return e.arguments.size() == 1;
  return name == "count" || name == "sum" || name == "total" || name == "avg" || name == "group_concat" ||
         name == "string_agg" || name == "json_group_array" || name == "json_group_object" ||
         (!find_function(name) && catalog_.is_aggregate(name));
}

void AnalysisRun::count_step() {
  // Deep nesting of recursive tables would multiply.
  if (++steps_ > 1'000'000) throw NotUnderstood("it is too deep");
}

void AnalysisRun::boolean(const Expression& expression, Scope& scope) {
  type(expression, scope, {Kind::boolean, false, "", ""});
}

ValueType AnalysisRun::type(const Expression& e, Scope& scope, const Expected& expected) {
  count_step();
  switch (e.kind) {
    case ExpressionKind::null:
      return of(kNull);
    case ExpressionKind::integer:
      return of(storage_of_literal(e.name));
    case ExpressionKind::real:
      return of(kReal);
    case ExpressionKind::text:
    case ExpressionKind::current:
      return of(kText);
    case ExpressionKind::blob:
      return of(kBlob);
    case ExpressionKind::parameter:
      return parameter(e, expected);
    case ExpressionKind::column:
      return column(e, scope);
    case ExpressionKind::unary:
      return unary(e, scope, expected);
    case ExpressionKind::binary:
      return binary(e, scope, expected);
    case ExpressionKind::pattern:
      return pattern(e, scope);
    case ExpressionKind::is:
      alike({e.arguments[0].get(), e.arguments[1].get()}, scope, {Kind::any, true, "", ""});
      return of(kInteger);
    case ExpressionKind::between: {
      const auto types = alike({e.arguments[0].get(), e.arguments[1].get(), e.arguments[2].get()}, scope,
                               {Kind::any, false, "", ""});
      return of(kInteger).with_null(any_null(types));
    }
    case ExpressionKind::in:
      return in(e, scope);
    case ExpressionKind::exists:
      select(*e.select, &scope);
      return of(kInteger);
    case ExpressionKind::case_:
      return case_(e, scope, expected);
    case ExpressionKind::cast: {
      const unsigned storage = storage_of_cast(e.name);
      Expected wanted = expected_of(of(storage), expected.null);
      const ValueType operand = type(*e.arguments[0], scope, wanted);
      return of(storage).with_null(operand.nullable());
    }
    case ExpressionKind::function:
      return function(e, scope, expected);
    case ExpressionKind::subquery:
      return subquery(e, scope, expected);
    case ExpressionKind::row:
      for (const ExpressionPtr& argument : e.arguments) type(*argument, scope);
      return {};
  }
  return {};
}

ValueType AnalysisRun::parameter(const Expression& e, const Expected& expected) {
  if (recording_) analysis_.parameters.add(e.number, expected);
  const Expected known = known_.of(e.number);
  unsigned storage = kAnything & ~unsigned{kNull};
  switch (known.kind) {
    case Kind::integer:
    case Kind::boolean:
      storage = kInteger;
      break;
    case Kind::real:
      storage = kNumber;
      break;
    case Kind::text:
    case Kind::list:
      storage = kText;
      break;
    case Kind::blob:
      storage = kBlob;
      break;
    case Kind::vector:
      storage = kBlob | kText;
      break;
    case Kind::any:
      break;
  }
  // One of any kind takes a sqlite::Value, which may hold NULL.
  const bool null = known.null || (known.kind == Kind::any && known.type.empty());
  return ValueType{storage, known.type, known.include}.with_null(null);
}

ValueType AnalysisRun::column(const Expression& e, Scope& scope) {
  for (Scope* at = &scope; at; at = at->outer) {
    const Found found = find_column(*at, e.schema, e.table, e.name);
    if (!found.scope) continue;
    if (!deepest_ || deepest_->depth < at->depth) deepest_ = at;
    if (found.source) return type_of(found);
    // The expression itself sees no aliases.
    const SelectCore* const core = std::exchange(at->core, nullptr);
    const ValueType named = type(*core->columns[found.index].expression, *at);
    at->core = core;
    return named;
  }
  if (e.table.empty() && (same_name(e.name, "true") || same_name(e.name, "false"))) return of(kInteger);
  throw NotUnderstood("no column " + e.name);
}

ValueType AnalysisRun::unary(const Expression& e, Scope& scope, const Expected& expected) {
  if (e.name == "NOT") {
    const ValueType operand = type(*e.arguments[0], scope, {Kind::boolean, false, "", ""});
    return of(kInteger).with_null(operand.nullable());
  }
  if (e.name == "+") return type(*e.arguments[0], scope, expected);
  const bool integer = e.name == "~" || expected.kind == Kind::integer;
  const ValueType operand =
      type(*e.arguments[0], scope, {integer ? Kind::integer : Kind::real, expected.null, "", ""});
  // The literal 9223372036854775808 is a REAL but below a minus.
  const bool real = operand.is_only(kReal) && e.arguments[0]->kind != ExpressionKind::integer;
  const unsigned storage = e.name == "~" || operand.is_only(kInteger) ? kInteger : real ? kReal : kNumber;
  return of(storage).with_null(operand.nullable());
}

ValueType AnalysisRun::binary(const Expression& e, Scope& scope, const Expected& expected) {
  const Expression &left = *e.arguments[0], &right = *e.arguments[1];
  if (e.name == "AND" || e.name == "OR") {
    const Expected wanted = {Kind::boolean, false, "", ""};
    return of(kInteger).with_null(any_null({type(left, scope, wanted), type(right, scope, wanted)}));
  }
  if (left.kind == ExpressionKind::row) return rows(left, right, scope);
  if (e.name == "=" || e.name == "<>" || e.name == "<" || e.name == "<=" || e.name == ">" || e.name == ">=")
    return of(kInteger).with_null(any_null(alike({&left, &right}, scope, {Kind::any, false, "", ""})));
  if (e.name == "||" || e.name == "->" || e.name == "->>") {
    const Expected text = {Kind::text, false, "", ""};
    const Expected path = {Kind::any, false, "", ""};
    const bool null = any_null({type(left, scope, text), type(right, scope, e.name == "||" ? text : path)});
    if (e.name == "->>") return {};
    return of(kText).with_null(null || e.name == "->");
  }
  if (e.name == "&" || e.name == "|" || e.name == "<<" || e.name == ">>") {
    const Expected integer = {Kind::integer, false, "", ""};
    return of(kInteger).with_null(any_null({type(left, scope, integer), type(right, scope, integer)}));
  }
  return arithmetic(e, scope, expected);
}

// Integers stay integers (that overflow makes a REAL of them is found when the value is read). Two
// infinities, or one and zero, make NaN, which SQLite stores as NULL; so does a division by zero.
ValueType AnalysisRun::arithmetic(const Expression& e, Scope& scope, const Expected& expected) {
  const Expression &left = *e.arguments[0], &right = *e.arguments[1];
  const Kind context =
      expected.kind == Kind::integer || expected.kind == Kind::boolean ? Kind::integer : Kind::real;
  const bool open_left = left.kind == ExpressionKind::parameter;
  ValueType a, b;
  // `count + :n` is as `count` is; a factor is often a fraction.
  const bool sum = e.name == "+" || e.name == "-" || e.name == "%";
  const auto sibling = [&](const ValueType& other) {
    const bool as_other = sum && expected.kind != Kind::real && other.is_only(kInteger);
    return Expected{as_other ? Kind::integer : context, false, "", ""};
  };
  if (open_left) {
    b = type(right, scope, {context, false, "", ""});
    a = type(left, scope, sibling(b));
  } else {
    a = type(left, scope, {context, false, "", ""});
    b = type(right, scope, sibling(a));
  }
  const bool integers = a.is_only(kInteger) && b.is_only(kInteger);
  const unsigned storage = integers ? kInteger : a.is_only(kReal) || b.is_only(kReal) ? kReal : kNumber;
  bool null = a.nullable() || b.nullable();
  if (e.name == "/" || e.name == "%") {
    null = null || !is_nonzero(right) || (e.name == "%" && right.kind != ExpressionKind::integer);
  } else if (!integers) {
    const bool a_real = !a.is_only(kInteger) && !is_finite(left),
               b_real = !b.is_only(kInteger) && !is_finite(right);
    null = null || (e.name == "*" ? (a_real && !is_nonzero(right)) || (b_real && !is_nonzero(left))
                                  : a_real && b_real);
  }
  return of(storage).with_null(null);
}

ValueType AnalysisRun::pattern(const Expression& e, Scope& scope) {
  const Expression& left = *e.arguments[0];
  const Expected text = {Kind::text, false, "", ""};
  if (e.name == "match") {
    const Found found = left.kind == ExpressionKind::column
                            ? find_column(scope, left.schema, left.table, left.name)
                            : Found();
    const bool vector = found.source && found.source->table && found.source->table->kind == TableKind::vec0;
    if (found.source) {
      type(*e.arguments[1], scope, vector ? Expected{Kind::vector, false, "", ""} : text);
      return of(kInteger | kNull);
    }
  }
  std::vector<ValueType> types;
  for (const ExpressionPtr& argument : e.arguments) types.push_back(type(*argument, scope, text));
  return of(kInteger).with_null(any_null(types) || e.name == "match" || e.name == "regexp");
}

std::vector<ValueType> AnalysisRun::alike(const std::vector<const Expression*>& expressions, Scope& scope,
                                          Expected expected, bool last_may_be_null) {
  // First those that know their type, then the parameters among them.
  ValueType together = of(kNoStorage);
  std::vector<ValueType> types(expressions.size());
  const auto is_open = [](const Expression& e) {
    return e.kind == ExpressionKind::parameter ||
           (e.kind == ExpressionKind::unary && e.arguments[0]->kind == ExpressionKind::parameter);
  };
  const auto wanted = [&] {
    if (together.storage == kNoStorage) return expected;
    Expected known = expected_of(together, expected.null);
    return known.kind == Kind::any && known.type.empty() ? expected : known;
  };
  for (const bool open : {false, true})
    for (std::size_t i = 0; i < expressions.size(); ++i) {
      if (is_open(*expressions[i]) != open) continue;
      Expected here = wanted();
      if (i + 1 == expressions.size()) here.null = here.null && last_may_be_null;
      types[i] = type(*expressions[i], scope, here);
      if (!open) together = together.storage == kNoStorage ? types[i] : either(together, types[i]);
    }
  return types;
}

// (a, b) < (c, d), or with a subquery on the right.
ValueType AnalysisRun::rows(const Expression& left, const Expression& right, Scope& scope) {
  if (right.kind == ExpressionKind::row) {
    for (std::size_t i = 0; i < std::min(left.arguments.size(), right.arguments.size()); ++i)
      alike({left.arguments[i].get(), right.arguments[i].get()}, scope, {Kind::any, false, "", ""});
    return of(kInteger | kNull);
  }
  ExpectedColumns expected;
  const auto is_open = [](const ExpressionPtr& part) { return part->kind == ExpressionKind::parameter; };
  for (const ExpressionPtr& part : left.arguments)
    expected.push_back(is_open(part) ? Expected() : expected_of(type(*part, scope), false));
  if (!right.select) return of(kInteger | kNull);
  const Columns columns = select(*right.select, &scope, expected);
  for (std::size_t i = 0; i < std::min(columns.size(), left.arguments.size()); ++i)
    if (is_open(left.arguments[i])) type(*left.arguments[i], scope, expected_of(columns[i].type, false));
  return of(kInteger | kNull);
}

ValueType AnalysisRun::in(const Expression& e, Scope& scope) {
  if (e.arguments[0]->kind == ExpressionKind::row) {
    if (e.select) return rows(*e.arguments[0], e, scope);
    for (std::size_t i = 1; i < e.arguments.size(); ++i) rows(*e.arguments[0], *e.arguments[i], scope);
    return of(kInteger | kNull);
  }
  if (!e.select && e.arguments.size() == 1) {  // x IN () is false, whatever x
    type(*e.arguments[0], scope);
    return of(kInteger);
  }
  if (!e.select) {
    std::vector<const Expression*> all;
    for (const ExpressionPtr& argument : e.arguments) all.push_back(argument.get());
    return of(kInteger).with_null(any_null(alike(all, scope, {Kind::any, false, "", ""})));
  }
  const bool open = e.arguments[0]->kind == ExpressionKind::parameter;
  ValueType left = open ? of(kNull) : type(*e.arguments[0], scope);
  const Columns columns = select(*e.select, &scope, {open ? Expected{} : expected_of(left, false)});
  if (columns.size() != 1) return of(kInteger | kNull);
  if (open) left = type(*e.arguments[0], scope, expected_of(columns[0].type, false));
  return of(kInteger).with_null(left.nullable() || columns[0].type.nullable());
}

ValueType AnalysisRun::case_(const Expression& e, Scope& scope, const Expected& expected) {
  const std::size_t first = e.has_operand ? 1 : 0;
  const std::size_t end = e.arguments.size() - (e.has_else ? 1 : 0);
  std::vector<const Expression*> compared, results;
  if (e.has_operand) compared.push_back(e.arguments[0].get());
  for (std::size_t i = first; i < end; i += 2) {
    if (e.has_operand) {
      compared.push_back(e.arguments[i].get());
    } else {
      boolean(*e.arguments[i], scope);
    }
    results.push_back(e.arguments[i + 1].get());
  }
  if (e.has_else) results.push_back(e.arguments.back().get());
  if (e.has_operand) alike(compared, scope, {Kind::any, false, "", ""});

  std::vector<ValueType> types = alike(results, scope, expected);
  // A branch may lean on its condition: CASE WHEN due IS NOT NULL THEN due …
  if (!e.has_operand) {
    for (std::size_t i = 0; i < results.size() - (e.has_else ? 1 : 0); ++i) {
      if (!types[i].nullable()) continue;
      const std::vector<Source> before = scope.sources;
      apply(when_true(*e.arguments[first + 2 * i], scope), scope);
      types[i] = type(*results[i], scope, expected);
      scope.sources = before;
    }
  }
  ValueType result = of(e.has_else ? kNoStorage : kNull);
  for (const ValueType& branch : types)
    result = result.storage == kNoStorage ? branch : either(result, branch);
  return result;
}

ValueType AnalysisRun::function(const Expression& e, Scope& scope, const Expected& expected) {
  if (is_aggregate(e)) return aggregate(e, scope);
  if (e.filter) boolean(*e.filter, scope);
  if (e.over) return window_function(e, scope);

  std::vector<const Expression*> all;
  for (const ExpressionPtr& argument : e.arguments) all.push_back(argument.get());
  const std::string& name = e.name;
  if (name == "coalesce" || name == "ifnull") {
    // NULL as the last one would be no answer.
    std::vector<ValueType> types =
        alike(all, scope, {expected.kind, true, expected.type, expected.include}, false);
    ValueType result = of(kNull);
    for (const ValueType& t : types) {
      if (!result.nullable()) break;
      result = either(result.with_null(false), t.with_null(false)).with_null(t.nullable());
    }
    return result;
  }
  if (name == "iif" || name == "if") {
    boolean(*e.arguments[0], scope);
    const std::vector<ValueType> types = alike({all.begin() + 1, all.end()}, scope, expected);
    ValueType result = types.size() < 2 ? types[0].with_null() : either(types[0], types[1]);
    return result;
  }
  if (name == "nullif") return alike(all, scope, {expected.kind, false, "", ""})[0].with_null();
  if (name == "max" || name == "min") {
    const std::vector<ValueType> types =
        alike(all, scope, {expected.kind, false, expected.type, expected.include});
    ValueType result = types[0];
    for (const ValueType& t : types) result = either(result, t);
    return result;
  }
  if (name == "likely" || name == "unlikely" || name == "likelihood") return type(*all[0], scope, expected);

  const FunctionRule* rule = find_function(name);
  std::vector<ValueType> types;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Kind kind = rule ? argument_kind(*rule, i) : Kind::any;
    // Of a date nothing is known; yet no date is of no use.
    const bool null_counts = is_date_function(name) ? expected.null : kind == Kind::any;
    types.push_back(type(*all[i], scope, {kind, null_counts, "", ""}));
  }
  const bool null = any_null(types);
  const auto numeric = [&](unsigned other, bool text_is_null) {
    return of(types[0].is_only(kInteger) ? unsigned{kInteger} : other)
        .with_null(null || (text_is_null && !types[0].is_only(kNumber)));
  };
  if (name == "abs") return numeric(types[0].is_only(kReal) ? kReal : kNumber, false);
  if (name == "ceil" || name == "ceiling" || name == "floor" || name == "trunc")
    return numeric(kNumber, true);
  if (name == "substr" || name == "substring") {
    const unsigned what = types[0].not_null();
    const bool blob = (what & kBlob) != 0;  // of an empty one it makes NULL
    return of(what == kBlob ? kBlob : blob ? kText | kBlob : unsigned{kText}).with_null(null || blob);
  }
  if (name == "replace") {  // an empty pattern hands back what there was
    const bool replaces = e.arguments[1]->kind == ExpressionKind::text && !e.arguments[1]->name.empty();
    return of(replaces ? unsigned{kText} : kText | types[0].not_null()).with_null(null);
  }
  if (!rule) return {};
  if (name == "printf" || name == "format")
    return of(kText).with_null(all[0]->kind != ExpressionKind::text || !prints_something(all[0]->name));
  if (is_date_function(name)) return date(e, types, of(rule->storage));
  if (name == "json_set" || name == "json_insert" || name == "json_replace") {
    // Of the path '$' they make the value itself, whatever that is.
    bool parts = true;
    for (std::size_t i = 1; i < all.size(); i += 2)
      parts = parts && all[i]->kind == ExpressionKind::text && all[i]->name.size() > 1;
    return parts ? of(kText).with_null(types[0].nullable()) : ValueType();
  }
  // Not NULL for what is not, though some answer something for NULL, too.
  const bool of_one = (name == "json_type" || name == "json_array_length") && types.size() == 1;
  if (of_one || name == "json_valid" || name == "json_error_position")
    return of(rule->storage).with_null(null);
  return of(rule->storage & ~unsigned{kNull})
      .with_null(rule->nulls == Nulls::possible || (rule->nulls == Nulls::argument && null));
}

// date('now', '-7 days') is never NULL, and date('noon') always: SQLite itself says which.
ValueType AnalysisRun::date(const Expression& e, const std::vector<ValueType>& arguments, ValueType result) {
  std::string call = e.name + "(";
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Expression& argument = *e.arguments[i];
    if (!is_literal(argument) && argument.kind != ExpressionKind::current) return result.with_null();
    if (argument.kind == ExpressionKind::text) {
      std::string quoted = "'";
      for (const char c : argument.name) quoted += c == '\'' ? "''" : std::string(1, c);
      call += quoted + "'";
    } else {
      call += argument.name;
    }
    if (i + 1 < arguments.size()) call += ", ";
  }
  return result.with_null(catalog_.is_null(call + ")"));
}

ValueType AnalysisRun::aggregate(const Expression& e, Scope& scope) {
  Scope* const before = std::exchange(deepest_, nullptr);
  const bool was_inside = std::exchange(scope.inside_aggregate, true);
  std::vector<ValueType> types;
  for (const ExpressionPtr& argument : e.arguments) types.push_back(type(*argument, scope));
  Scope* const of_arguments = deepest_;
  if (e.filter) boolean(*e.filter, scope);
  scope.inside_aggregate = was_inside;
  // It belongs to the select whose rows it sees. Where arguments and filter see different ones, SQLite
  // decides now for one and now for the other.
  Scope& owner = deepest_ ? *deepest_ : scope;
  owner.aggregate = true;
  if (of_arguments && of_arguments != &owner) {
    of_arguments->aggregate = true;
    of_arguments->doubtful = owner.doubtful = true;
  }
  deepest_ = before;

  const std::string& name = e.name;
  if (name == "count") return of(kInteger);
  if (name == "json_group_array" || name == "json_group_object") return of(kText);
  if (catalog_.is_aggregate(name)) return {};
  const bool may_be_empty = !owner.grouped || e.filter;
  if (name == "total") return of(kReal).with_null(!types[0].is_only(kInteger));
  const bool null = may_be_empty || any_null(types);
  if (name == "min" || name == "max") return types[0].with_null(null);
  if (name == "group_concat" || name == "string_agg") return of(kText).with_null(null);
  // +Infinity and -Infinity have neither sum nor mean.
  const bool integers = types[0].is_only(kInteger);
  return of(name == "avg" ? kReal : integers ? unsigned{kInteger} : kNumber).with_null(null || !integers);
}

bool AnalysisRun::window(const Window& w, Scope& scope) {
  for (const ExpressionPtr& expression : w.expressions) type(*expression, scope);
  for (const ExpressionPtr& bound : w.bounds) type(*bound, scope, {Kind::integer, false, "", ""});
  bool frame = w.frame;
  if (!w.base.empty() && windows_of_)
    for (const auto& [name, named] : windows_of_->windows)
      if (same_name(name, w.base)) frame = window(named, scope) || frame;
  return frame;
}

// Without a frame of its own, a window has at least the current row.
ValueType AnalysisRun::window_function(const Expression& e, Scope& scope) {
  const bool frame = window(*e.over, scope);
  std::vector<ValueType> types;
  const std::string& name = e.name;
  const bool shifts = name == "lag" || name == "lead";
  for (std::size_t i = 0; i < e.arguments.size(); ++i) {
    const bool number = i == 1 && (shifts || name == "nth_value");
    const Expected expected = number             ? Expected{Kind::integer, false, "", ""}
                              : i == 2 && shifts ? expected_of(types[0], true)
                                                 : Expected{};
    types.push_back(type(*e.arguments[i], scope, expected));
  }
  if (name == "count") return of(kInteger);
  if (name == "json_group_array" || name == "json_group_object") return of(kText);
  if (shifts && (types.size() < 3 || types[1].nullable())) return types[0].with_null();
  if (shifts) return either(types[0], types[2]);
  if (name == "nth_value") return types[0].with_null();
  const bool null = frame || e.filter || any_null(types);
  if (name == "first_value" || name == "last_value" || name == "min" || name == "max")
    return types[0].with_null(null);
  if (name == "group_concat" || name == "string_agg") return of(kText | kNull);  // NULL for '', in a window
  if (name == "total") return of(kReal).with_null(!types[0].is_only(kInteger));
  if (name == "sum" || name == "avg") {
    const bool integers = types[0].is_only(kInteger);
    return of(name == "avg" ? kReal : integers ? unsigned{kInteger} : kNumber).with_null(null || !integers);
  }
  const FunctionRule* rule = find_function(name);
  return rule && rule->nulls == Nulls::never ? of(rule->storage) : ValueType();
}

ValueType AnalysisRun::subquery(const Expression& e, Scope& scope, const Expected& expected) {
  const Columns columns = select(*e.select, &scope, {expected});
  if (columns.size() != 1) return {};  // a row, to be compared with another
  // Without a row it is NULL.
  return columns[0].type.with_null(columns[0].type.nullable() || !always_has_row_);
}

}  // namespace cairn::check
