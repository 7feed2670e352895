// Throw-away: until the branch gen is merged.
#include <fmt/format.h>

#include <set>

#include "check/generator.hpp"
#include "check/scanner.hpp"

namespace cairn::check {

std::uint64_t text_hash(std::string_view sql) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : sql) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}
std::string query_name(const CheckedQuery& query) {
  std::string signature;
  for (const Column& c : query.description.columns) signature += c.name + c.type + (c.nullable ? "?" : "");
  return fmt::format("q_{:016x}_{:016x}", text_hash(query.source.sql), text_hash(signature));
}
std::string query_header(const CheckedQuery& query) {
  return fmt::format("#pragma once\nnamespace cairn_sql {{ struct {0} {{}}; }}  // {1}\n", query_name(query),
                     query.source.sql);
}
std::string unit_header(const std::vector<CheckedQuery>& queries, const std::string& file, const std::string&) {
  std::string text = "// Generated for " + file + "\n#define CAIRN_SQL_SET 1\n";
  std::set<std::string> names;
  for (const CheckedQuery& query : queries)
    if (names.insert(query_name(query)).second)
      text += fmt::format("// {}\nnamespace cairn_sql {{ struct {} {{}}; }}\n", query.source.sql, query_name(query));
  return text;
}
std::string named_header(const std::vector<CheckedQuery>& queries, const std::string& file,
                         const std::string& ns) {
  return unit_header(queries, file, "") + "namespace " + ns + " {}\n";
}

}  // namespace cairn::check
