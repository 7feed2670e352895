// For tests of this room, which knows no sql::Connection.
#pragma once

#include "cairn/sqlite/connection_ref.hpp"
#include "sqlite/api.hpp"

namespace cairn::sqlite {

class MemoryDatabase {
 public:
  MemoryDatabase() { sqlite3_open(":memory:", &handle_); }
  MemoryDatabase(const MemoryDatabase&) = delete;
  MemoryDatabase& operator=(const MemoryDatabase&) = delete;
  ~MemoryDatabase() { sqlite3_close_v2(handle_); }

  ConnectionRef db(StatementCache* cache = nullptr) const { return ConnectionRef(handle_, cache); }

 private:
  sqlite3* handle_ = nullptr;
};

}  // namespace cairn::sqlite
