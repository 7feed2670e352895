#include "sql/migration_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sql/checksum.hpp"

namespace cairn::sql {

namespace {

// Four digits, as `cairn migrate add` and sqlx number them; more is a time, where holes are no gaps.
constexpr std::int64_t kLastOfSequence = 9999;

using Applied = std::span<const LedgerRow>;
using Migrations = std::span<const Migration>;

[[noreturn]] void refuse(MigrationProblem problem, std::int64_t version, std::string message) {
  throw MigrationError(problem, version, std::move(message));
}

std::string name_of(const Migration& migration) {
  return fmt::format("migration {} ('{}')", migration.version, migration.description);
}

bool is_applied(Applied applied, std::int64_t version) {
  return std::ranges::binary_search(applied, version, {}, &LedgerRow::version);
}

void require_clean(Applied applied) {
  for (const LedgerRow& row : applied)
    if (!row.success)
      refuse(MigrationProblem::dirty, row.version,
             fmt::format(
                 "migration {} ('{}') was interrupted outside a transaction, so a part of it may have been "
                 "done; "
                 "look at the database, finish or undo that part by hand, then say which with 'cairn migrate "
                 "repair {} --applied' or '--pending' (Migrator::mark_applied, mark_pending)",
                 row.version, row.description, row.version));
}

void require_known(Migrations migrations, Applied applied) {
  for (const LedgerRow& row : applied)
    if (!find_migration(migrations, row.version))
      refuse(MigrationProblem::missing, row.version,
             fmt::format("migration {} ('{}') was applied to this database but is not known here; use the "
                         "version of the "
                         "program that wrote it, or a newer one, or bring its file back",
                         row.version, row.description));
}

void require_unchanged(Migrations migrations, Applied applied) {
  for (const LedgerRow& row : applied) {
    const Migration* known = find_migration(migrations, row.version);
    if (known && !is_checksum_of(row.checksum, known->sql))
      refuse(MigrationProblem::changed, row.version,
             fmt::format("{} has changed since it was applied; bring the old text back and add a new "
                         "migration, or, if the "
                         "database is right as it is, accept the new text with 'cairn migrate repair {}' "
                         "(Migrator::mark_applied)",
                         name_of(*known), row.version));
  }
}

void require_target(Migrations migrations, std::int64_t target) {
  if (!find_migration(migrations, target))
    refuse(MigrationProblem::bad_target, target,
           fmt::format("there is no migration {} to end at; 'cairn migrate info' lists them", target));
}

void require_order(const Migration& migration, Applied applied) {
  if (!applied.empty() && migration.version < applied.back().version)
    refuse(MigrationProblem::out_of_order, migration.version,
           fmt::format("{} is pending, but the newer {} is applied already; give it a version above that, or "
                       "allow it with "
                       "--allow-out-of-order (MigrateOptions::allow_out_of_order)",
                       name_of(migration), applied.back().version));
}

// Only where numbers followed each other up to here: 1, 2, 4 has a gap, 10, 20, 30 has none.
void require_no_gap(Migrations migrations, const Migration& migration) {
  const auto at = static_cast<std::size_t>(&migration - migrations.data());
  if (at < 2 || migration.version > kLastOfSequence) return;
  const std::int64_t before = migrations[at - 1].version;
  if (before - migrations[at - 2].version != 1 || migration.version - before == 1) return;
  refuse(MigrationProblem::gap, migration.version,
         fmt::format(
             "{} follows {}: {} is left out; bring its file, give this one that number, or allow it with "
             "--allow-out-of-order (MigrateOptions::allow_out_of_order)",
             name_of(migration), before, before + 1));
}

MigrationState state_of(const LedgerRow& row, const Migration* known) {
  if (!row.success) return MigrationState::dirty;
  if (!known) return MigrationState::missing;
  return is_checksum_of(row.checksum, known->sql) ? MigrationState::installed : MigrationState::changed;
}

}  // namespace

const Migration* find_migration(Migrations migrations, std::int64_t version) {
  const auto found = std::ranges::lower_bound(migrations, version, {}, &Migration::version);
  return found != migrations.end() && found->version == version ? &*found : nullptr;
}

std::vector<const Migration*> plan_up(Migrations migrations, Applied applied, const MigrateOptions& options) {
  require_clean(applied);
  if (!options.ignore_missing) require_known(migrations, applied);
  require_unchanged(migrations, applied);
  if (options.target) {
    require_target(migrations, *options.target);
    if (!applied.empty() && *options.target < applied.back().version)
      refuse(
          MigrationProblem::bad_target, *options.target,
          fmt::format(
              "migration {} is older than {}, the newest that is applied; go back with 'cairn migrate revert "
              "--target-version {}' (Migrator::revert)",
              *options.target, applied.back().version, *options.target));
  }
  std::vector<const Migration*> pending;
  for (const Migration& migration : migrations) {
    if (options.target && migration.version > *options.target) break;
    if (is_applied(applied, migration.version)) continue;
    if (!options.allow_out_of_order) {
      require_order(migration, applied);
      require_no_gap(migrations, migration);
    }
    pending.push_back(&migration);
  }
  return pending;
}

std::vector<const Migration*> plan_down(Migrations migrations, Applied applied,
                                        const MigrateOptions& options) {
  require_clean(applied);
  if (!options.ignore_missing) require_known(migrations, applied);
  const std::int64_t newest = applied.empty() ? 0 : applied.back().version;
  if (options.target) {
    if (*options.target != 0) require_target(migrations, *options.target);
    if (*options.target > newest)
      refuse(
          MigrationProblem::bad_target, *options.target,
          fmt::format(
              "migration {} is newer than {}, the newest that is applied; go there with 'cairn migrate run "
              "--target-version {}' (Migrator::run)",
              *options.target, newest, *options.target));
  }
  std::vector<const Migration*> undone;
  for (auto migration = migrations.rbegin(); migration != migrations.rend(); ++migration) {
    if (options.target && migration->version <= *options.target) break;
    if (!is_applied(applied, migration->version)) continue;
    if (!migration->down)
      refuse(MigrationProblem::irreversible, migration->version,
             fmt::format(
                 "{} has no down script, so neither it nor an older one can be reverted; write one, or add a "
                 "migration that goes forward",
                 name_of(*migration)));
    undone.push_back(&*migration);
    if (!options.target) break;
  }
  return undone;
}

std::vector<MigrationInfo> describe(Migrations migrations, Applied applied) {
  std::map<std::int64_t, MigrationInfo> all;
  for (const Migration& migration : migrations)
    all[migration.version] = {.version = migration.version,
                              .description = std::string(migration.description),
                              .reversible = migration.down.has_value(),
                              .checksum = to_hex(checksum_of(migration.sql))};
  for (const LedgerRow& row : applied) {
    MigrationInfo& info = all[row.version];
    const Migration* known = find_migration(migrations, row.version);
    info.version = row.version;
    if (!known) info.description = row.description;
    info.state = state_of(row, known);
    info.applied_checksum = to_hex(row.checksum);
    info.installed_on = row.installed_on;
    info.elapsed = row.execution_time;
  }
  std::vector<MigrationInfo> list;
  for (auto& [version, info] : all) list.push_back(std::move(info));
  return list;
}

}  // namespace cairn::sql
