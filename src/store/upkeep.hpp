// Looking after a file: what is in it, whether it is sound, and the repairs.
#pragma once

#include <vector>

#include "store/database.hpp"

namespace cairn::store {

Status status(const Database& database);
std::vector<Finding> doctor(const Database& database, bool repair);
std::size_t embed_missing(const Database& database);

}  // namespace cairn::store
