#include "cairn/sql/migrator.hpp"

#include <fmt/format.h>

#include <memory>

#include "cairn/sql/transaction.hpp"
#include "sql/ledger.hpp"
#include "sql/migration_lock.hpp"
#include "sql/migration_plan.hpp"
#include "sql/migration_run.hpp"
#include "sqlite/api.hpp"

namespace cairn::sql {

namespace {

using Plan = std::vector<const Migration*>;

// A pool's database in memory has a name that looks like a path.
bool is_in_memory(sqlite::ConnectionRef db) {
  sqlite3_vfs* vfs = nullptr;
  sqlite3_file_control(db.handle(), "main", SQLITE_FCNTL_VFS_POINTER, &vfs);
  return vfs && std::string_view(vfs->zName) == "memdb";
}

// Nothing when there is nobody to keep out.
std::unique_ptr<MigrationLock> lock(sqlite::ConnectionRef db, std::chrono::milliseconds timeout) {
  const char* file = sqlite3_db_filename(db.handle(), "main");
  if (!file || !*file || is_in_memory(db) || db.in_transaction()) return nullptr;
  return std::make_unique<MigrationLock>(file, timeout);
}

std::vector<MigrationStep> steps_of(const Plan& plan, MigrationDirection direction) {
  std::vector<MigrationStep> steps;
  for (const Migration* migration : plan)
    steps.push_back({migration->version, std::string(migration->description), direction});
  return steps;
}

// Whether the ledger, as it is without the lock, shows that nothing is pending. What looks like a problem
// may be another process's migration on its way, so that is judged under the lock.
bool is_up_to_date(std::span<const Migration> migrations, const Ledger& ledger,
                   const MigrateOptions& options) {
  try {
    return plan_up(migrations, ledger.rows(), options).empty();
  } catch (const Error&) {
    return false;
  }
}

std::size_t carry_out(sqlite::ConnectionRef db, Ledger& ledger, const Plan& plan,
                      MigrationDirection direction, const MigrateOptions& options) {
  std::size_t done = 0;
  for (const Migration* migration : plan) {
    const std::optional<MigrationStep> step = run_migration(db, ledger, *migration, direction);
    if (!step) continue;
    ++done;
    if (options.on_step) options.on_step(*step);
  }
  return done;
}

}  // namespace

std::string_view to_string(MigrationState state) noexcept {
  switch (state) {
    case MigrationState::pending:
      return "pending";
    case MigrationState::installed:
      return "installed";
    case MigrationState::changed:
      return "changed";
    case MigrationState::missing:
      return "missing";
    case MigrationState::dirty:
      return "dirty";
  }
  return "unknown";
}

Migrator::Migrator(std::span<const Migration> migrations, std::string_view ledger)
    : migrations_(migrations), ledger_(ledger) {
  check_ledger_name(ledger);
  for (std::size_t i = 0; i < migrations.size(); ++i)
    if (migrations[i].version < 0 || (i > 0 && migrations[i].version <= migrations[i - 1].version))
      throw MigrationError(
          MigrationProblem::bad_source, migrations[i].version,
          fmt::format("migration {} is out of place; versions start at 0 and ascend", migrations[i].version));
}

std::int64_t Migrator::current_version(sqlite::ConnectionRef db) const {
  return Ledger(db, ledger_).current_version();
}

std::vector<MigrationInfo> Migrator::info(sqlite::ConnectionRef db) const {
  return describe(migrations_, Ledger(db, ledger_).rows());
}

std::vector<MigrationStep> Migrator::plan_run(sqlite::ConnectionRef db, const MigrateOptions& options) const {
  return steps_of(plan_up(migrations_, Ledger(db, ledger_).rows(), options), MigrationDirection::up);
}

std::vector<MigrationStep> Migrator::plan_revert(sqlite::ConnectionRef db,
                                                 const MigrateOptions& options) const {
  return steps_of(plan_down(migrations_, Ledger(db, ledger_).rows(), options), MigrationDirection::down);
}

std::size_t Migrator::run(sqlite::ConnectionRef db, const MigrateOptions& options) const {
  Ledger ledger(db, ledger_);
  if (is_up_to_date(migrations_, ledger, options)) return 0;
  const auto held = lock(db, options.lock_timeout);
  const Plan plan = plan_up(migrations_, ledger.rows(), options);
  if (!plan.empty()) ledger.create();
  return carry_out(db, ledger, plan, MigrationDirection::up, options);
}

std::size_t Migrator::revert(sqlite::ConnectionRef db, const MigrateOptions& options) const {
  Ledger ledger(db, ledger_);
  const auto held = lock(db, options.lock_timeout);
  return carry_out(db, ledger, plan_down(migrations_, ledger.rows(), options), MigrationDirection::down,
                   options);
}

std::size_t Migrator::baseline(sqlite::ConnectionRef db, const MigrateOptions& options) const {
  Ledger ledger(db, ledger_);
  const auto held = lock(db, options.lock_timeout);
  Transaction tx(db);
  const Plan plan = plan_up(migrations_, ledger.rows(), options);
  if (!plan.empty()) ledger.create();
  for (const Migration* migration : plan) ledger.insert(*migration, true, std::chrono::nanoseconds(-1));
  tx.commit();
  if (options.on_step)
    for (const MigrationStep& step : steps_of(plan, MigrationDirection::up)) options.on_step(step);
  return plan.size();
}

void Migrator::mark_applied(sqlite::ConnectionRef db, std::int64_t version,
                            const MigrateOptions& options) const {
  const Migration* migration = find_migration(migrations_, version);
  Ledger ledger(db, ledger_);
  const auto held = lock(db, options.lock_timeout);
  Transaction tx(db);
  if (!migration || !ledger.contains(version))
    throw MigrationError(MigrationProblem::bad_target, version,
                         fmt::format("migration {} is not {}; 'cairn migrate info' lists what is", version,
                                     migration ? "applied, so there is nothing to repair" : "known here"));
  ledger.bless(*migration);
  tx.commit();
}

void Migrator::mark_pending(sqlite::ConnectionRef db, std::int64_t version,
                            const MigrateOptions& options) const {
  Ledger ledger(db, ledger_);
  const auto held = lock(db, options.lock_timeout);
  Transaction tx(db);
  if (!ledger.contains(version))
    throw MigrationError(
        MigrationProblem::bad_target, version,
        fmt::format("migration {} is not applied; 'cairn migrate info' lists what is", version));
  ledger.remove(version);
  tx.commit();
}

}  // namespace cairn::sql
