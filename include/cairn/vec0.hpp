// The vec0 virtual table and the vec_… functions, for a connection that the program opened itself.
// cairn::Store registers them on every connection of its own; cairn::sql is told to by ConnectOptions:
//
//   options.extensions.push_back([](auto db) { cairn::vec0::register_vec0(db.handle()); });
//
//   sqlite3* db; sqlite3_open("agent.db", &db);
//   cairn::vec0::register_vec0(db);
//   // CREATE VIRTUAL TABLE notes USING vec0(vector float[384] distance_metric=cosine)
//   // SELECT rowid, distance FROM notes WHERE vector MATCH ? ORDER BY distance LIMIT 10
//
// SQL surface and file format are sqlite-vec's; docs/deviations.md lists where behaviour differs.
#pragma once

struct sqlite3;

namespace cairn::vec0 {

// Registers 18 functions and the modules vec0 and vec_each. May be repeated. Needs SQLite 3.38.
// Errors: cairn::Error. REQUIRES: `db` is open and used by no other thread meanwhile.
void register_vec0(sqlite3* db);

}  // namespace cairn::vec0
