// What the entry points share, those of the loadable extensions and that of the static library.
#pragma once

#include "cairn/error.hpp"
#include "cairn/vec0.hpp"
#include "sqlite/api.hpp"
#include "sqlite/trampoline.hpp"

#define CAIRN_EXPORT __attribute__((visibility("default")))

namespace cairn::vec0 {

// Calls `add(db)`, which registers what the extension has. A loadable extension first takes over the host's
// function table; the static library is linked to SQLite and has none.
template <class Add>
int start_extension(sqlite3* db, char** message, [[maybe_unused]] const sqlite3_api_routines* api,
                    Add add) noexcept {
#ifdef CAIRN_EXTENSION
  sqlite3_api = api;
#endif
  return sqlite::message_trampoline(message, [&] {
    if (sqlite3_libversion_number() < 3038000)
      throw Error(ErrorCode::unsupported, "this extension needs SQLite 3.38 or newer");
    add(db);
  });
}

}  // namespace cairn::vec0
