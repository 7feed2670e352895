// Random rows for the tables of corpus/: what a program might have stored there, with many duplicates, empty
// texts and NULL wherever it is allowed.
#pragma once

#include <random>
#include <string_view>

#include "cairn/sqlite/connection_ref.hpp"

namespace cairn::check::corpus {

using Random = std::mt19937_64;

// A value that a parameter or column of that kind (corpus/statements.sql) may hold; "any" may be NULL.
sqlite::Value random_value(Random& random, std::string_view kind);

bool one_in(Random& random, unsigned n);

// Up to that many rows for each table; fewer where rules refuse what chance proposes.
void fill(sqlite::ConnectionRef db, Random& random, int rows);

// Puts values into the columns that are not of the declared type, wherever SQLite takes them.
void misfill(sqlite::ConnectionRef db);

}  // namespace cairn::check::corpus
