#include "vec0/shadow.hpp"

#include <fmt/format.h>

#include "cairn/error.hpp"
#include "cairn/sqlite/connection_ref.hpp"
#include "vec0/metadata.hpp"
#include "vec0/names.hpp"

namespace cairn::vec0 {
namespace {

// What sqlite-vec's releases look at is the patch number: 10 and later have a command column.
constexpr const char* kVersion = "v0.1.10-alpha.3";
constexpr const char* kVersionWithoutCommand = "v0.1.9";

// In the order of creation, which is the reference's: root pages are numbered by it.
std::vector<std::string> suffixes(const TableDefinition& table) {
  std::vector<std::string> all = {kInfo, kChunks, kRowids};
  if (table.index() == Index::cairn) {
    all.push_back(kLists);
    for (std::size_t i = 0; i < table.vectors.size(); ++i) {
      all.push_back(vector_records(i));
      all.push_back(code_records(i));
    }
  } else {
    for (std::size_t i = 0; i < table.vectors.size(); ++i) all.push_back(vector_chunks(i));
  }
  for (std::size_t i = 0; i < table.metadata.size(); ++i) {
    all.push_back(metadata_chunks(i));
    if (table.metadata[i].type == MetadataType::text) all.push_back(metadata_text(i));
  }
  if (!table.auxiliaries.empty()) all.push_back(kAuxiliary);
  return all;
}

std::string columns_of(const TableDefinition& table, std::string_view suffix) {
  if (suffix == kInfo) return " (key text primary key, value any)";
  if (suffix == kRowids)
    return fmt::format("(rowid INTEGER PRIMARY KEY AUTOINCREMENT,id{},chunk_id INTEGER,chunk_offset INTEGER)",
                       table.has_text_key() ? " TEXT UNIQUE NOT NULL" : "");
  if (table.index() == Index::cairn) {
    // The unique key is for its index: who looks at all chunks reads that and not the rows, of 8 KB each.
    // SQLite renames and drops it with the table.
    if (suffix == kChunks)
      return fmt::format(
          "(chunk_id INTEGER PRIMARY KEY AUTOINCREMENT,size INTEGER NOT NULL,used INTEGER NOT NULL,"
          "filed INTEGER NOT NULL,birth BLOB NOT NULL,stamp BLOB NOT NULL{0},validity BLOB NOT NULL,"
          "rowids BLOB NOT NULL,UNIQUE(chunk_id,size,used,filed,stamp{0}))",
          partition_columns(table));
    if (suffix == kLists)
      return "(list_id INTEGER PRIMARY KEY AUTOINCREMENT,size INTEGER NOT NULL,square REAL NOT NULL,stamp "
             "BLOB "
             "NOT NULL,centroid BLOB NOT NULL,entries BLOB NOT NULL)";
    if (suffix.starts_with("vectors") || suffix.starts_with("codes"))
      return "(pack INTEGER PRIMARY KEY,records BLOB NOT NULL)";
    if (suffix.starts_with("metadatachunks")) return "(chunk_id INTEGER PRIMARY KEY,data BLOB NOT NULL)";
    if (suffix.starts_with("metadatatext")) return "(rowid INTEGER PRIMARY KEY,data TEXT)";
  }
  if (suffix == kChunks) {
    if (table.partitions.empty())
      return "(chunk_id INTEGER PRIMARY KEY AUTOINCREMENT,size INTEGER NOT NULL,validity BLOB NOT "
             "NULL,rowids BLOB "
             "NOT NULL)";
    std::string sql =
        "(chunk_id INTEGER PRIMARY KEY AUTOINCREMENT,size INTEGER NOT NULL,sequence_id integer,";
    for (std::size_t i = 0; i < table.partitions.size(); ++i) sql += partition_column(i) + ",";
    return sql + "validity BLOB NOT NULL, rowids BLOB NOT NULL)";
  }
  if (suffix == kAuxiliary) {
    std::string sql = "( rowid integer PRIMARY KEY ";
    for (std::size_t i = 0; i < table.auxiliaries.size(); ++i) sql += ", " + value_column(i);
    return sql + ")";
  }
  if (suffix.starts_with("vector_chunks")) return "(rowid PRIMARY KEY,vectors BLOB NOT NULL)";
  if (suffix.starts_with("metadatachunks")) return "(rowid PRIMARY KEY, data BLOB NOT NULL)";
  return "(rowid PRIMARY KEY, data TEXT)";  // metadatatextNN
}

}  // namespace

std::string vector_chunks(std::size_t column) {
  return fmt::format("vector_chunks{:02}", column);
}
std::string vector_records(std::size_t column) {
  return fmt::format("vectors{:02}", column);
}
std::string code_records(std::size_t column) {
  return fmt::format("codes{:02}", column);
}
std::string metadata_chunks(std::size_t column) {
  return fmt::format("metadatachunks{:02}", column);
}
std::string metadata_text(std::size_t column) {
  return fmt::format("metadatatext{:02}", column);
}
std::string partition_column(std::size_t column) {
  return fmt::format("partition{:02}", column);
}
std::string value_column(std::size_t column) {
  return fmt::format("value{:02}", column);
}

std::string partition_columns(const TableDefinition& table) {
  std::string list;
  for (std::size_t i = 0; i < table.partitions.size(); ++i) list += ", " + partition_column(i);
  return list;
}

std::string shadow_name(const TableDefinition& table, std::string_view suffix) {
  return fmt::format("{}_{}", table.name, suffix);
}

std::string shadow_sql(const TableDefinition& table, std::string_view suffix) {
  return quoted(table.schema) + "." + quoted(shadow_name(table, suffix));
}

std::vector<ChunkColumn> chunk_columns(const TableDefinition& table) {
  std::vector<ChunkColumn> blobs;
  for (std::size_t i = 0; i < table.vectors.size(); ++i)
    blobs.push_back({vector_chunks(i), "vectors", table.vectors[i].byte_size(), false,
                     table.vectors[i].byte_size() * table.chunk_size});
  for (std::size_t i = 0; i < table.metadata.size(); ++i) {
    const MetadataType type = table.metadata[i].type;
    blobs.push_back({metadata_chunks(i), "data", metadata_cell(type, 0).size, type == MetadataType::boolean,
                     metadata_blob_size(type, table.chunk_size)});
  }
  return blobs;
}

namespace {

// Runs one step of a table's creation; an error says which, in the reference's words.
template <class... Parameters>
void create_step(sqlite3* db, std::string_view verb, std::string_view suffix, const std::string& sql,
                 const Parameters&... parameters) {
  try {
    sqlite::ConnectionRef(db).execute(sql, parameters...);
  } catch (const Error& e) {
    throw Error(e.code(),
                fmt::format("Could not {} '_{}' shadow table: {}", verb, suffix, sqlite3_errmsg(db)),
                e.sqlite_code());
  }
}

}  // namespace

void create_shadow_tables(sqlite3* db, const TableDefinition& table, bool with_command_column) {
  for (const std::string& suffix : suffixes(table))
    create_step(db, "create", suffix,
                "CREATE TABLE " + shadow_sql(table, suffix) + columns_of(table, suffix));
  create_step(db, "seed", kInfo,
              "INSERT INTO " + shadow_sql(table, kInfo) +
                  "(key, value) VALUES ('CREATE_VERSION', ?), ('CREATE_VERSION_MAJOR', 0), "
                  "('CREATE_VERSION_MINOR', 1), ('CREATE_VERSION_PATCH', ?)",
              with_command_column ? kVersion : kVersionWithoutCommand, with_command_column ? 10 : 9);
}

void drop_shadow_tables(sqlite3* db, const TableDefinition& table) {
  for (const std::string& suffix : suffixes(table))
    sqlite::ConnectionRef(db).execute("DROP TABLE IF EXISTS " + shadow_sql(table, suffix));
}

void rename_shadow_tables(sqlite3* db, const TableDefinition& table, const std::string& new_name) {
  const sqlite::ConnectionRef connection(db);
  for (const std::string& suffix : suffixes(table)) {
    // Tables of sqlite-vec before 0.1.6 have no _info.
    const bool exists = connection.query_one<bool>(
        "SELECT count(*) FROM " + quoted(table.schema) + ".sqlite_schema WHERE type = 'table' AND name = ?",
        shadow_name(table, suffix));
    if (exists)
      connection.execute("ALTER TABLE " + shadow_sql(table, suffix) + " RENAME TO " +
                         quoted(new_name + "_" + suffix));
  }
}

bool stored_command_column(sqlite3* db, const TableDefinition& table) {
  const sqlite::ConnectionRef connection(db);
  const bool has_info = connection.query_one<bool>(
      "SELECT count(*) FROM " + quoted(table.schema) + ".sqlite_schema WHERE type = 'table' AND name = ?",
      shadow_name(table, kInfo));
  if (!has_info) return false;
  return connection.query_one<bool>("SELECT count(*) FROM " + shadow_sql(table, kInfo) +
                                    " WHERE key = 'CREATE_VERSION_PATCH' AND CAST(value AS INTEGER) >= 10");
}

bool is_shadow_suffix(std::string_view suffix) noexcept {
  if (suffix == kRowids || suffix == kChunks || suffix == kAuxiliary || suffix == kInfo || suffix == kLists)
    return true;
  for (const std::string_view prefix : {"metadatachunks", "metadatatext", "vectors", "codes"}) {
    if (!suffix.starts_with(prefix) || suffix.size() != prefix.size() + 2) continue;
    const char tens = suffix[prefix.size()], ones = suffix[prefix.size() + 1];
    return (tens == '0' && ones >= '0' && ones <= '9') || (tens == '1' && ones >= '0' && ones <= '5');
  }
  return false;
}

}  // namespace cairn::vec0
