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
// SQL surface and file format are sqlite-vec's; docs/deviations.md lists where behaviour differs. A table
// that says INDEXED BY cairn() has Cairn's own format (docs/vec0.md), which sqlite-vec does not read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

struct sqlite3;

namespace cairn::vec0 {

// Registers 18 functions and the modules vec0 and vec_each. May be repeated. Needs SQLite 3.38.
// Errors: cairn::Error. REQUIRES: `db` is open and used by no other thread meanwhile.
void register_vec0(sqlite3* db);

// How the rows of a table are stored: flat() as sqlite-vec does, cairn() in Cairn's own way.
enum class Index { flat, cairn };

// Changes how a table is stored, and nothing else: name, columns, rowids, keys and values stay, vectors bit
// for bit, and so do the triggers and views that name the table.
//
//   cairn::vec0::convert(db, "notes", cairn::vec0::Index::cairn);
//
// Returns how many rows there are, or nothing when the table is stored that way already. It copies the table
// beside the old one, in one transaction or, when one is open, in a savepoint of it: the file grows by the
// copy, and VACUUM gives the old one's pages back. A recall of cairn(recall=…) is not kept in a flat() table;
// triggers and indexes on its shadow tables are kept in neither. Errors: cairn::Error, and the database is as
// it was. not_found: there is no such table in `schema` (main, temp, or an attached one). invalid_argument:
// it is no vec0 table; or it holds what a flat() table cannot, NULL in a metadata column or an f16 column.
// corrupt: not all of its rows can be read. locked: a statement of this connection reads it. busy: another
// connection writes. Thread-safety: as its connection. REQUIRES: register_vec0(db).
std::optional<std::int64_t> convert(sqlite3* db, const std::string& table, Index to,
                                    const std::string& schema = "main");

}  // namespace cairn::vec0
