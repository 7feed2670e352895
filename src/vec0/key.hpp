// Primary keys as a query gives them, and the rows that they name.
#pragma once

#include <cstdint>
#include <optional>

#include "sqlite/api.hpp"
#include "vec0/storage.hpp"
#include "vec0/value.hpp"

namespace cairn::vec0 {

// The value as a column of the key's type would compare it: '5' as 5 or 5 as '5'. SQLite has not converted
// it, since the columns are declared without a type.
Value key_value(sqlite3_value* value, KeyType type);

// The rowid of the row with that key; 5.0 is the key 5. Nothing if no row can have it. A row with an integer
// key need not exist.
std::optional<std::int64_t> rowid_of(Storage& storage, const Value& key);

}  // namespace cairn::vec0
