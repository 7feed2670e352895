// The smallest extension there can be, for the test of ConnectOptions::loadable_extensions. Built with
// CAIRN_EXTENSION.
#include "sqlite/api.hpp"

extern "C" {

const sqlite3_api_routines* sqlite3_api = nullptr;

__attribute__((visibility("default"))) int sqlite3_extension_init(sqlite3* db, char**,
                                                                  const sqlite3_api_routines* api) {
  sqlite3_api = api;
  const auto loaded = [](sqlite3_context* context, int, sqlite3_value**) { sqlite3_result_int(context, 7); };
  return sqlite3_create_function_v2(db, "loaded", 0, SQLITE_UTF8, nullptr, loaded, nullptr, nullptr, nullptr);
}
}
