#include "check/catalog.hpp"

#include <algorithm>
#include <array>

#include "cairn/error.hpp"
#include "check/sql_lexer.hpp"
#include "vec0/definition.hpp"

namespace cairn::check {
namespace {

std::string capitals(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
  return result;
}

// "VARCHAR" of "varchar(20)".
std::string base_of(std::string_view declared) {
  std::string base = capitals(declared.substr(0, declared.find('(')));
  base.erase(base.find_last_not_of(' ') + 1);
  return base;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != text.npos;
}

// "FROM x USING module(a, b)": the module's name and its arguments.
struct ModuleCall {
  std::string module;
  std::vector<std::string> arguments;
};

std::optional<ModuleCall> module_call(std::string_view sql) {
  const std::vector<Token> tokens = sql_tokens(sql);
  std::size_t at = 0;
  while (tokens[at].kind != TokenKind::end && !same_name(tokens[at].text, "USING")) ++at;
  if (at + 1 >= tokens.size()) return std::nullopt;
  ModuleCall call;
  call.module = small_letters(unquoted(tokens[at + 1].text));
  at += 2;
  if (tokens[at].text != "(") return call;
  std::size_t begin = tokens[++at].offset;
  const auto add = [&](std::size_t end) {
    std::string_view argument = sql.substr(begin, end - begin);
    while (!argument.empty() && static_cast<unsigned char>(argument.back()) <= ' ') argument.remove_suffix(1);
    while (!argument.empty() && static_cast<unsigned char>(argument.front()) <= ' ')
      argument.remove_prefix(1);
    if (!argument.empty()) call.arguments.emplace_back(argument);
    begin = end + 1;
  };
  for (int depth = 1; tokens[at].kind != TokenKind::end; ++at) {
    const std::string_view text = tokens[at].text;
    depth += text == "(" ? 1 : text == ")" ? -1 : 0;
    if (depth == 0 || (depth == 1 && text == ",")) add(tokens[at].offset);
    if (depth == 0) break;
  }
  return call;
}

ValueType vec0_type(const vec0::TableDefinition& table, const vec0::ColumnRef& column) {
  switch (column.kind) {
    case vec0::ColumnKind::primary_key:
      return {table.has_text_key() ? kText : kInteger, "", ""};
    case vec0::ColumnKind::vector:
      switch (table.vectors[column.index].type) {
        case vector::ElementType::float32:
          return {kBlob, "std::vector<float>", "<vector>"};
        case vector::ElementType::int8:
          return {kBlob, "std::vector<std::int8_t>", "<vector>"};
        case vector::ElementType::bit:
          return {kBlob, "std::vector<std::uint8_t>", "<vector>"};
      }
      break;
    case vec0::ColumnKind::partition:
      return {kNull | (table.partitions[column.index].type == vec0::KeyType::text ? kText : kInteger), "",
              ""};
    case vec0::ColumnKind::auxiliary: {
      constexpr std::array<unsigned, 4> kStorage = {kText, kInteger, kReal, kBlob};
      return {kNull | kStorage[static_cast<std::size_t>(table.auxiliaries[column.index].type)], "", ""};
    }
    case vec0::ColumnKind::metadata: {
      const unsigned null = table.index() == vec0::Index::cairn ? unsigned{kNull} : 0u;
      switch (table.metadata[column.index].type) {
        case vec0::MetadataType::boolean:
          return {null | kInteger, "bool", ""};
        case vec0::MetadataType::integer:
          return {null | kInteger, "", ""};
        case vec0::MetadataType::real:
          return {null | kReal, "", ""};
        case vec0::MetadataType::text:
          return {null | kText, "", ""};
      }
      break;
    }
    case vec0::ColumnKind::distance:  // NULL unless there is a MATCH
    case vec0::ColumnKind::recall:
      return {kReal | kNull, "", ""};
    case vec0::ColumnKind::k:
      return {kInteger | kNull, "", ""};
    case vec0::ColumnKind::command:
      break;
  }
  return {};
}

void describe_vec0(Table& table, const ModuleCall& call) {
  std::vector<const char*> arguments = {"vec0", "main", table.name.c_str()};
  for (const std::string& argument : call.arguments) arguments.push_back(argument.c_str());
  vec0::TableDefinition definition =
      vec0::parse_constructor(static_cast<int>(arguments.size()), arguments.data());
  definition.add_hidden_columns(true);
  for (const vec0::ColumnRef& column : definition.columns)
    if (const auto place = std::ranges::find_if(
            table.columns,
            [&](const TableColumn& c) { return same_name(c.name, definition.column_name(column)); });
        place != table.columns.end()) {
      place->type = vec0_type(definition, column);
      place->rowid = column.kind == vec0::ColumnKind::primary_key && !definition.has_text_key();
    }
  table.has_rowid = true;
}

// What FTS5 indexes is text. An UNINDEXED column keeps what it is given, of any type, and with content='t' a
// column is that of the table t (https://www.sqlite.org/fts5.html, 4.2 and 4.4).
void describe_fts5(Table& table, const ModuleCall& call, const Table* content) {
  for (TableColumn& column : table.columns)
    column.type = {unsigned{kNull} | (same_name(column.name, "rank") ? kReal : kText), "", ""};
  for (const std::string& argument : call.arguments) {
    const std::vector<Token> tokens = sql_tokens(argument);
    const bool unindexed = tokens.size() > 2 && same_name(tokens[1].text, "UNINDEXED");
    for (TableColumn& column : table.columns)
      if (unindexed && same_name(column.name, unquoted(tokens[0].text))) column.type = {};
  }
  if (!content) return;
  for (TableColumn& column : table.columns)
    for (const TableColumn& kept : content->columns)
      if (same_name(column.name, kept.name)) column.type = kept.type.with_null();
}

// The value of an argument "content=t", without quotes.
std::string option(const ModuleCall& call, std::string_view name) {
  for (const std::string& argument : call.arguments) {
    const std::vector<Token> tokens = sql_tokens(argument);
    if (tokens.size() > 3 && same_name(tokens[0].text, name) && tokens[1].text == "=")
      return unquoted(tokens[2].text);
  }
  return "";
}

// https://www.sqlite.org/json1.html#jeach and https://www.sqlite.org/pragma.html
void describe_function(Table& table) {
  static const std::map<std::string_view, unsigned> json = {
      {"type", kText},    {"id", kInteger}, {"parent", kInteger | kNull},
      {"fullkey", kText}, {"path", kText},  {"json", kText | kNull}};
  static const std::map<std::string_view, unsigned> table_info = {{"cid", kInteger},
                                                                  {"name", kText},
                                                                  {"type", kText},
                                                                  {"notnull", kInteger},
                                                                  {"dflt_value", kText | kNull},
                                                                  {"pk", kInteger},
                                                                  {"hidden", kInteger}};
  static const std::map<std::string_view, unsigned> vec_each = {{"value", kNumber}};
  static const std::map<std::string_view, const std::map<std::string_view, unsigned>*> functions = {
      {"json_each", &json},
      {"json_tree", &json},
      {"pragma_table_info", &table_info},
      {"pragma_table_xinfo", &table_info},
      {"vec_each", &vec_each}};
  const auto known = functions.find(table.name);
  if (known == functions.end()) return;
  for (TableColumn& column : table.columns)
    if (const auto type = known->second->find(column.name); type != known->second->end())
      column.type = {type->second, "", ""};
}

}  // namespace

unsigned storage_of(std::string_view declared) {
  const std::string type = base_of(declared);
  if (type.empty()) return kAnything;
  // SQLite's own rules, in their order
  // (https://www.sqlite.org/datatype3.html#determination_of_column_affinity) …
  if (contains(type, "FLOATING POINT")) return kNumber | kNull;  // for SQLite an INTEGER, since it has "INT"
  if (contains(type, "INT")) return kInteger | kNull;
  if (contains(type, "CHAR") || contains(type, "CLOB") || contains(type, "TEXT")) return kText | kNull;
  if (contains(type, "BLOB")) return kBlob | kNull;
  // (SQLite keeps 2.0 as an integer on disk, and RETURNING may hand out that.)
  if (contains(type, "REAL") || contains(type, "FLOA") || contains(type, "DOUB")) return kNumber | kNull;
  // … and of the rest, whose affinity is NUMERIC, what the words mean.
  if (contains(type, "BOOL")) return kInteger | kNull;
  if (contains(type, "DATE") || contains(type, "TIME")) return kText | kNull;
  if (type == "NUMERIC" || type == "DECIMAL" || type == "NUMBER") return kNumber | kNull;
  return kAnything;
}

unsigned storage_of_cast(std::string_view type) {
  const std::string name = base_of(type);
  if (contains(name, "INT")) return kInteger;
  if (contains(name, "CHAR") || contains(name, "CLOB") || contains(name, "TEXT")) return kText;
  if (name.empty() || contains(name, "BLOB")) return kBlob;
  if (contains(name, "REAL") || contains(name, "FLOA") || contains(name, "DOUB")) return kReal;
  return kNumber;
}

ValueType Catalog::declared_type(const std::string& table, const std::string& column,
                                 const std::string& declared, bool strict) const {
  const unsigned storage = strict && same_name(declared, "ANY") ? unsigned{kAnything} : storage_of(declared);
  if (const auto mapped = types_.columns.find(small_letters(table + "." + column));
      mapped != types_.columns.end())
    return {storage, mapped->second.type, mapped->second.include};
  for (const std::string& name : {capitals(declared), base_of(declared)})
    if (const auto mapped = types_.declared.find(name); mapped != types_.declared.end())
      return {storage, mapped->second.type, mapped->second.include};
  if (strict) return {storage, "", ""};
  const std::string type = base_of(declared);
  if (type == "BOOL" || type == "BOOLEAN") return {storage, "bool", ""};
  if (type == "DATE") return {storage, "std::chrono::year_month_day", "<cairn/sql/time.hpp>"};
  if (type == "DATETIME" || type == "TIMESTAMP")
    return {storage, "cairn::sql::Rfc3339", "<cairn/sql/time.hpp>"};
  return {storage, "", ""};
}

void Catalog::read_columns(const std::string& schema, Table& table) const {
  std::string kind;
  bool strict = false;
  for (const auto& [type, without_rowid, is_strict] : db_.query_all<std::tuple<std::string, bool, bool>>(
           "SELECT type, wr, strict FROM pragma_table_list WHERE name = ? COLLATE NOCASE AND (? = '' OR "
           "schema = ? COLLATE NOCASE)",
           table.name, schema, schema)) {
    kind = type;
    strict = is_strict;
    table.has_rowid = !without_rowid;
  }
  const bool pk_index = db_.query_one<bool>(
      "SELECT EXISTS (SELECT 1 FROM pragma_index_list(?) WHERE origin = 'pk')", table.name);
  int pk_columns = 0;
  for (const auto& [name, declared, not_null, has_default, pk, hidden] :
       db_.query_all<std::tuple<std::string, std::string, bool, bool, int, int>>(
           "SELECT name, type, \"notnull\", dflt_value IS NOT NULL, pk, hidden FROM pragma_table_xinfo(?)",
           table.name)) {
    TableColumn column;
    column.name = name;
    column.type = declared_type(table.name, name, declared, strict);
    column.hidden = hidden == 1;
    column.generated = hidden == 2 || hidden == 3;
    column.has_default = has_default;
    if (not_null && kind != "view") column.type = column.type.with_null(false);
    // An alias of the rowid needs no index of its own.
    column.rowid =
        pk == 1 && same_name(declared, "INTEGER") && table.has_rowid && !pk_index && kind == "table";
    pk_columns += pk > 0 ? 1 : 0;
    table.columns.push_back(std::move(column));
  }
  for (TableColumn& column : table.columns) {
    column.rowid = column.rowid && pk_columns == 1;
    if (column.rowid) column.type = column.type.with_null(false);
  }
  if (kind == "view") table.kind = TableKind::view;
  if (kind == "virtual" || kind.empty()) table.kind = TableKind::other_virtual;
}

std::optional<Table> Catalog::read(const std::string& schema, const std::string& name) const {
  Table table;
  table.name = small_letters(name);
  const bool known = db_.query_one<bool>("SELECT EXISTS (SELECT 1 FROM pragma_table_xinfo(?))", name);
  if (!known) return std::nullopt;
  read_columns(schema, table);
  table.sql = db_.query_optional<std::string>(
                     "SELECT sql FROM (SELECT name, sql, type FROM sqlite_schema UNION ALL SELECT name, sql, "
                     "type FROM sqlite_temp_schema)"
                     " WHERE name = ? COLLATE NOCASE AND type IN ('table', 'view') AND sql IS NOT NULL",
                     name)
                  .value_or("");
  if (table.kind == TableKind::other_virtual) {
    const std::optional<ModuleCall> call = module_call(table.sql);
    if (!call) {
      describe_function(table);
    } else if (call->module == "vec0") {
      table.kind = TableKind::vec0;
      describe_vec0(table, *call);
    } else if (call->module == "fts5") {
      table.kind = TableKind::fts5;
      const std::string content = option(*call, "content");
      describe_fts5(table, *call, content.empty() ? nullptr : find("", content));
    }
  }
  return table;
}

const Table* Catalog::find(const std::string& schema, const std::string& name) const {
  const auto [place, added] = tables_.try_emplace(small_letters(schema + "." + name));
  if (added) place->second = read(schema, name);
  return place->second ? &*place->second : nullptr;
}

std::vector<std::string> Catalog::names() const {
  return db_.query_all<std::string>(
      "SELECT name FROM pragma_table_list WHERE type IN ('table', 'view', 'virtual') AND name NOT LIKE "
      "'sqlite\\_%' ESCAPE '\\'"
      " AND name <> '_sqlx_migrations' ORDER BY name");
}

bool Catalog::is_aggregate(const std::string& function) const {
  return db_.query_one<bool>(
      "SELECT EXISTS (SELECT 1 FROM pragma_function_list WHERE name = ? AND type IN ('a', 'w') AND NOT "
      "builtin)",
      function);
}

bool Catalog::is_null(const std::string& expression) const {
  try {
    return db_.query_one<bool>("SELECT (" + expression + ") IS NULL");
  } catch (const Error&) {
    return true;
  }
}

}  // namespace cairn::check
