// The command 'optimize' of flat() tables: fewer chunks for the same rows.
#pragma once

#include "vec0/storage.hpp"

namespace cairn::vec0 {

// Leaves each partition with as few chunks as its rows need, and deletes the others. Rows keep their rowid
// and all their values. Costs time and journal in proportion to the rows that move, which are as few as
// possible, plus one check of the table; memory for the moved vectors of one chunk, and a few bytes per
// chunk. Throws corrupt, before it changes anything, when check_integrity() does; busy while the table has a
// cursor, whose rows would be moved away under it. After any other error the statement must be rolled back.
void optimize_flat(Storage& storage);

}  // namespace cairn::vec0
