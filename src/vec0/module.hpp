// The module vec0 itself: SQLite's method table over Storage, Cursor, the planner and update().
#pragma once

#include "sqlite/api.hpp"

namespace cairn::vec0 {

void register_module(sqlite3* db);

}  // namespace cairn::vec0
