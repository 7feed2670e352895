// The code that is written here is small on purpose: the text, two structs, and how to get from one row or
// set of arguments to the other. What can be done with it is in cairn/sql/checked.hpp.
#include "check/generator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "base/utf8.hpp"
#include "cairn/sql/checked.hpp"
#include "check/cpp_names.hpp"

namespace cairn::check {
namespace {

// --- Pieces of C++

bool is_plain(std::string_view text) {
  return utf8::is_valid(text) && std::none_of(text.begin(), text.end(), [](char c) {
           return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
         });
}

// As the source has it, in a raw literal. Bytes that an editor or a compiler might change are escaped.
std::string literal(std::string_view text) {
  if (is_plain(text)) {
    std::string mark = "sql";
    while (text.find(")" + mark + "\"") != text.npos) mark += '_';
    if (mark.size() <= 16) return fmt::format("R\"{}({}){}\"", mark, text, mark);
  }
  std::string out = "\"";
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n\"\n      \"";
    } else if (c < 0x20 || c == 0x7f || c == '"' || c == '\\' || c == '?') {
      fmt::format_to(std::back_inserter(out), "\\{:03o}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

// A comment of a line for each of the text's. A '\' at the end of one would make the next a part of it.
std::string comment(std::string_view text, std::string_view indent) {
  if (!is_plain(text)) return "";
  std::string out;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::string_view end = line.substr(0, line.find_last_not_of(" \t") + 1);
    const bool splices = end.ends_with('\\') || end.ends_with("?\?/");
    out += fmt::format("//{}{}{}\n", line.empty() ? "" : indent, line, splices ? " ." : "");
  }
  return out;
}

std::string value_type(const Column& column) {
  return column.nullable ? fmt::format("std::optional<{}>", column.type) : column.type;
}

const char* kind_name(Kind kind) {
  switch (kind) {
    case Kind::any:
      return "Any";
    case Kind::integer:
      return "Integer";
    case Kind::boolean:
      return "Boolean";
    case Kind::real:
      return "Real";
    case Kind::text:
      return "Text";
    case Kind::blob:
      return "Blob";
    case Kind::vector:
      return "Vector";
    case Kind::list:
      return "List";
  }
  return "Any";
}

std::string parameter_type(const Parameter& parameter) {
  const std::string kind = parameter.type.empty() ? fmt::format("param::{}", kind_name(parameter.kind))
                                                  : fmt::format("param::Exactly<{}>", parameter.type);
  return fmt::format("param::{}<{}>", parameter.nullable ? "Nullable" : "Required", kind);
}

template <class Items>
std::vector<std::string> names_of(const Items& items) {
  std::vector<std::string> names;
  for (const auto& item : items) names.push_back(item.name);
  return names;
}

// --- The struct of a query

// All of it but the first line, which has the name.
std::string body(const CheckedQuery& query) {
  const Description& what = query.description;
  const std::vector<std::string> columns = member_names(names_of(what.columns), "Row");
  const std::vector<std::string> parameters = member_names(names_of(what.parameters), "Params");
  std::string out;
  const auto add = [&]<class... Args>(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
  };

  add("  static constexpr std::string_view sql =\n      {};\n", literal(query.source.sql));
  add("  static constexpr int column_count = {};\n", columns.size());
  add("  static constexpr bool read_only = {};\n", what.read_only);
  if (what.star) {
    // As SQLite says them, overrides and all: that is compared at run time.
    std::string quoted;
    for (const Column& column : what.columns)
      quoted += (quoted.empty() ? "" : ", ") + literal(column.sql_name);
    add("  static constexpr std::string_view columns[] = {{{}}};\n", quoted);
  }

  out += "\n  struct Params {";
  for (std::size_t i = 0; i < parameters.size(); ++i)
    add("\n    {} {};", parameter_type(what.parameters[i]), parameters[i]);
  out += parameters.empty() ? "};\n" : "\n  };\n";

  out += "  struct Row {";
  for (std::size_t i = 0; i < columns.size(); ++i)
    add("\n    {} {};", value_type(what.columns[i]), columns[i]);
  out += columns.empty() ? "};\n" : "\n  };\n";

  add("\n  static std::array<param::Argument, {}> arguments(", parameters.size());
  if (parameters.empty()) {
    out += "const Params&) { return {}; }\n";
  } else {
    out += "const Params& p) {\n    return {";
    for (const std::string& name : parameters) add("{}p.{}", &name == &parameters.front() ? "" : ", ", name);
    out += "};\n  }\n";
  }
  if (!columns.empty()) {
    out += "  static Row read(const cairn::sqlite::Statement& row) {\n    return {";
    for (std::size_t i = 0; i < columns.size(); ++i)
      add("{}row.get<{}>({})", i == 0 ? "" : ",\n            ", value_type(what.columns[i]), i);
    out += "};\n  }\n";
  }
  return out;
}

std::string hex(std::uint64_t number) {
  return fmt::format("{:016x}", number);
}

// A name in capitals may be a macro of some header, and then the compiler's message would be about this code.
std::string macro_guards(const CheckedQuery& query) {
  std::string out;
  const auto add = [&](const std::string& name, const char* what) {
    if (std::ranges::any_of(name, [](char c) { return c >= 'a' && c <= 'z'; })) return;
    out += fmt::format(
        "#ifdef {0}\n#error \"the {1} {0} has the name of a macro: give it another one\"\n#endif\n", name,
        what);
  };
  for (const Column& column : query.description.columns) add(column.name, "column");
  for (const Parameter& parameter : query.description.parameters) add(parameter.name, "parameter");
  return out;
}

// The guard: two headers of one translation unit may bring the same query.
std::string definition(const CheckedQuery& query, const std::string& places) {
  const std::string name = query_name(query);
  return fmt::format("{0}#ifndef CAIRN_SQL_{1}\n#define CAIRN_SQL_{1}\n{3}struct {1} {{\n{2}}};\n#endif\n",
                     places, name, body(query), macro_guards(query));
}

// --- Headers

using Queries = std::vector<CheckedQuery>;

std::string includes(const Queries& queries) {
  std::set<std::string> all = {"<cairn/sql/checked.hpp>"};
  for (const CheckedQuery& query : queries)
    all.insert(query.description.includes.begin(), query.description.includes.end());
  std::string out;
  for (const std::string& include : all) out += "#include " + include + "\n";
  return out;
}

std::string place(const SourceQuery& source) {
  return fmt::format("{}:{}", source.file, source.macro.line);
}

// Each struct once, in the order of the file, below the places where its text stands.
std::string definitions(const Queries& queries) {
  std::map<std::string, std::string> places;
  std::vector<const CheckedQuery*> first;
  for (const CheckedQuery& query : queries) {
    std::string& of_this = places[query_name(query)];
    if (of_this.empty()) first.push_back(&query);
    of_this += comment(place(query.source), " ");
  }
  std::string out = "\nnamespace cairn_sql {\nnamespace param = cairn::sql::param;\n";
  for (const CheckedQuery* query : first) out += "\n" + definition(*query, places.at(query_name(*query)));
  return out + "\n}  // namespace cairn_sql\n";
}

const char* form_name(Form form) {
  switch (form) {
    case Form::one:
      return "one";
    case Form::optional:
      return "optional";
    case Form::all:
      return "all";
    case Form::each:
      return "each";
    case Form::scalar:
      return "scalar";
    case Form::execute:
      return "execute";
  }
  return "all";
}

}  // namespace

std::uint64_t text_hash(std::string_view sql) noexcept {
  return sql::detail::text_hash(sql);
}

std::string query_name(const CheckedQuery& query) {
  return fmt::format("q_{}_{}", hex(text_hash(query.source.sql)), hex(text_hash(body(query))));
}

std::string query_header(const CheckedQuery& query) {
  return fmt::format(
      "// Generated: one query, as it was checked against the migrations.\n#pragma once\n\n{}\nnamespace "
      "cairn_sql {{\nnamespace param = cairn::sql::param;\n\n{}\n}}  // "
      "namespace "
      "cairn_sql\n",
      includes({query}), definition(query, ""));
}

std::string unit_header(const std::vector<CheckedQuery>& queries, const std::string& file) {
  std::string out =
      comment("Generated from the SQL in " + file + ", and included before it by the compiler.", " ");
  out += "#pragma once\n\n";
  if (!queries.empty()) out += includes(queries) + definitions(queries);  // a source without SQL pays nothing

  // Each text of the unit and its struct. The set keeps apart what units of other schemas make of the same
  // text.
  std::string names;
  std::string lookups;
  std::set<std::uint64_t> found;
  for (const CheckedQuery& query : queries) {
    const std::uint64_t text = text_hash(query.source.sql);
    if (!found.insert(text).second) continue;
    const std::string name = query_name(query);
    names += name;
    lookups += fmt::format(
        "template <>\nstruct cairn::sql::detail::CheckedQuery<CAIRN_SQL_SET, 0x{}> {{\n  using type = "
        "cairn_sql::{};\n}};\n",
        hex(text), name);
  }
  return out + fmt::format("\n#undef CAIRN_SQL_SET\n#define CAIRN_SQL_SET 0x{}\n{}", hex(text_hash(names)),
                           lookups);
}

std::string named_header(const std::vector<CheckedQuery>& queries, const std::string& file,
                         const std::string& ns) {
  std::string out = comment("Generated from " + file + ".", " ");
  out += "#pragma once\n\n" + includes(queries) + definitions(queries);
  out += fmt::format("\nnamespace {} {{\n", ns);
  std::vector<std::string> callables;
  for (const CheckedQuery& query : queries) callables.push_back(query.source.name);
  callables = member_names(callables, "");
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const CheckedQuery& query = queries[i];
    const std::string name = query_name(query);
    out += "\n" + comment(place(query.source), " ") + "//\n" + comment(query.source.sql, "   ");
    out +=
        fmt::format("inline constexpr cairn::sql::CheckedCall<cairn_sql::{}, cairn::sql::Form::{}> {}{{}};\n",
                    name, form_name(query.source.form.value_or(Form::all)), callables[i]);
    const std::string row = callables[i] + "_row";
    if (!query.description.columns.empty() && std::ranges::find(callables, row) == callables.end())
      out += fmt::format("using {}_row = cairn_sql::{}::Row;\n", callables[i], name);
  }
  return out + fmt::format("\n}}  // namespace {}\n", ns);
}

}  // namespace cairn::check
