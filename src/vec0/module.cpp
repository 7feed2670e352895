#include "vec0/module.hpp"

#include <fmt/format.h>

#include <memory>
#include <vector>

#include "cairn/error.hpp"
#include "sqlite/error.hpp"
#include "sqlite/trampoline.hpp"
#include "vec0/counters.hpp"
#include "vec0/cursor.hpp"
#include "vec0/integrity.hpp"
#include "vec0/names.hpp"
#include "vec0/plan.hpp"
#include "vec0/shadow.hpp"
#include "vec0/update.hpp"

namespace cairn::vec0 {

Counters& counters() noexcept {
  static Counters instance;
  return instance;
}

std::shared_ptr<Storage> Tables::open(TableDefinition definition, sqlite3* db) {
  std::erase_if(tables_, [](const auto& known) { return known.expired(); });
  for (const auto& known : tables_)
    if (std::shared_ptr<Storage> storage = known.lock(); storage->table() == definition) {
      storage->forget_residents();
      return storage;
    }
  std::shared_ptr<Storage> storage = Storage::make(db, std::move(definition));
  tables_.push_back(storage);
  return storage;
}

std::shared_ptr<Storage> Tables::find(std::string_view schema, std::string_view name) const {
  for (const auto& known : tables_)
    if (std::shared_ptr<Storage> storage = known.lock())
      if (equal_nocase(storage->table().schema, schema) && equal_nocase(storage->table().name, name))
        return storage;
  return nullptr;
}

namespace {

struct Table : sqlite3_vtab {
  explicit Table(std::shared_ptr<Storage> shared_storage)
      : sqlite3_vtab{}, storage(std::move(shared_storage)) {}
  Table(const Table&) = delete;
  ~Table() { sqlite3_free(zErrMsg); }  // SQLite does not fetch xDestroy's
  std::shared_ptr<Storage> storage;
  std::weak_ptr<KeptSearch> last_search;
};

struct OpenCursor : sqlite3_vtab_cursor {
  explicit OpenCursor(Table& table) : sqlite3_vtab_cursor{}, cursor(*table.storage, table.last_search) {}
  Cursor cursor;
};

Table* table_of(sqlite3_vtab* table) {
  return static_cast<Table*>(table);
}
Storage& storage_of(sqlite3_vtab* table) {
  return *table_of(table)->storage;
}
Cursor& cursor_of(sqlite3_vtab_cursor* cursor) {
  return static_cast<OpenCursor*>(cursor)->cursor;
}

enum class Start { create, connect };

void start(Start how, sqlite3* db, Tables& tables, int argc, const char* const* argv, sqlite3_vtab** out) {
  TableDefinition definition = parse_constructor(argc, argv);
  // A column with the table's own name would be hidden by the command column, so such a table has none.
  const bool with_command = !definition.find_column(definition.name) &&
                            (how == Start::create || stored_command_column(db, definition));
  definition.add_hidden_columns(with_command);
  if (sqlite3_declare_vtab(db, definition.declaration().c_str()) != SQLITE_OK)
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format("vec0 constructor error: could not declare virtual table, '{}'", sqlite3_errmsg(db)));
  sqlite3_vtab_config(db, SQLITE_VTAB_CONSTRAINT_SUPPORT, 1);
  sqlite3_vtab_config(db, SQLITE_VTAB_INNOCUOUS);
  if (how == Start::create) create_shadow_tables(db, definition, with_command);
  *out = std::make_unique<Table>(tables.open(std::move(definition), db)).release();
}

int create(sqlite3* db, void* tables, int argc, const char* const* argv, sqlite3_vtab** out, char** message) {
  return sqlite::message_trampoline(message, [&] {
    start(Start::create, db, **static_cast<std::shared_ptr<Tables>*>(tables), argc, argv, out);
  });
}

int connect(sqlite3* db, void* tables, int argc, const char* const* argv, sqlite3_vtab** out,
            char** message) {
  return sqlite::message_trampoline(message, [&] {
    start(Start::connect, db, **static_cast<std::shared_ptr<Tables>*>(tables), argc, argv, out);
  });
}

int disconnect(sqlite3_vtab* table) {
  delete table_of(table);
  return SQLITE_OK;
}

int destroy(sqlite3_vtab* table) {
  const int code = sqlite::vtab_trampoline(table, [&] {
    Storage& storage = storage_of(table);
    drop_shadow_tables(storage.db(), storage.table());
    storage.rollback();
  });
  if (code == SQLITE_OK) delete table_of(table);
  return code;
}

int best_index(sqlite3_vtab* table, sqlite3_index_info* info) {
  int choice = SQLITE_OK;
  const int code = sqlite::vtab_trampoline(table, [&] { choice = choose_plan(storage_of(table), info); });
  return code != SQLITE_OK ? code : choice;
}

int open(sqlite3_vtab* table, sqlite3_vtab_cursor** out) {
  return sqlite::vtab_trampoline(table,
                                 [&] { *out = std::make_unique<OpenCursor>(*table_of(table)).release(); });
}

int close(sqlite3_vtab_cursor* cursor) {
  delete static_cast<OpenCursor*>(cursor);
  return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* cursor, int, const char* plan, int, sqlite3_value** argv) {
  return sqlite::vtab_trampoline(cursor->pVtab, [&] { cursor_of(cursor).filter(plan, argv); });
}

int next(sqlite3_vtab_cursor* cursor) {
  return sqlite::vtab_trampoline(cursor->pVtab, [&] { cursor_of(cursor).next(); });
}

int eof(sqlite3_vtab_cursor* cursor) {
  return cursor_of(cursor).at_end();
}

int column(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int index) {
  return sqlite::vtab_trampoline(cursor->pVtab, [&] { cursor_of(cursor).column(context, index); });
}

int rowid(sqlite3_vtab_cursor* cursor, sqlite3_int64* out) {
  *out = cursor_of(cursor).rowid();
  return SQLITE_OK;
}

int update_row(sqlite3_vtab* table, int argc, sqlite3_value** argv, sqlite3_int64* new_rowid) {
  return sqlite::vtab_trampoline(table, [&] { update(storage_of(table), argc, argv, new_rowid); });
}

int rename(sqlite3_vtab* table, const char* new_name) {
  return sqlite::vtab_trampoline(table, [&] {
    Storage& storage = storage_of(table);
    storage.flush();
    rename_shadow_tables(storage.db(), storage.table(), new_name);
    storage.set_name(new_name);
  });
}

int shadow_name(const char* suffix) {
  return is_shadow_suffix(suffix);
}

int begin(sqlite3_vtab* table) {
  storage_of(table).begin();
  return SQLITE_OK;
}

int sync(sqlite3_vtab* table) {
  return sqlite::vtab_trampoline(table, [&] { storage_of(table).sync(); });
}

int commit(sqlite3_vtab* table) {
  storage_of(table).commit();
  return SQLITE_OK;
}

int rollback(sqlite3_vtab* table) {
  storage_of(table).rollback();
  return SQLITE_OK;
}

// What is pending belongs to the innermost savepoint, since each new one finds nothing pending. From now on
// SQLite tells of each rollback, also to a table that it did not tell of the transaction (Storage::settle).
int savepoint(sqlite3_vtab* table, int) {
  return sqlite::vtab_trampoline(table, [&] {
    storage_of(table).flush();
    storage_of(table).begin();
  });
}

int release(sqlite3_vtab*, int) {
  return SQLITE_OK;
}

int rollback_to(sqlite3_vtab* table, int) {
  storage_of(table).discard();
  return SQLITE_OK;
}

#if SQLITE_VERSION_NUMBER >= 3044000
using Module = sqlite3_module;
#else
// What SQLite 3.44 added at the end, for headers that are older than the host.
struct Module : sqlite3_module {
  int (*xIntegrity)(sqlite3_vtab*, const char* schema, const char* name, int flags, char** message);
};
static_assert(sizeof(Module) == sizeof(sqlite3_module) + sizeof(void*));
#endif

// PRAGMA integrity_check and quick_check. Damage is a message and not an error, which would end the check.
int integrity(sqlite3_vtab* table, const char*, const char*, int flags, char** message) {
  constexpr int kQuickCheck = 0x01;
  return sqlite::vtab_trampoline(table, [&] {
    const Depth depth = flags & kQuickCheck ? Depth::quick : Depth::full;
    storage_of(table).flush();
    const std::string damage = storage_of(table).find_damage(depth);
    if (!damage.empty()) *message = sqlite3_mprintf("%s", damage.c_str());
  });
}

// Asks for the host's version, so not before an extension has its function table.
Module make_module() {
  Module module{};
  module.iVersion = sqlite3_libversion_number() >= 3044000 ? 4 : 3;
  module.xCreate = create;
  module.xConnect = connect;
  module.xBestIndex = best_index;
  module.xDisconnect = disconnect;
  module.xDestroy = destroy;
  module.xOpen = open;
  module.xClose = close;
  module.xFilter = filter;
  module.xNext = next;
  module.xEof = eof;
  module.xColumn = column;
  module.xRowid = rowid;
  module.xUpdate = update_row;
  module.xBegin = begin;
  module.xSync = sync;
  module.xCommit = commit;
  module.xRollback = rollback;
  module.xRename = rename;
  module.xSavepoint = savepoint;
  module.xRelease = release;
  module.xRollbackTo = rollback_to;
  module.xShadowName = shadow_name;
  module.xIntegrity = integrity;
  return module;
}

}  // namespace

std::shared_ptr<Tables> register_module(sqlite3* db) {
  static const Module module = make_module();
  auto tables = std::make_shared<Tables>();
  const auto forget = [](void* shared) { delete static_cast<std::shared_ptr<Tables>*>(shared); };
  sqlite::check(db,
                sqlite3_create_module_v2(db, "vec0", &module, new std::shared_ptr<Tables>(tables), forget),
                "cannot register vec0");
  return tables;
}

}  // namespace cairn::vec0
