// The tree behind a Filter. Built by filter.cpp and filter_parser.cpp, compiled by filter_sql.cpp.
//
// Every node is within the limits below, so that whoever walks a tree may recurse, and SQLite, whose
// parser and expressions have limits of their own (https://www.sqlite.org/limits.html), takes what it
// compiles to.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/filter.hpp"

namespace cairn::detail {

inline constexpr std::size_t kMaxFilterDepth = 40;        // nested AND, OR, NOT and parentheses
inline constexpr std::size_t kMaxFilterConditions = 500;  // leaves of the tree
inline constexpr std::size_t kMaxFilterValues = 10'000;   // values in all leaves together
inline constexpr std::size_t kMaxFilterPattern = 10'000;  // bytes of a glob
inline constexpr std::size_t kMaxFilterPathSteps = 64;    // of a metadata field

enum class FilterColumn {
  id,
  doc_type,
  namespace_,
  document_id,
  path,
  title,
  heading,
  text,
  created_at,
  updated_at,
  metadata,
};

struct FilterField {
  FilterColumn column = FilterColumn::id;
  std::string json_path = {};  // of metadata: SQLite's form, every key quoted: $."tags"[0]
};

// Reads a field name that begins at text[at] and moves `at` behind it. Throws invalid_argument with the
// position, and with what the field may have been meant to be.
FilterField read_field(std::string_view text, std::size_t& at);

// How a byte offset is told to a person: the number of the character, from 1.
std::size_t position_of(std::string_view text, std::size_t at) noexcept;

enum class Comparison { equal, not_equal, less, less_or_equal, greater, greater_or_equal };

struct FilterNode {
  enum class Kind {
    all,         // every child
    any,         // at least one child; without children: never
    complement,  // not the only child
    compare,     // field, comparison, values[0]
    in,          // field, values
    glob,        // field, values[0]
    exists,      // field
    within,      // values[0]: SearchOptions::path
  };

  Kind kind = Kind::any;
  std::vector<std::shared_ptr<const FilterNode>> children = {};
  FilterField field = {};
  Comparison comparison = Comparison::equal;
  std::vector<FilterValue> values = {};

  // Of the tree below, this node included.
  std::size_t depth = 1;
  std::size_t condition_count = 0;
  std::size_t value_count = 0;
};

// Sums up the children, checks the limits and the values (numbers finite, text valid UTF-8).
Filter make_filter(FilterNode node);

Filter within_path(std::string path);

}  // namespace cairn::detail
