#include "cairn/vec0.hpp"
#include "vec0/functions.hpp"
#include "vec0/module.hpp"

namespace cairn::vec0 {

void register_vec0(sqlite3* db) {
  register_functions(db);
  register_vec_each(db);
  register_module(db);
}

}  // namespace cairn::vec0
