#include "check/scope.hpp"

#include <algorithm>

#include "check/sql_lexer.hpp"

namespace cairn::check {
namespace {

bool answers_to(const Source& source, std::string_view schema, std::string_view table) {
  return table.empty() || (same_name(source.name, table) &&
                           (schema.empty() || source.schema.empty() || same_name(source.schema, schema)));
}

ValueType own_type(const Source& source, std::size_t index) {
  ValueType type = source.columns[index].type;
  if (source.never_null.contains(index)) type = type.with_null(false);
  return type.with_null(type.nullable() || source.null_row);
}

}  // namespace

bool is_rowid(std::string_view name) {
  return same_name(name, "rowid") || same_name(name, "oid") || same_name(name, "_rowid_");
}

bool has_merged(const Source& source, std::string_view name) {
  return std::ranges::any_of(source.merged,
                             [&](std::size_t i) { return same_name(source.columns[i].name, name); });
}

Found find_column(Scope& scope, std::string_view schema, std::string_view table, std::string_view name) {
  for (Source& source : scope.sources) {
    if (!answers_to(source, schema, table)) continue;
    for (std::size_t i = 0; i < source.columns.size(); ++i)
      if (same_name(source.columns[i].name, name)) return {&scope, &source, i, false, !table.empty()};
  }
  if (is_rowid(name))
    for (Source& source : scope.sources)
      if (answers_to(source, schema, table) && source.table && source.table->has_rowid)
        return {&scope, &source, 0, true, true};
  if (table.empty() && scope.core)
    for (std::size_t i = 0; i < scope.core->columns.size(); ++i)
      if (const ResultColumn& column = scope.core->columns[i];
          column.expression && same_name(column.alias, name))
        return {&scope, nullptr, i, false, false};
  return {};
}

ValueType merged_type(const Scope& scope, const Source& source, std::size_t index) {
  ValueType type = own_type(source, index);
  for (const Source& other : scope.sources)
    for (const std::size_t i : other.merged) {
      if (&other == &source || !same_name(other.columns[i].name, source.columns[index].name)) continue;
      const ValueType there = own_type(other, i);
      type = either(type, there).with_null(type.nullable() && there.nullable());
    }
  return type;
}

ValueType type_of(const Found& found) {
  ValueType type;
  if (found.rowid) {
    type = {found.source->null_row ? kInteger | kNull : unsigned{kInteger}, "", ""};
  } else {
    type = found.qualified ? own_type(*found.source, found.index)
                           : merged_type(*found.scope, *found.source, found.index);
  }
  const bool may_lack_row = found.scope->aggregate && !found.scope->grouped && !found.scope->inside_aggregate;
  // SQLite may then compute the expression behind a column of a subquery or view from NULLs: coalesce(a, -1)
  // is -1.
  if (may_lack_row && (!found.source->table || found.source->table->kind == TableKind::view)) return {};
  return type.with_null(type.nullable() || may_lack_row);
}

}  // namespace cairn::check
