// xUpdate: INSERT, UPDATE and DELETE of one row. Every value is checked before the first write.
#pragma once

#include "sqlite/api.hpp"
#include "vec0/storage.hpp"

namespace cairn::vec0 {

// Arguments as sqlite3_module::xUpdate has them.
void update(Storage& storage, int argc, sqlite3_value** argv, sqlite3_int64* new_rowid);

}  // namespace cairn::vec0
