// The scalar functions vec_… and the table-valued function vec_each.
#pragma once

#include "sqlite/api.hpp"

namespace cairn::vec0 {

void register_functions(sqlite3* db);
void register_vec_each(sqlite3* db);

}  // namespace cairn::vec0
