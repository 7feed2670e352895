// Whether the shadow tables of one cairn() table agree with its declaration and with each other: what
// integrity.hpp says, and that codes are those of the vectors, and that no pack, cell or list is left over.
#pragma once

#include <string>

#include "vec0/cairn_storage.hpp"

namespace cairn::vec0 {

std::string find_cairn_damage(CairnStorage& storage, Depth depth);

}  // namespace cairn::vec0
