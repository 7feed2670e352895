#include "vec0/update.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cairn/error.hpp"
#include "vec0/command.hpp"
#include "vec0/value.hpp"
#include "vec0/vector_value.hpp"

namespace cairn::vec0 {
namespace {

template <class... Args>
[[noreturn]] void refuse(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(ErrorCode::invalid_argument, fmt::format(format, std::forward<Args>(args)...));
}

Value checked_partition(const KeyColumn& column, sqlite3_value* value) {
  const int type = sqlite3_value_type(value);
  const int wanted = column.type == KeyType::text ? SQLITE_TEXT : SQLITE_INTEGER;
  if (type != wanted && type != SQLITE_NULL)
    refuse("Parition key type mismatch: The partition key column {} has type {}, but {} was provided.",
           column.name, type_name(wanted), type_name(type));
  return Value::of(value);
}

int sqlite_type(AuxiliaryType type) {
  switch (type) {
    case AuxiliaryType::text:
      return SQLITE_TEXT;
    case AuxiliaryType::integer:
      return SQLITE_INTEGER;
    case AuxiliaryType::real:
      return SQLITE_FLOAT;
    case AuxiliaryType::blob:
      return SQLITE_BLOB;
  }
  return SQLITE_NULL;
}

Value checked_auxiliary(const AuxiliaryColumn& column, sqlite3_value* value) {
  const int type = sqlite3_value_type(value), wanted = sqlite_type(column.type);
  if (type != wanted && type != SQLITE_NULL)
    throw Error(ErrorCode::constraint,
                fmt::format("Auxiliary column type mismatch: The auxiliary column {} has type {}, but {} was "
                            "provided.",
                            column.name, type_name(wanted), type_name(type)),
                SQLITE_CONSTRAINT);
  return Value::of(value);
}

Value checked_metadata(const TableDefinition& table, std::size_t index, sqlite3_value* value) {
  const MetadataColumn& column = table.metadata[index];
  const int type = sqlite3_value_type(value);
  if (type == SQLITE_NULL && table.index() == Index::cairn) return {};
  switch (column.type) {
    case MetadataType::boolean:
      if (type != SQLITE_INTEGER || (sqlite3_value_int64(value) != 0 && sqlite3_value_int64(value) != 1))
        refuse("Expected 0 or 1 for BOOLEAN metadata column {}", column.name);
      break;
    case MetadataType::integer:
      if (type != SQLITE_INTEGER)
        refuse("Expected integer for INTEGER metadata column {}, received {}", column.name, type_name(type));
      break;
    case MetadataType::real:
      if (type != SQLITE_FLOAT)
        refuse("Expected float for FLOAT metadata column {}, received {}", column.name, type_name(type));
      break;
    case MetadataType::text:
      if (type != SQLITE_TEXT)
        refuse("Expected text for TEXT metadata column {}, received {}", column.name, type_name(type));
      break;
  }
  return Value::of(value);
}

void require_null(const TableDefinition& table, ColumnRef column, sqlite3_value* value) {
  if (sqlite3_value_type(value) == SQLITE_NULL) return;
  if (column.kind == ColumnKind::command) {
    if (sqlite3_value_type(value) != SQLITE_TEXT) return;  // no command, and the column keeps nothing
    refuse("unknown vec0 command: '{}'", Value::of(value).bytes);
  }
  refuse("A value was provided for the hidden \"{}\" column.", table.column_name(column));
}

void check_key(const TableDefinition& table, sqlite3_value* key, NewRow& row) {
  const int type = sqlite3_value_type(key);
  if (table.has_text_key()) {
    if (type != SQLITE_TEXT)
      refuse(
          "The {} virtual table was declared with a TEXT primary key, but a non-TEXT value was provided in "
          "an "
          "INSERT.",
          table.name);
    row.key = {reinterpret_cast<const char*>(sqlite3_value_text(key)),
               static_cast<std::size_t>(sqlite3_value_bytes(key))};
  } else if (type == SQLITE_INTEGER) {
    row.rowid = sqlite3_value_int64(key);
  } else if (type != SQLITE_NULL) {
    refuse("Only integers are allows for primary key values on {}", table.name);
  }
}

// The row that already has the new row's key.
std::optional<std::int64_t> conflicting_row(Storage& storage, const NewRow& row) {
  return storage.table().has_text_key() ? storage.rowid_of_key(row.key) : row.rowid;
}

// OR REPLACE takes the old row away. Everything else fails; only for OR IGNORE and its kind must SQLite learn
// that it was a constraint, since sqlite-vec's users know the plain failure as SQLITE_ERROR.
void resolve_conflict(Storage& storage, const NewRow& row) {
  const int resolution = sqlite3_vtab_on_conflict(storage.db());
  if (resolution != SQLITE_REPLACE)
    throw Error(ErrorCode::constraint,
                fmt::format("UNIQUE constraint failed on {} primary key", storage.table().name),
                resolution == SQLITE_ABORT ? SQLITE_ERROR : SQLITE_CONSTRAINT);
  const auto existing = conflicting_row(storage, row);
  if (!existing) return;
  if (const auto at = storage.find(*existing)) storage.remove(*existing, *at);
}

// `values` are the columns' in declared order; `oid` is what was given as _rowid_, if anything.
void insert(Storage& storage, sqlite3_value* oid, sqlite3_value** values, sqlite3_int64* new_rowid) {
  const TableDefinition& table = storage.table();
  *new_rowid = sqlite3_last_insert_rowid(storage.db());
  if (run_command(storage, {values, table.columns.size()})) return;
  NewRow row;
  row.vectors.resize(table.vectors.size());
  row.partitions.resize(table.partitions.size());
  row.auxiliaries.resize(table.auxiliaries.size());
  row.metadata.resize(table.metadata.size());
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].kind >= ColumnKind::command) require_null(table, table.columns[i], values[i]);
  }
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const ColumnRef column = table.columns[i];
    switch (column.kind) {
      case ColumnKind::primary_key:
        check_key(table, values[i], row);
        break;
      case ColumnKind::vector:
        row.vectors[column.index] = inserted_vector(table.vectors[column.index], values[i]);
        break;
      case ColumnKind::partition:
        row.partitions[column.index] = checked_partition(table.partitions[column.index], values[i]);
        break;
      case ColumnKind::auxiliary:
        row.auxiliaries[column.index] = checked_auxiliary(table.auxiliaries[column.index], values[i]);
        break;
      case ColumnKind::metadata:
        row.metadata[column.index] = checked_metadata(table, column.index, values[i]);
        break;
      default:
        break;
    }
  }
  if (!table.primary_key && !row.rowid && sqlite3_value_type(oid) == SQLITE_INTEGER)
    row.rowid = sqlite3_value_int64(oid);
  auto rowid = storage.insert(row);
  if (!rowid) {
    resolve_conflict(storage, row);
    rowid = storage.insert(row);
  }
  if (!rowid)
    throw Error(ErrorCode::corrupt,
                fmt::format("vec0 table '{}' is damaged: its row cannot be replaced", table.name),
                SQLITE_CORRUPT_VTAB);
  *new_rowid = *rowid;
  // Not the shadow table's last rowid but the one that the user inserted.
  sqlite3_set_last_insert_rowid(storage.db(), *new_rowid);
}

