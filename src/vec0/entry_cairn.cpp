// The entry point of cairn.so: what vec0.so has, and Cairn's own functions.
#include "simd/kernels.hpp"
#include "sqlite/error.hpp"
#include "vec0/extension.hpp"

namespace {

void cairn_version(sqlite3_context* context, int, sqlite3_value**) {
  sqlite3_result_text(context, CAIRN_VERSION, -1, SQLITE_STATIC);
}

void cairn_simd(sqlite3_context* context, int, sqlite3_value**) {
  sqlite3_result_text(context, cairn::simd::kernels().name, -1, SQLITE_STATIC);
}

void register_cairn(sqlite3* db) {
  const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  const auto add = [&](const char* name, void (*call)(sqlite3_context*, int, sqlite3_value**)) {
    cairn::sqlite::check(
        db, sqlite3_create_function_v2(db, name, 0, flags, nullptr, call, nullptr, nullptr, nullptr),
        "cannot register a cairn_ function");
  };
  add("cairn_version", cairn_version);
  add("cairn_simd", cairn_simd);
}

}  // namespace

extern "C" CAIRN_EXPORT int sqlite3_cairn_init(sqlite3* db, char** message, const sqlite3_api_routines* api) {
  return cairn::vec0::start_extension(db, message, api, register_cairn);
}
