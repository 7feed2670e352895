#include "check/cpp_names.hpp"

#include <set>

namespace cairn::check {
namespace {

bool is_reserved(const std::string& name) {
  // Keywords up to C++20, and macros that a column may well be called.
  static const std::set<std::string> reserved = {
      "alignas",     "alignof",  "and",        "and_eq",    "asm",       "auto",         "bitand",
      "bitor",       "bool",     "break",      "case",      "catch",     "char",         "char16_t",
      "char32_t",    "char8_t",  "class",      "co_await",  "co_return", "co_yield",     "compl",
      "concept",     "const",    "const_cast", "consteval", "constexpr", "constinit",    "continue",
      "decltype",    "default",  "delete",     "do",        "double",    "dynamic_cast", "else",
      "enum",        "explicit", "export",     "extern",    "false",     "float",        "for",
      "friend",      "goto",     "if",         "inline",    "int",       "long",         "mutable",
      "namespace",   "new",      "noexcept",   "not",       "not_eq",    "nullptr",      "operator",
      "or",          "or_eq",    "private",    "protected", "public",    "register",     "reinterpret_cast",
      "requires",    "return",   "short",      "signed",    "sizeof",    "static",       "static_assert",
      "static_cast", "struct",   "switch",     "template",  "this",      "thread_local", "throw",
      "true",        "try",      "typedef",    "typeid",    "typename",  "union",        "unsigned",
      "using",       "virtual",  "void",       "volatile",  "wchar_t",   "while",        "xor",
      "xor_eq",      "EOF",      "NULL",       "assert",    "errno",     "linux",        "major",
      "minor",       "stderr",   "stdin",      "stdout",    "unix"};
  return reserved.contains(name);
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
