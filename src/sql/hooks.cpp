// The hooks of a connection: SQLite's function pointers in front of std::function.
#include "cairn/sql/hooks.hpp"

#include <utility>

#include "sql/connection_state.hpp"
#include "sqlite/trampoline.hpp"

namespace cairn::sql {

namespace {

using detail::ConnectionState;

// Whether `hook` ran to its end. There is nobody to tell its exception to.
template <class Hook>
bool ran(Hook&& hook) noexcept {
  return sqlite::trampoline(hook, [](const char*, int) noexcept {}) == SQLITE_OK;
}

RowOperation operation_of(int code) noexcept {
  switch (code) {
    case SQLITE_INSERT:
      return RowOperation::insert;
    case SQLITE_UPDATE:
      return RowOperation::update;
    default:
      return RowOperation::delete_;
  }
}

void call_update(void* self, int operation, const char* database, const char* table,
                 sqlite3_int64 rowid) noexcept {
  const auto& state = *static_cast<const ConnectionState*>(self);
  ran([&] { state.on_update({operation_of(operation), database, table, rowid}); });
}

int call_commit(void* self) noexcept {
  const auto& state = *static_cast<const ConnectionState*>(self);
  bool commit = false;
  ran([&] { commit = state.on_commit(); });
  return commit ? 0 : 1;
}

void call_rollback(void* self) noexcept {
  const auto& state = *static_cast<const ConnectionState*>(self);
  ran([&] { state.on_rollback(); });
}

}  // namespace

void Connection::on_update(std::function<void(const RowChange&)> hook) {
  state_->on_update = std::move(hook);
  sqlite3_update_hook(db_, state_->on_update ? &call_update : nullptr, state_.get());
}

void Connection::on_commit(std::function<bool()> hook) {
  state_->on_commit = std::move(hook);
  sqlite3_commit_hook(db_, state_->on_commit ? &call_commit : nullptr, state_.get());
}

void Connection::on_rollback(std::function<void()> hook) {
  state_->on_rollback = std::move(hook);
  sqlite3_rollback_hook(db_, state_->on_rollback ? &call_rollback : nullptr, state_.get());
}

void Connection::on_progress(int steps, std::function<bool()> hook) {
  state_->on_progress = steps > 0 ? std::move(hook) : nullptr;
  state_->progress_interval = steps;
  state_->steps_since_progress = 0;
  state_->install_progress();
}

}  // namespace cairn::sql
