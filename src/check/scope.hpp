// The tables that an expression can name, from the inside out, and what is known of their NULLs.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "check/catalog.hpp"
#include "check/sql_tree.hpp"
#include "check/value_type.hpp"

namespace cairn::check {

struct NamedType {
  std::string name;
  ValueType type;
  bool hidden = false;
};

// One item of FROM.
struct Source {
  std::string name, schema;
  const Table* table = nullptr;  // null for a subquery or a common table
  std::vector<NamedType> columns;

  bool null_row = false;             // an outer join may have filled it with NULLs
  std::set<std::size_t> never_null;  // columns that a condition has shown to be there whenever the row is
  std::set<std::size_t> merged;      // columns that NATURAL or USING has joined with one further left
};

struct Scope {
  explicit Scope(Scope* outer_scope) : outer(outer_scope), depth(outer_scope ? outer_scope->depth + 1 : 0) {}

  Scope* outer;
  int depth;
  std::vector<Source> sources;
  const SelectCore* core = nullptr;  // whose result columns can be named by their aliases; may be null

  // An aggregate without GROUP BY has a row even where there is none to take columns from.
  bool aggregate = false, grouped = false;
  bool doubtful = false;  // whether the aggregate is one of this select
  bool inside_aggregate = false;
};

// Whether a column of that name was joined by NATURAL or USING with one further left.
bool has_merged(const Source& source, std::string_view name);

// A column that a name has found.
struct Found {
  Scope* scope = nullptr;
  Source* source = nullptr;  // null: the result column `index`, by its alias
  std::size_t index = 0;
  bool rowid = false;  // the column of that name which every ordinary table has, and not `index`
  bool qualified = false;
};

bool is_rowid(std::string_view name);

// In this scope alone; nothing found: `scope` is null.
Found find_column(Scope& scope, std::string_view schema, std::string_view table, std::string_view name);

// What the column of a source holds, with all that is known.
ValueType type_of(const Found& found);

// A column that USING has joined, which has the value of whichever side is there.
ValueType merged_type(const Scope& scope, const Source& source, std::size_t index);

}  // namespace cairn::check
