// For tests: random filters, and the text form of a filter.
#pragma once

#include <fmt/format.h>

#include <random>
#include <string>

#include "store/filter.hpp"

namespace cairn::testing {

inline std::string quoted_text(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
  return out + "'";
}

inline std::string value_text(const FilterValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return quoted_text(*text);
  if (const auto* boolean = std::get_if<bool>(&value)) return *boolean ? "true" : "FALSE";
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *integer);
  const std::string number = fmt::format("{}", std::get<double>(value));
  return number.find_first_of(".e") == std::string::npos ? number + ".0" : number;
}

inline std::string field_text(const detail::FilterField& field) {
  constexpr std::string_view names[] = {"id",         "doc_type",   "namespace", "document_id",
                                        "path",       "title",      "heading",   "text",
                                        "created_at", "updated_at", "metadata"};
  // "$" and what follows it is the path as it was written, every key quoted.
  return std::string(names[static_cast<std::size_t>(field.column)]) +
         (field.json_path.empty() ? "" : field.json_path.substr(1));
}

inline std::string to_text(const detail::FilterNode& node) {
  using Kind = detail::FilterNode::Kind;
  constexpr std::string_view operators[] = {"=", "<>", "<", "<=", ">", ">="};
  std::string out;
  switch (node.kind) {
    case Kind::all:
    case Kind::any:
      for (const auto& child : node.children) {
        if (!out.empty()) out += node.kind == Kind::all ? " AND " : " or ";
        out += to_text(*child);
      }
      return '(' + out + ')';
    case Kind::complement:
      return "NOT " + to_text(*node.children.front());
    case Kind::compare:
      return field_text(node.field) + ' ' +
             std::string(operators[static_cast<std::size_t>(node.comparison)]) +
             value_text(node.values.front());
    case Kind::in:
      for (const auto& value : node.values) out += (out.empty() ? "" : ", ") + value_text(value);
      return field_text(node.field) + " In (" + out + ')';
    case Kind::glob:
      return field_text(node.field) + " GLOB " + value_text(node.values.front());
    case Kind::exists:
      return field_text(node.field) + " exists";
    case Kind::within:
      break;
  }
  return "?";
}

class FilterGenerator {
 public:
  explicit FilterGenerator(std::uint32_t seed) : random_(seed) {}

  Filter filter(int depth = 4) {
    if (depth == 0 || below(4) == 0) return leaf();
    const auto kind = below(3);
    if (kind == 0) return !filter(depth - 1);
    Filter left = filter(depth - 1), right = filter(depth - 1);
    return kind == 1 ? left && right : left || right;
  }

  FilterValue value() {
    switch (below(6)) {
      case 0:
        return pick({"", "a", "note", "it's", "Zürich", "日本", "true", "3", "/a/b.md"});
      case 1:
        return below(2) == 0;
      case 2:
        return std::vector{0.5, 3.0, -2.25, 1e300, 9007199254740993.0}[below(5)];
      default:
        return std::vector<std::int64_t>{0, 1, 3, -2, 9007199254740993, INT64_MAX, INT64_MIN}[below(7)];
    }
  }

  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
  std::string pick(std::initializer_list<std::string_view> choices) {
    return std::string(choices.begin()[below(choices.size())]);
  }

 private:
  Filter leaf() {
    const Field f(
        pick({"id", "doc_type", "namespace", "document_id", "path", "title", "heading", "text", "created_at",
              "updated_at", "metadata", "metadata.a", "metadata.a", "metadata.b.c", "metadata.tags[0]",
              "metadata.tags", "metadata.\"odd key\"", "metadata.größe", "metadata.a.b[1].c"}));
    switch (below(9)) {
      case 0:
        return f.equals(value());
      case 1:
        return f.not_equals(value());
      case 2:
        return f.less(value());
      case 3:
        return f.less_or_equal(value());
      case 4:
        return f.greater(value());
      case 5:
        return f.greater_or_equal(value());
      case 6: {
        std::vector<FilterValue> values;
        for (std::size_t n = below(5); n > 0; --n) values.push_back(value());
        return f.in(values);
      }
      case 7:
        return f.glob(pick({"*", "?", "n*", "*'s", "Z?rich", "日?", "", "/a/*", "[a-n]*", "[^a]*"}));
      default:
        return f.exists();
    }
  }

  std::mt19937 random_;
};

}  // namespace cairn::testing
