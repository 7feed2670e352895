// SQLite's C API, either linked or, in a loadable extension, through the function table of the host.
// In an extension sqlite3_prepare_v3 and its kind are macros, so their addresses cannot be taken:
// wrap them in a function object instead.
#pragma once

#ifdef CAIRN_EXTENSION
#include <sqlite3ext.h>
extern "C" const sqlite3_api_routines* sqlite3_api;
#else
#include <sqlite3.h>
#endif
