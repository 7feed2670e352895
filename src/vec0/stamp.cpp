#include "vec0/stamp.hpp"

#include <cstring>

namespace cairn::vec0 {

Stamp random_stamp() {
  Stamp stamp;
  sqlite3_randomness(static_cast<int>(stamp.size()), stamp.data());
  return stamp;
}

Stamp stamp_of_column(sqlite3_stmt* row, int column) {
  Stamp stamp{};
  const void* const bytes = sqlite3_column_blob(row, column);
  if (static_cast<std::size_t>(sqlite3_column_bytes(row, column)) == stamp.size())
    std::memcpy(stamp.data(), bytes, stamp.size());
  return stamp;
}

}  // namespace cairn::vec0
