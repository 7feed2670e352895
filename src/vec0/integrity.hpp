// Whether the shadow tables of one vec0 table agree with its declaration and with each other.
//
// Full checks every row: each live slot has an entry in _rowids that points back to it, and there are no
// other entries. That costs one look-up per row; vectors are not read. Quick stops at the chunks.
// What sqlite-vec's releases leave behind is no damage: chunks without rows, NaN in vectors, and rows without
// auxiliary values (a failed INSERT of 0.1.9 inside a transaction).
#pragma once

#include <string>

#include "vec0/storage.hpp"

namespace cairn::vec0 {

// The first problems and how many more there are, or nothing. Throws only when it cannot look: locks, I/O.
std::string find_flat_damage(Storage& storage, Depth depth);

// Throws corrupt with what Storage::find_damage says.
void check_integrity(Storage& storage);

}  // namespace cairn::vec0
