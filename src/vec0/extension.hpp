// What the entry points of the loadable extensions share.
#pragma once

#include "cairn/error.hpp"
#include "cairn/vec0.hpp"
#include "sqlite/api.hpp"
#include "sqlite/trampoline.hpp"

#define CAIRN_EXPORT __attribute__((visibility("default")))

namespace cairn::vec0 {

// Takes over the host's function table, registers vec0 and then `more(db)`.
template <class More>
int start_extension(sqlite3* db, char** message, const sqlite3_api_routines* api, More more) noexcept {
  sqlite3_api = api;
  return sqlite::message_trampoline(message, [&] {
    if (sqlite3_libversion_number() < 3038000)
      throw Error(ErrorCode::unsupported, "this extension needs SQLite 3.38 or newer");
    register_vec0(db);
    more(db);
  });
}

}  // namespace cairn::vec0