// The row that UPDATE or DELETE means, by the key that SQLite read from the cursor.
std::optional<std::int64_t> row_to_change(Storage& storage, sqlite3_value* key) {
  if (!storage.table().has_text_key()) return sqlite3_value_int64(key);
  return storage.rowid_of_key(Value::of(key).bytes);
}

void remove(Storage& storage, sqlite3_value* key) {
  const auto rowid = row_to_change(storage, key);
  if (!rowid) return;
  if (const auto at = storage.find(*rowid)) storage.remove(*rowid, *at);
}

// One column's change, checked and waiting for the others'.
struct Change {
  ColumnRef column;
  vector::Vector vector;
  Value value;
};

Change checked_change(const TableDefinition& table, ColumnRef column, sqlite3_value* value) {
  Change change{column, {}, {}};
  switch (column.kind) {
    case ColumnKind::vector:
      change.vector = updated_vector(table.vectors[column.index], value);
      break;
    case ColumnKind::auxiliary:
      change.value = checked_auxiliary(table.auxiliaries[column.index], value);
      break;
    case ColumnKind::metadata:
      change.value = checked_metadata(table, column.index, value);
      break;
    case ColumnKind::partition:
      change.value = checked_partition(table.partitions[column.index], value);
      break;
    default:
      require_null(table, column, value);
      break;
  }
  return change;
}

