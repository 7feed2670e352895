// The entry point of vec0.so and libvec0.a: sqlite-vec's functions and modules under its entry point's name.
#include "cairn/vec0.h"
#include "vec0/extension.hpp"

extern "C" CAIRN_EXPORT int sqlite3_vec_init(sqlite3* db, char** message, const sqlite3_api_routines* api) {
  return cairn::vec0::start_extension(db, message, api, cairn::vec0::register_vec0);
}
