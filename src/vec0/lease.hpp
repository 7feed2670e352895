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

}  // namespace cairn::vec0
