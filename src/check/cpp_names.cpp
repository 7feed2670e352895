#include "check/cpp_names.hpp"

#include <set>

#include "check/cpp_identifier.hpp"

namespace cairn::check {
namespace {

bool is_reserved(const std::string& name) {
  // Macros that a column may well be called.
  static const std::set<std::string> macros = {"EOF",   "NULL",   "assert", "errno",  "linux", "major",
                                               "minor", "stderr", "stdin",  "stdout", "unix"};
  return is_keyword(name) || macros.contains(name);
}

}  // namespace

std::vector<std::string> member_names(const std::vector<std::string>& names, const std::string& taken) {
  std::set<std::string> used(names.begin(), names.end());
  used.insert(taken);
  std::set<std::string> given;
  std::vector<std::string> members;
  for (std::string name : names) {
    const bool first = name != taken && given.insert(name).second;
    if (is_reserved(name) || !first) {
      do {
        name += '_';
      } while (!used.insert(name).second);
    }
    members.push_back(name);
  }
  return members;
}

}  // namespace cairn::check
