// Tables, views and table-valued functions of the schema, with the types of their columns.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/sqlite/connection_ref.hpp"
#include "check/type_map.hpp"
#include "check/value_type.hpp"

namespace cairn::check {

struct TableColumn {
  std::string name;
  ValueType type;
  bool hidden = false;       // left out of '*' and of INSERT without a list
  bool generated = false;    // cannot be written
  bool has_default = false;  // or a value that SQLite makes
  bool rowid = false;        // INTEGER PRIMARY KEY: NULL asks for a new one
};

enum class TableKind { table, view, vec0, fts5, other_virtual };

struct Table {
  std::string name;
  TableKind kind = TableKind::table;
  bool has_rowid = true;
  std::vector<TableColumn> columns;
  std::string sql;  // as sqlite_schema has it
};

class Catalog {
 public:
  Catalog(sqlite::ConnectionRef db, const TypeMap& types) : db_(db), types_(types) {}

  // A table, a view, or a function like json_each; null when there is none. An empty schema means any.
  // Lives as long as the catalog.
  const Table* find(const std::string& schema, const std::string& name) const;
  // All that a query could name.
  std::vector<std::string> names() const;

  // Of a function that the program brings: whether it is an aggregate.
  bool is_aggregate(const std::string& function) const;

  // What SQLite makes of constant expressions: whether `expression`, which names no column, is NULL.
  bool is_null(const std::string& expression) const;

 private:
  std::optional<Table> read(const std::string& schema, const std::string& name) const;
  void read_columns(const std::string& schema, Table& table) const;
  ValueType declared_type(const std::string& table, const std::string& column, const std::string& declared,
                          bool strict) const;

  sqlite::ConnectionRef db_;
  const TypeMap& types_;
  mutable std::map<std::string, std::optional<Table>> tables_;  // by "schema.name" in small letters
};

// The storage of a column by its declared type, as SQLite's affinities have it and as one reads it: INTEGER
// for INT…, BOOLEAN; TEXT for …CHAR…, DATE, DATETIME, TIMESTAMP, TIME; a number for NUMERIC and DECIMAL;
// anything where no type is said.
unsigned storage_of(std::string_view declared);
// Of CAST(… AS type), which converts.
unsigned storage_of_cast(std::string_view type);

}  // namespace cairn::check