// Moves the row if its partition values change, or its vectors where they are written once.
Location apply_partitions(Storage& storage, std::int64_t rowid, Location at,
                          const std::vector<Change>& changes) {
  const bool must_move =
      storage.writes_vectors_once() && std::any_of(changes.begin(), changes.end(), [](const Change& change) {
        return change.column.kind == ColumnKind::vector;
      });
  if (storage.table().partitions.empty() && !must_move) return at;
  const std::vector<Value> old = storage.partitions_of(at.chunk);
  std::vector<Value> partitions = old;
  for (const Change& change : changes)
    if (change.column.kind == ColumnKind::partition) partitions[change.column.index] = change.value;
  if (same_partitions(old, partitions) && !must_move) return at;
  Storage::NewVectors vectors;
  if (must_move)
    for (const Change& change : changes)
      if (change.column.kind == ColumnKind::vector) vectors.emplace(change.column.index, change.vector.bytes);
  return storage.move_row(rowid, at, partitions, vectors);
}

void apply(Storage& storage, std::int64_t rowid, Location at, const std::vector<Change>& changes) {
  at = apply_partitions(storage, rowid, at, changes);
  for (const Change& change : changes) {
    if (change.column.kind == ColumnKind::vector && !storage.writes_vectors_once())
      storage.write_vector(change.column.index, at, change.vector.bytes);
    else if (change.column.kind == ColumnKind::metadata)
      storage.write_metadata(change.column.index, at, change.value);
  }
  storage.settle(at.chunk);
  for (const Change& change : changes) {
    if (change.column.kind == ColumnKind::auxiliary)
      storage.write_auxiliary(change.column.index, rowid, change.value);
    else if (change.column.kind == ColumnKind::metadata)
      storage.write_long_text(change.column.index, rowid, change.value);
  }
}

// `old_key` and `new_key` are SQLite's; `values` the columns', of which only those that the statement sets
// count.
void change_row(Storage& storage, sqlite3_value* old_key, sqlite3_value* new_key, sqlite3_value** values) {
  const TableDefinition& table = storage.table();
  if (compare(Value::of(old_key), Value::of(new_key)) != 0 ||
      compare(Value::of(old_key), Value::of(values[0])) != 0)
    refuse("UPDATEs on vec0 primary key values are not allowed.");
  const auto rowid = row_to_change(storage, old_key);
  const auto at = rowid ? storage.find(*rowid) : std::nullopt;
  if (!at) return;
  std::vector<Change> changes;
  for (std::size_t i = 1; i < table.columns.size(); ++i)
    if (!sqlite3_value_nochange(values[i]))
      changes.push_back(checked_change(table, table.columns[i], values[i]));
  apply(storage, *rowid, *at, changes);
}

}  // namespace

void update(Storage& storage, int argc, sqlite3_value** argv, sqlite3_int64* new_rowid) {
  storage.start_change();
  try {
    if (argc == 1)
      remove(storage, argv[0]);
    else if (sqlite3_value_type(argv[0]) == SQLITE_NULL)
      insert(storage, argv[1], argv + 2, new_rowid);
    else
      change_row(storage, argv[0], argv[1], argv + 2);
  } catch (...) {
    storage.abandon_change();
    throw;
  }
}

}  // namespace cairn::vec0
