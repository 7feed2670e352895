#include "vec0/definition.hpp"

#include "vec0/names.hpp"

namespace cairn::vec0 {

std::string_view TableDefinition::column_name(ColumnRef column) const {
  switch (column.kind) {
    case ColumnKind::primary_key:
      return primary_key ? std::string_view(primary_key->name) : "rowid";
    case ColumnKind::vector:
      return vectors[column.index].name;
    case ColumnKind::partition:
      return partitions[column.index].name;
    case ColumnKind::auxiliary:
      return auxiliaries[column.index].name;
    case ColumnKind::metadata:
      return metadata[column.index].name;
    case ColumnKind::command:
      return name;
    case ColumnKind::distance:
      return "distance";
    case ColumnKind::k:
      return "k";
    case ColumnKind::recall:
      return "recall";
  }
  return "";
}

std::optional<std::size_t> TableDefinition::find_column(std::string_view column) const {
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (equal_nocase(column_name(columns[i]), column)) return i;
  return std::nullopt;
}

void TableDefinition::add_hidden_columns(bool with_command_column) {
  if (with_command_column) columns.push_back({ColumnKind::command, 0});
  columns.push_back({ColumnKind::distance, 0});
  columns.push_back({ColumnKind::k, 0});
  if (index() == Index::cairn) columns.push_back({ColumnKind::recall, 0});
}

std::string TableDefinition::declaration() const {
  std::string sql = "CREATE TABLE x(";
  for (const ColumnRef column : columns) {
    if (column.kind != ColumnKind::primary_key) sql += ", ";
    // "rowid" stays unquoted and untyped: it is an ordinary column that carries that name.
    sql += column.kind == ColumnKind::primary_key && !primary_key ? "rowid" : quoted(column_name(column));
    if (column.kind == ColumnKind::primary_key && primary_key) sql += " primary key";
    if (column.kind >= ColumnKind::command) sql += " hidden";
  }
  return sql + (primary_key ? ") without rowid" : ")");
}

}  // namespace cairn::vec0
