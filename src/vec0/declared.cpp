#include "vec0/declared.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <memory>

#include "cairn/error.hpp"
#include "cairn/sqlite/connection_ref.hpp"
#include "sqlite/error.hpp"
#include "sqlite/trampoline.hpp"
#include "vec0/names.hpp"

namespace cairn::vec0 {
namespace {

const char* keyword(KeyType type) {
  return type == KeyType::text ? "text" : "integer";
}

const char* keyword(AuxiliaryType type) {
  switch (type) {
    case AuxiliaryType::text:
      return "text";
    case AuxiliaryType::integer:
      return "integer";
    case AuxiliaryType::real:
      return "float";
    case AuxiliaryType::blob:
      return "blob";
  }
  return "";
}

const char* keyword(MetadataType type) {
  switch (type) {
    case MetadataType::boolean:
      return "boolean";
    case MetadataType::integer:
      return "integer";
    case MetadataType::real:
      return "float";
    case MetadataType::text:
      return "text";
  }
  return "";
}

const char* keyword(const VectorColumn& column) {
  switch (column.type) {
    case vector::ElementType::float32:
      return column.is_half ? "f16" : "float";
    case vector::ElementType::int8:
      return "int8";
    case vector::ElementType::bit:
      return "bit";
  }
  return "";
}

// The constructor reads decimals without an exponent.
std::string decimal(double value) {
  std::array<char, 400> digits;  // enough for the smallest double
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed).ptr;
  return std::string(digits.data(), end);
}

std::string argument(const VectorColumn& column) {
  std::string text = fmt::format("{} {}[{}]", column.name, keyword(column), column.dims);
  if (column.metric == vector::Metric::cosine) text += " distance_metric=cosine";
  if (column.metric == vector::Metric::l1) text += " distance_metric=l1";
  if (column.index == Index::cairn)
    text += " INDEXED BY cairn(" + (column.recall < 1 ? "recall=" + decimal(column.recall) : "") + ")";
  return text;
}

std::string argument(const TableDefinition& table, ColumnRef column) {
  switch (column.kind) {
    case ColumnKind::primary_key:
      return table.primary_key
                 ? fmt::format("{} {} primary key", table.primary_key->name, keyword(table.primary_key->type))
                 : "";
    case ColumnKind::vector:
      return argument(table.vectors[column.index]);
    case ColumnKind::partition:
      return fmt::format("{} {} partition key", table.partitions[column.index].name,
                         keyword(table.partitions[column.index].type));
    case ColumnKind::auxiliary:
      return fmt::format("+{} {}", table.auxiliaries[column.index].name,
                         keyword(table.auxiliaries[column.index].type));
    case ColumnKind::metadata:
      return fmt::format("{} {}", table.metadata[column.index].name,
                         keyword(table.metadata[column.index].type));
    default:
      return "";
  }
}

struct CloseConnection {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};

// A module vec0 whose tables exist on paper only.
struct Reading {
  const std::string& schema;
  std::optional<TableDefinition> definition;
};

int read_arguments(sqlite3* scratch, void* reading, int argc, const char* const* argv, sqlite3_vtab** out,
                   char** message) {
  return sqlite::message_trampoline(message, [&] {
    auto& [schema, definition] = *static_cast<Reading*>(reading);
    definition = parse_constructor(argc, argv);
    definition->schema = schema;
    sqlite::check(scratch, sqlite3_declare_vtab(scratch, "CREATE TABLE x(y)"), "cannot read a declaration");
    *out = new sqlite3_vtab{};
  });
}

int forget(sqlite3_vtab* table) {
  delete table;
  return SQLITE_OK;
}

}  // namespace

std::string create_statement(const TableDefinition& table) {
  std::string arguments;
  for (const ColumnRef column : table.columns) {
    const std::string text = argument(table, column);
    if (!text.empty()) arguments += (arguments.empty() ? "" : ", ") + text;
  }
  if (table.chunk_size != TableDefinition().chunk_size)
    arguments += fmt::format(", chunk_size={}", table.chunk_size);
  return fmt::format("CREATE VIRTUAL TABLE {}.{} USING vec0({})", quoted(table.schema), quoted(table.name),
                     arguments);
}

// What separates the arguments of the stored text is for SQLite to know, so the text is run again where
// nothing comes of it: in an empty database.
TableDefinition declared_table(sqlite3* db, const std::string& schema, const std::string& name) {
  struct Entry {
    std::string name, sql;
  };
  const auto entry = sqlite::ConnectionRef(db).query_optional<Entry>(
      "SELECT name, sql FROM " + quoted(schema) +
          ".sqlite_schema WHERE name = ? COLLATE NOCASE AND type = 'table' AND sql LIKE 'CREATE VIRTUAL "
          "TABLE %'",
      name);
  const std::string shown = quoted(schema) + "." + quoted(name);
  if (!entry)
    throw Error(ErrorCode::not_found, fmt::format("there is no virtual table {}; check the name", shown));

  sqlite3* handle = nullptr;
  const int opened = sqlite3_open(":memory:", &handle);
  const std::unique_ptr<sqlite3, CloseConnection> scratch(handle);
  sqlite::check(handle, opened, "cannot read the declaration of " + shown);
  sqlite3_module module{};
  module.xCreate = module.xConnect = read_arguments;
  module.xDestroy = module.xDisconnect = forget;
  Reading reading{schema, std::nullopt};
  sqlite::check(handle, sqlite3_create_module(handle, "vec0", &module, &reading),
                "cannot read the declaration of " + shown);
  sqlite::ConnectionRef(handle).prepare(entry->sql).run();
  if (!reading.definition)
    throw Error(ErrorCode::invalid_argument, fmt::format("{} is no vec0 table", shown));
  return *std::move(reading.definition);
}

}  // namespace cairn::vec0
