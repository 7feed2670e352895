// A cached statement in use: reset when the lease ends, however that happens, so that no read stays open.
#pragma once

#include "cairn/sqlite/statement.hpp"
#include "vec0/storage.hpp"

namespace cairn::vec0 {

class Storage::Lease {
 public:
  explicit Lease(sqlite::Statement& statement) noexcept : statement_(statement) {}
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() {
    statement_.reset();
    statement_.clear_bindings();
  }
  sqlite::Statement* operator->() noexcept { return &statement_; }
  sqlite::Statement& operator*() noexcept { return statement_; }

 private:
  sqlite::Statement& statement_;
};

// In a hostile file a shadow table can be a view of the vec0 table, or have a trigger that writes to it: a
// statement that leads back here is refused, since it would do so without end.
template <class MakeSql>
Storage::Lease Storage::lease(const char* use, std::size_t column, MakeSql make_sql) {
  const std::pair<std::string_view, std::size_t> key(use, column);
  auto found = statements_.find(key);
  if (found == statements_.end())
    found = statements_
                .emplace(key, sqlite::Statement(db_, make_sql(), sqlite::Statement::Reach::no_virtual_tables))
                .first;
  return Lease(found->second);
}

}  // namespace cairn::vec0
