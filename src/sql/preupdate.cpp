// The preupdate hook, which not every SQLite has: the symbols are weak, and null where it is missing. Its
// header declares them only for those who ask.
#include <fmt/format.h>

#include <utility>

#include "cairn/error.hpp"
#include "cairn/sql/hooks.hpp"
#include "sql/connection_state.hpp"
#include "sqlite/trampoline.hpp"

extern "C" {
__attribute__((weak)) void* sqlite3_preupdate_hook(
    sqlite3*, void (*)(void*, sqlite3*, int, const char*, const char*, sqlite3_int64, sqlite3_int64), void*);
__attribute__((weak)) int sqlite3_preupdate_old(sqlite3*, int, sqlite3_value**);
__attribute__((weak)) int sqlite3_preupdate_new(sqlite3*, int, sqlite3_value**);
__attribute__((weak)) int sqlite3_preupdate_count(sqlite3*);
__attribute__((weak)) int sqlite3_preupdate_depth(sqlite3*);
}

namespace cairn::sql {

namespace {

Value value_of(int code, sqlite3_value* value, int column, const char* which) {
  if (code != SQLITE_OK)
    throw Error(ErrorCode::invalid_argument,
                fmt::format("the change has no {} value in column {}", which, column), code);
  return {value, "on_preupdate", column};
}

void call_preupdate(void* self, sqlite3* db, int operation, const char* database, const char* table,
                    sqlite3_int64 old_rowid, sqlite3_int64 new_rowid) noexcept {
  const auto& state = *static_cast<const detail::ConnectionState*>(self);
  const auto tell = [&] {
    state.on_preupdate({detail::row_operation(operation), database, table, old_rowid, new_rowid,
                        sqlite3_preupdate_count(db), sqlite3_preupdate_depth(db), db});
  };
  sqlite::trampoline(tell, [](const char*, int) noexcept {});
}

}  // namespace

Value PendingChange::old_value(int column) const {
  sqlite3_value* value = nullptr;
  const int code = sqlite3_preupdate_old(handle, column, &value);
  return value_of(code, value, column, "old");
}

Value PendingChange::new_value(int column) const {
  sqlite3_value* value = nullptr;
  const int code = sqlite3_preupdate_new(handle, column, &value);
  return value_of(code, value, column, "new");
}

void Connection::on_preupdate(std::function<void(const PendingChange&)> hook) {
  if (!sqlite3_preupdate_hook)
    throw Error(ErrorCode::unsupported,
                "this SQLite was built without the preupdate hook "
                "(SQLITE_ENABLE_PREUPDATE_HOOK); use on_update, or a trigger");
  state_->on_preupdate = std::move(hook);
  state_->install_preupdate();
}

void detail::ConnectionState::install_preupdate() {
  sqlite3_preupdate_hook(db, on_preupdate ? &call_preupdate : nullptr, this);
}

}  // namespace cairn::sql
