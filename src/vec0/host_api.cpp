// The host's function table, through which every sqlite3_… call of an extension goes (sqlite/api.hpp).
#include "sqlite/api.hpp"

const sqlite3_api_routines* sqlite3_api = nullptr;
