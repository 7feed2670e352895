// What SQLite's functions, and vec0's and FTS5's, give and take (https://www.sqlite.org/lang_corefunc.html,
// lang_aggfunc.html, windowfunctions.html, lang_datefunc.html, json1.html, lang_mathfunc.html, fts5.html).
// Functions whose result follows their arguments in a way of its own (coalesce, max, sum, …) are known to the
// analyser.
#pragma once

#include <string>
#include <string_view>

#include "check/value_type.hpp"

namespace cairn::check {

enum class Nulls {
  never,     // not even for NULL arguments
  argument,  // when an argument is NULL, and only then
  possible,  // for other reasons too
};

struct FunctionRule {
  unsigned storage = kAnything;
  Nulls nulls = Nulls::possible;
  // What the arguments are, by letter: t(ext), i(nteger), r(eal), v(ector), a(nything). The
  // last one stands for all that follow.
  std::string_view arguments = "a";
};

// Null for a function that is not known here.
const FunctionRule* find_function(std::string_view name);

// What the argument `index` (from 0) is.
Kind argument_kind(const FunctionRule& rule, std::size_t index);

bool is_date_function(std::string_view name);

}  // namespace cairn::check
