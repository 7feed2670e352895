// A message for the programmer, in the form that compilers and editors share:
//
//   src/tasks.cpp:12:34: error: no such column: titel
//      12 |   auto q = CAIRN_SQL("SELECT titel FROM tasks");
//         |                              ^~~~~
//   src/tasks.cpp:12:34: note: did you mean 'title'?
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "check/source_query.hpp"

namespace cairn::check {

enum class Severity { error, warning };

struct Diagnostic {
  std::string file;
  Place place;
  std::string message;
  std::string help;  // a note below it; may be empty
  Severity severity = Severity::error;
};

// `source` is the text of the file, for the line with the caret; empty leaves that out. Every line of the
// result ends with '\n'.
std::string to_string(const Diagnostic& diagnostic, std::string_view source);

}  // namespace cairn::check
