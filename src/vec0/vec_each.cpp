// vec_each(vector): one row per element, rowid from 0. Bits come most significant first within a byte, which
// differs from vec_to_json: sqlite-vec has it so.
#include <memory>

#include "sqlite/error.hpp"
#include "sqlite/trampoline.hpp"
#include "vec0/functions.hpp"
#include "vec0/vector_value.hpp"

namespace cairn::vec0 {
namespace {

using vector::ElementType;

struct EachCursor : sqlite3_vtab_cursor {
  vector::Vector vector;
  std::size_t at = 0;
};

EachCursor* cursor_of(sqlite3_vtab_cursor* cursor) {
  return static_cast<EachCursor*>(cursor);
}

int connect(sqlite3* db, void*, int, const char* const*, sqlite3_vtab** out, char** message) {
  return sqlite::message_trampoline(message, [&] {
    sqlite::check(db, sqlite3_declare_vtab(db, "CREATE TABLE x(value, vector hidden)"),
                  "cannot declare vec_each");
    sqlite3_vtab_config(db, SQLITE_VTAB_INNOCUOUS);
    *out = new sqlite3_vtab{};
  });
}

int disconnect(sqlite3_vtab* table) {
  delete table;
  return SQLITE_OK;
}

int best_index(sqlite3_vtab*, sqlite3_index_info* info) {
  for (int i = 0; i < info->nConstraint; ++i) {
    const auto& constraint = info->aConstraint[i];
    if (!constraint.usable || constraint.iColumn != 1 || constraint.op != SQLITE_INDEX_CONSTRAINT_EQ)
      continue;
    info->aConstraintUsage[i].argvIndex = 1;
    info->aConstraintUsage[i].omit = 1;
    info->estimatedCost = 100;
    info->estimatedRows = 100;
    return SQLITE_OK;
  }
  return SQLITE_CONSTRAINT;  // "no query solution"
}

int open(sqlite3_vtab* table, sqlite3_vtab_cursor** out) {
  return sqlite::vtab_trampoline(table, [&] { *out = new EachCursor(); });
}

int close(sqlite3_vtab_cursor* cursor) {
  delete cursor_of(cursor);
  return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value** argv) {
  return sqlite::vtab_trampoline(cursor->pVtab, [&] {
    cursor_of(cursor)->vector = vector_of(argv[0]);
    cursor_of(cursor)->at = 0;
  });
}

int next(sqlite3_vtab_cursor* cursor) {
  ++cursor_of(cursor)->at;
  return SQLITE_OK;
}

int eof(sqlite3_vtab_cursor* cursor) {
  return cursor_of(cursor)->at >= cursor_of(cursor)->vector.dims;
}

int column(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int index) {
  if (index != 0) return SQLITE_OK;  // the hidden column reads NULL
  const vector::Vector& v = cursor_of(cursor)->vector;
  const std::size_t i = cursor_of(cursor)->at;
  switch (v.type) {
    case ElementType::float32:
      sqlite3_result_double(context, static_cast<double>(v.floats()[i]));
      break;
    case ElementType::int8:
      sqlite3_result_int(context, v.int8s()[i]);
      break;
    case ElementType::bit:
      sqlite3_result_int(context, (v.packed_bits()[i / 8] >> (7 - i % 8)) & 1);
      break;
  }
  return SQLITE_OK;
}

int rowid(sqlite3_vtab_cursor* cursor, sqlite3_int64* out) {
  *out = static_cast<sqlite3_int64>(cursor_of(cursor)->at);
  return SQLITE_OK;
}

// No xCreate: it exists in every schema without being created, and cannot be.
const sqlite3_module kModule = [] {
  sqlite3_module module{};
  module.xConnect = connect;
  module.xBestIndex = best_index;
  module.xDisconnect = disconnect;
  module.xOpen = open;
  module.xClose = close;
  module.xFilter = filter;
  module.xNext = next;
  module.xEof = eof;
  module.xColumn = column;
  module.xRowid = rowid;
  return module;
}();

}  // namespace

void register_vec_each(sqlite3* db) {
  sqlite::check(db, sqlite3_create_module_v2(db, "vec_each", &kModule, nullptr, nullptr),
                "cannot register vec_each");
}

}  // namespace cairn::vec0
