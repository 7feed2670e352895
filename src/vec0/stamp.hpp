// Stamps tell whether something changed: whoever changes it draws a new one.
#pragma once

#include <array>
#include <cstddef>

#include "sqlite/api.hpp"

namespace cairn::vec0 {

using Stamp = std::array<std::byte, 16>;  // random

Stamp random_stamp();
// All zero where the column is no such blob.
Stamp stamp_of_column(sqlite3_stmt* row, int column);

}  // namespace cairn::vec0
