// A table is converted by SQL alone: a copy is made beside it, the table dropped, and the copy renamed.
// Inside a virtual table's own callbacks SQLite refuses to drop one, so this is a function and no command of
// the table.
#include <fmt/format.h>

#include "cairn/error.hpp"
#include "cairn/sqlite/connection_ref.hpp"
#include "cairn/vec0.hpp"
#include "sqlite/error.hpp"
#include "vec0/declared.hpp"
#include "vec0/names.hpp"
#include "vec0/shadow.hpp"

namespace cairn::vec0 {
namespace {

// A transaction, or a savepoint of the one that is open, which is undone unless kept.
class Undoable {
 public:
  explicit Undoable(sqlite::ConnectionRef db) : db_(db), is_savepoint_(db.in_transaction()) {
    db_.execute(is_savepoint_ ? "SAVEPOINT _cairn_convert" : "BEGIN IMMEDIATE");
  }
  Undoable(const Undoable&) = delete;
  ~Undoable() {
    // An error (a full disk, say) may have rolled everything back already.
    if (kept_ || !db_.in_transaction()) return;
    const char* undo = is_savepoint_ ? "ROLLBACK TO _cairn_convert; RELEASE _cairn_convert" : "ROLLBACK";
    sqlite3_exec(db_.handle(), undo, nullptr, nullptr, nullptr);
  }
  void keep() {
    db_.execute(is_savepoint_ ? "RELEASE _cairn_convert" : "COMMIT");
    kept_ = true;
  }

 private:
  sqlite::ConnectionRef db_;
  bool is_savepoint_;
  bool kept_ = false;
};

// While it lives, ALTER TABLE … RENAME leaves views and triggers as they are. They name the table that was
// dropped, which is what they shall go on naming; otherwise they would make the renaming fail.
class RenameOnly {
 public:
  explicit RenameOnly(sqlite3* db) : db_(db) {
    sqlite3_db_config(db_, SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, -1, &before_);
    sqlite3_db_config(db_, SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, 1, nullptr);
  }
  RenameOnly(const RenameOnly&) = delete;
  ~RenameOnly() { sqlite3_db_config(db_, SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, before_, nullptr); }

 private:
  sqlite3* db_;
  int before_ = 0;
};

std::string sql_name(const TableDefinition& table) {
  return quoted(table.schema) + "." + quoted(table.name);
}

void require_room_in_flat(sqlite::ConnectionRef db, const TableDefinition& table) {
  for (const VectorColumn& column : table.vectors)
    if (column.is_half)
      throw Error(ErrorCode::invalid_argument,
                  fmt::format("{} cannot become flat(), which has no f16 columns such as \"{}\"; nothing was "
                              "changed",
                              sql_name(table), column.name));
  for (const MetadataColumn& column : table.metadata)
    if (db.query_one<bool>("SELECT EXISTS (SELECT 1 FROM " + sql_name(table) + " WHERE " +
                           quoted(column.name) + " IS NULL)"))
      throw Error(
          ErrorCode::invalid_argument,
          fmt::format("{} cannot become flat(), where metadata is never NULL: column \"{}\" has a NULL; "
                      "nothing was changed. UPDATE it to a value first",
                      sql_name(table), column.name));
}

// The same columns, stored in the other way. No column's name has a space, so none is that of the copy.
TableDefinition copy_of(const TableDefinition& table, Index to) {
  TableDefinition copy = table;
  copy.name += " (converted)";
  for (VectorColumn& column : copy.vectors) {
    column.index = to;
    column.recall = 1;
  }
  return copy;
}

// Blobs of int8 and bit columns say so on their way through SQL; else they would be taken for floats.
std::string copied_value(const TableDefinition& table, ColumnRef column) {
  const std::string name = quoted(table.column_name(column));
  if (column.kind != ColumnKind::vector) return name;
  switch (table.vectors[column.index].type) {
    case vector::ElementType::float32:
      return name;
    case vector::ElementType::int8:
      return "vec_int8(" + name + ")";
    case vector::ElementType::bit:
      return "vec_bit(" + name + ")";
  }
  return name;
}

std::int64_t count_rows(sqlite::ConnectionRef db, const TableDefinition& table) {
  return db.query_one<std::int64_t>("SELECT count(*) FROM " + sql_name(table));
}

std::int64_t copy_rows(sqlite::ConnectionRef db, const TableDefinition& from, const TableDefinition& to) {
  std::string names, values;
  for (const ColumnRef column : from.columns) {
    names += (names.empty() ? "" : ", ") + quoted(from.column_name(column));
    values += (values.empty() ? "" : ", ") + copied_value(from, column);
  }
  const auto stored = db.query_one<std::int64_t>("SELECT count(*) FROM " + shadow_sql(from, kRowids));
  const std::int64_t copied = db.execute("INSERT INTO " + sql_name(to) + "(" + names + ") SELECT " + values +
                                         " FROM " + sql_name(from));
  if (copied != stored)
    throw Error(ErrorCode::corrupt,
                fmt::format("{} is damaged: it has {} rows, of which {} could be read; nothing was changed. "
                            "INSERT INTO {}({}) VALUES ('integrity') says more",
                            sql_name(from), stored, copied, sql_name(from), quoted(from.name)));
  return copied;
}

// Rowids of rows that were deleted are not given out again.
void copy_sequence(sqlite::ConnectionRef db, const TableDefinition& from, const TableDefinition& to) {
  const std::string sequence = quoted(from.schema) + ".sqlite_sequence";
  const auto last = db.query_optional<std::int64_t>("SELECT seq FROM " + sequence + " WHERE name = ?",
                                                    shadow_name(from, kRowids));
  if (!last) return;
  db.execute("DELETE FROM " + sequence + " WHERE name = ?", shadow_name(to, kRowids));
  db.execute("INSERT INTO " + sequence + "(name, seq) VALUES (?, ?)", shadow_name(to, kRowids), *last);
}

}  // namespace

std::optional<std::int64_t> convert(sqlite3* handle, const std::string& name, Index to,
                                    const std::string& schema) {
  const sqlite::ConnectionRef db(handle);
  Undoable change(db);
  const TableDefinition table = declared_table(handle, schema, name);
  if (table.index() == to) return std::nullopt;
  if (to == Index::flat) require_room_in_flat(db, table);

  const TableDefinition copy = copy_of(table, to);
  db.execute(create_statement(copy));
  const std::int64_t rows = copy_rows(db, table, copy);
  if (!table.has_text_key()) copy_sequence(db, table, copy);
  db.execute("DROP TABLE " + sql_name(table));
  {
    const RenameOnly rename_only(handle);
    db.execute("ALTER TABLE " + sql_name(copy) + " RENAME TO " + quoted(table.name));
  }
  // By its final name, under which SQLite has to connect to it anew.
  if (const std::int64_t found = count_rows(db, table); found != rows)
    throw Error(ErrorCode::corrupt,
                fmt::format("{} would have {} rows after its conversion instead of {}; nothing was changed",
                            sql_name(table), found, rows));
  change.keep();
  return rows;
}

}  // namespace cairn::vec0
