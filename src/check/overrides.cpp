#include "check/overrides.hpp"

namespace cairn::check {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

Override parse_override(std::string_view column_name) {
  Override parsed;
  std::string_view name = column_name;
  if (const std::size_t colon = name.find(':'); colon != name.npos) {
    parsed.type = trimmed(name.substr(colon + 1));
    name = trimmed(name.substr(0, colon));
  }
  if (name.ends_with('!') || name.ends_with('?')) {
    parsed.nullable = name.back() == '?';
    name.remove_suffix(1);
  }
  parsed.name = name;
  return parsed;
}

std::string_view known_include(std::string_view type) {
  if (type.starts_with("cairn::sql::UnixSeconds") || type.starts_with("cairn::sql::Rfc3339") ||
      type.starts_with("std::chrono::"))
    return "<cairn/sql/time.hpp>";
  if (type.starts_with("nlohmann::")) return "<cairn/sql/json.hpp>";
  return "";
}

}  // namespace cairn::check
