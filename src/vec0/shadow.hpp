// The shadow tables of one vec0 table: their names, and creating, dropping and renaming them.
// docs/format describes what they hold.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sqlite/api.hpp"
#include "vec0/definition.hpp"

namespace cairn::vec0 {

inline constexpr const char* kInfo = "info";
inline constexpr const char* kChunks = "chunks";
inline constexpr const char* kRowids = "rowids";
inline constexpr const char* kAuxiliary = "auxiliary";
inline constexpr const char* kLists = "lists";     // of a cairn() table
std::string vector_chunks(std::size_t column);     // "vector_chunks00"
std::string metadata_chunks(std::size_t column);   // "metadatachunks00"
std::string vector_records(std::size_t column);    // "vectors00", of a cairn() table
std::string code_records(std::size_t column);      // "codes00", of a cairn() table
std::string metadata_text(std::size_t column);     // "metadatatext00"
std::string partition_column(std::size_t column);  // "partition00"
std::string value_column(std::size_t column);      // "value00"
// ", partition00, partition01", or nothing for a table without: to follow other columns.
std::string partition_columns(const TableDefinition& table);

// `"schema"."table_suffix"`, quoted for SQL.
std::string shadow_sql(const TableDefinition& table, std::string_view suffix);
// `table_suffix`, for sqlite3_blob_open.
std::string shadow_name(const TableDefinition& table, std::string_view suffix);

// A shadow table with one blob per chunk.
struct ChunkColumn {
  std::string suffix;
  const char* column;
  std::size_t slot_size;  // bytes; 1 of a boolean column, where eight slots share it
  bool is_bits;           // a boolean column
  std::size_t size;       // of every chunk's blob
};
// Those of the vector columns, then those of the metadata columns.
std::vector<ChunkColumn> chunk_columns(const TableDefinition& table);

void create_shadow_tables(sqlite3* db, const TableDefinition& table, bool with_command_column);
void drop_shadow_tables(sqlite3* db, const TableDefinition& table);
void rename_shadow_tables(sqlite3* db, const TableDefinition& table, const std::string& new_name);

// Whether the table's creator gave it a command column: sqlite-vec since 0.1.10, and Cairn.
bool stored_command_column(sqlite3* db, const TableDefinition& table);

// For sqlite3_module::xShadowName: the suffixes that sqlite-vec claims, and those of cairn() tables.
bool is_shadow_suffix(std::string_view suffix) noexcept;

}  // namespace cairn::vec0
