#include "check/mistake_lookup.hpp"

#include <fmt/format.h>

namespace cairn::check {
namespace {

// Inside a string literal. What is not printable ASCII is shown as '?': compilers differ in what they make of
// it.
std::string quoted(const std::string& message) {
  std::string quoted;
  for (const char c : message) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c >= 0x20 && c < 0x7F ? c : '?';
  }
  return '"' + quoted + '"';
}

}  // namespace

std::string mistake_lookup(std::uint64_t text_hash, const std::string& message) {
  return fmt::format(
      "\n#include <cairn/sql/checked.hpp>\n"
      "template <std::uint64_t set>\n"
      "struct cairn::sql::detail::CheckedQuery<set, 0x{:016x}> {{\n"
      "  static_assert(set == ~set, {});\n"
      "}};\n",
      text_hash, quoted(message));
}

}  // namespace cairn::check
