// What is to be done, from the migrations that are here and the rows of the ledger. No database.
#pragma once

#include <span>
#include <vector>

#include "cairn/sql/migrator.hpp"
#include "sql/ledger.hpp"

namespace cairn::sql {

// The pending ones, in order. Throws MigrationError for everything that MigrationProblem names before
// `failed`, and bad_target.
std::vector<const Migration*> plan_up(std::span<const Migration> migrations,
                                      std::span<const LedgerRow> applied, const MigrateOptions& options);

// The applied ones to undo, newest first. Throws dirty, missing, irreversible and bad_target.
std::vector<const Migration*> plan_down(std::span<const Migration> migrations,
                                        std::span<const LedgerRow> applied, const MigrateOptions& options);

// Each migration that is here or in the ledger.
std::vector<MigrationInfo> describe(std::span<const Migration> migrations,
                                    std::span<const LedgerRow> applied);

const Migration* find_migration(std::span<const Migration> migrations, std::int64_t version);

}  // namespace cairn::sql
