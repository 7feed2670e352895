// The module vec0 itself: SQLite's method table over Storage, Cursor, the planner and update().
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "sqlite/api.hpp"
#include "vec0/storage.hpp"

namespace cairn::vec0 {

// The tables that one connection has opened. When SQLite reads the schema anew, it connects to a table again
// while a transaction or a statement still holds the instance before. All instances work on one Storage, so
// that each knows what was written through the others.
class Tables {
 public:
  std::shared_ptr<Storage> open(TableDefinition definition, sqlite3* db);
  // Null if it was not opened, or not used for a while.
  std::shared_ptr<Storage> find(std::string_view schema, std::string_view name) const;

 private:
  std::vector<std::weak_ptr<Storage>> tables_;
};

std::shared_ptr<Tables> register_module(sqlite3* db);

}  // namespace cairn::vec0
