// Commands, which come as INSERT INTO t(t) VALUES ('…'). docs/vec0.md says what they are for.
#pragma once

#include <span>

#include "vec0/storage.hpp"

namespace cairn::vec0 {

// Runs the command among the values of an INSERT, which are the columns' in declared order. False, with
// nothing done, when there is none that this engine knows.
bool run_command(Storage& storage, std::span<sqlite3_value* const> values);

}  // namespace cairn::vec0
