// What a CREATE VIRTUAL TABLE … USING vec0(…) declares.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/vec0.hpp"
#include "vector/distance.hpp"
#include "vector/vector.hpp"

namespace cairn::vec0 {

struct VectorColumn {
  std::string name;
  vector::ElementType type = vector::ElementType::float32;
  std::size_t dims = 0;
  vector::Metric metric = vector::Metric::l2;
  Index index = Index::flat;
  bool is_half = false;  // f16[N]: float32 vectors that are stored as IEEE halves; cairn() only
  double recall = 1;     // cairn(recall=…): what a query is promised that does not ask itself

  std::size_t byte_size() const noexcept { return vector::byte_size(type, dims); }
  std::size_t stored_size() const noexcept { return is_half ? dims * sizeof(std::uint16_t) : byte_size(); }

  friend bool operator==(const VectorColumn&, const VectorColumn&) = default;
};

enum class KeyType { integer, text };

struct KeyColumn {  // a primary key or a partition key
  std::string name;
  KeyType type = KeyType::integer;

  friend bool operator==(const KeyColumn&, const KeyColumn&) = default;
};

enum class AuxiliaryType { text, integer, real, blob };

struct AuxiliaryColumn {
  std::string name;
  AuxiliaryType type = AuxiliaryType::text;

  friend bool operator==(const AuxiliaryColumn&, const AuxiliaryColumn&) = default;
};

enum class MetadataType { boolean, integer, real, text };

struct MetadataColumn {
  std::string name;
  MetadataType type = MetadataType::boolean;

  friend bool operator==(const MetadataColumn&, const MetadataColumn&) = default;
};

enum class ColumnKind { primary_key, vector, partition, auxiliary, metadata, command, distance, k, recall };

// A column of the declared table: its kind and its index within that kind.
struct ColumnRef {
  ColumnKind kind;
  std::size_t index = 0;

  friend bool operator==(const ColumnRef&, const ColumnRef&) = default;
};

struct TableDefinition {
  std::string schema;
  std::string name;
  std::optional<KeyColumn> primary_key;  // none: the table has a plain rowid
  std::vector<VectorColumn> vectors;
  std::vector<KeyColumn> partitions;
  std::vector<AuxiliaryColumn> auxiliaries;
  std::vector<MetadataColumn> metadata;
  std::vector<ColumnRef> columns;  // in declared order, hidden ones last
  std::size_t chunk_size = 1024;  // rows; a multiple of 8, at most 4096; the most of a cairn() table's chunks

  KeyType key_type() const noexcept { return primary_key ? primary_key->type : KeyType::integer; }
  Index index() const noexcept { return vectors.front().index; }  // of all vector columns
  bool has_text_key() const noexcept { return key_type() == KeyType::text; }
  std::string_view column_name(ColumnRef column) const;
  // Position in `columns` of the column with that name (ASCII case does not matter), or nothing.
  std::optional<std::size_t> find_column(std::string_view name) const;
  // Adds the hidden columns behind the declared ones. The command column is left out of tables that an old
  // sqlite-vec made, and of those with a column of the table's own name, which would hide it.
  void add_hidden_columns(bool with_command_column);
  // The CREATE TABLE statement for sqlite3_declare_vtab.
  std::string declaration() const;

  friend bool operator==(const TableDefinition&, const TableDefinition&) = default;
};

// Parses the arguments of the module (argv[1] schema, argv[2] table, from argv[3] the columns and options).
// The hidden columns are not yet there. Throws invalid_argument with sqlite-vec's sentences, prefix included.
TableDefinition parse_constructor(int argc, const char* const* argv);

}  // namespace cairn::vec0
