#include "sql/migration_run.hpp"

#include <fmt/format.h>

#include "cairn/sql/transaction.hpp"
#include "sql/script.hpp"
#include "sqlite/api.hpp"

namespace cairn::sql {

namespace {

using Clock = std::chrono::steady_clock;

// SQLite ignores PRAGMA foreign_keys inside a transaction, so this surrounds one.
class ForeignKeysOff {
 public:
  explicit ForeignKeysOff(sqlite::ConnectionRef db)
      : db_(db), before_(db.query_one<bool>("PRAGMA foreign_keys")) {
    set(false);
  }
  ForeignKeysOff(const ForeignKeysOff&) = delete;
  ForeignKeysOff& operator=(const ForeignKeysOff&) = delete;
  ~ForeignKeysOff() { set(before_); }

 private:
  void set(bool on) noexcept {
    sqlite3_db_config(db_.handle(), SQLITE_DBCONFIG_ENABLE_FKEY, on ? 1 : 0, nullptr);
  }

  sqlite::ConnectionRef db_;
  bool before_;
};

void require_whole_references(sqlite::ConnectionRef db) {
  sqlite::Statement broken = db.prepare("PRAGMA foreign_key_check");
  if (!broken.step()) return;
  const auto rowid = broken.get<std::optional<std::int64_t>>(1);
  throw Error(
      ErrorCode::foreign_key,
      fmt::format(
          "it leaves {} of '{}' with a reference to a row of '{}' that is not there; move or remove both",
          rowid ? fmt::format("row {}", *rowid) : "a row", broken.get<std::string>(0),
          broken.get<std::string>(2)));
}

// One script on its way.
class Run {
 public:
  Run(sqlite::ConnectionRef db, Ledger& ledger, const Migration& migration, MigrationDirection direction)
      : db_(db), ledger_(ledger), migration_(migration), up_(direction == MigrationDirection::up) {}

  // Whether it was done here.
  bool run();
  std::chrono::nanoseconds elapsed() const { return Clock::now() - start_; }

 private:
  bool run_in_transaction(Script& script, bool check_references);
  bool run_alone(Script& script);
  bool mark();
  void unmark();
  bool done_by_others() const { return ledger_.contains(migration_.version) == up_; }

  void require_no_transaction() const;
  std::string_view text() const { return up_ ? migration_.sql : *migration_.down; }
  std::string place() const;
  [[noreturn]] void fail(MigrationProblem problem, const Error& error, std::string_view rest = "") const;

  sqlite::ConnectionRef db_;
  Ledger& ledger_;
  const Migration& migration_;
  bool up_;
  Clock::time_point start_ = Clock::now();
};

bool Run::run() {
  try {
    const Directives directives = directives_of(text());
    Script script(text(), place());
    if (directives.no_transaction) return run_alone(script);
    if (!directives.foreign_keys_off) return run_in_transaction(script, false);
    if (db_.query_one<bool>("PRAGMA foreign_keys")) require_no_transaction();
    const ForeignKeysOff off(db_);
    return run_in_transaction(script, true);
  } catch (const MigrationError&) {
    throw;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::invalid_argument) throw;
    fail(MigrationProblem::bad_source, error);
  }
}

bool Run::run_in_transaction(Script& script, bool check_references) {
  Transaction tx(db_);
  if (done_by_others()) return false;
  try {
    script.run_in_transaction(db_);
    if (check_references) require_whole_references(db_);
    if (up_) {
      ledger_.insert(migration_, true, elapsed());
    } else {
      ledger_.remove(migration_.version);
    }
    tx.commit();
  } catch (const Error& error) {
    fail(MigrationProblem::failed, error);
  }
  return true;
}

// The mark goes before, and what it stands for comes after.
bool Run::run_alone(Script& script) {
  require_no_transaction();
  if (!mark()) return false;
  try {
    script.run_alone(db_);
  } catch (const Error& error) {
    if (script.left_traces())
      fail(MigrationProblem::failed, error,
           "; what the statements before it did has stayed, and the migration is marked as dirty until it is "
           "repaired");
    unmark();
    fail(MigrationProblem::failed, error);
  }
  if (up_) {
    ledger_.mark_done(migration_.version, elapsed());
  } else {
    ledger_.remove(migration_.version);
  }
  return true;
}

bool Run::mark() {
  Transaction tx(db_);
  if (done_by_others()) return false;
  if (up_) {
    ledger_.insert(migration_, false, std::chrono::nanoseconds(-1));
  } else {
    ledger_.set_success(migration_.version, false);
  }
  tx.commit();
  return true;
}

void Run::unmark() {
  if (up_) {
    ledger_.remove(migration_.version);
  } else {
    ledger_.set_success(migration_.version, true);
  }
}

void Run::require_no_transaction() const {
  if (db_.in_transaction())
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format(
            "{}: its directive takes effect outside a transaction only, and one is open; commit that first",
            place()));
}

std::string Run::place() const {
  const std::string_view file = up_ ? migration_.file : migration_.down_file;
  return file.empty() ? "line" : std::string(file);
}

void Run::fail(MigrationProblem problem, const Error& error, std::string_view rest) const {
  throw MigrationError(problem, migration_.version,
                       fmt::format("cannot {} migration {} ('{}'): {}{}", up_ ? "apply" : "revert",
                                   migration_.version, migration_.description, error.what(), rest),
                       error.sqlite_code());
}

}  // namespace

std::optional<MigrationStep> run_migration(sqlite::ConnectionRef db, Ledger& ledger,
                                           const Migration& migration, MigrationDirection direction) {
  Run run(db, ledger, migration, direction);
  if (!run.run()) return std::nullopt;
  return MigrationStep{migration.version, std::string(migration.description), direction, run.elapsed()};
}

}  // namespace cairn::sql
