// Running one script and writing its row in the ledger, so that both happen or neither.
#pragma once

#include "cairn/sql/migrator.hpp"
#include "sql/ledger.hpp"

namespace cairn::sql {

// Applies or undoes `migration`. Returns nothing when somebody without our lock (sqlx, say) has done it
// meanwhile. REQUIRES: the ledger exists. Throws MigrationError (failed, bad_source, dirty …) and busy.
std::optional<MigrationStep> run_migration(sqlite::ConnectionRef db, Ledger& ledger,
                                           const Migration& migration, MigrationDirection direction);

}  // namespace cairn::sql
