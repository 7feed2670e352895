// Applies migrations, each once and in order, and undoes them.
//
//   auto migrations = cairn::sql::MigrationSet::read("migrations");
//   cairn::sql::Migrator migrator(migrations);
//   migrator.run(db);                         // all that are pending
//   migrator.revert(db);                      // the last one
//   migrator.revert(db, {.target = 3});       // all above 3
//   for (const auto& m : migrator.info(db)) std::cout << m.version << ' ' << to_string(m.state) << '\n';
//
// A script and its row in the ledger are written in one transaction: one that fails leaves nothing, and
// those before it stay applied. A script that asks to run outside a transaction is marked in the ledger
// before it starts, so that one that was interrupted is known to be (`dirty`) and never runs again by
// itself; it is unmarked when it fails before it has changed anything.
//
// Whoever starts first does the work; another process that starts meanwhile waits and then finds nothing
// left to do. That is a lock on a file beside the database, FILE-migrating, which is there only while
// migrations run; after a crash an empty one may stay, and means nothing. When all are applied no lock is
// taken and nothing is written. REQUIRES for that: a folder that can be written, as SQLite wants it too.
// A database in memory needs no lock. Inside an open transaction there is none either (the transaction
// itself keeps others out, if it was begun IMMEDIATE); all is then part of it, and scripts that need to
// be outside one are refused.
//
// The ledger is sqlx's: table _sqlx_migrations (version, description, installed_on, success, checksum,
// execution_time), a checksum being the SHA-384 of the file, so sqlx and Cairn may take turns. A text
// that differs only in its line endings counts as unchanged.
//
// Errors: MigrationError; besides, what the connection throws (busy, disk_full, read_only …).
// Thread-safety: const members may be called from any thread, each with a connection of its own.
// Lifetime: the migrations must outlive it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/sql/migration.hpp"
#include "cairn/sqlite/connection_ref.hpp"

namespace cairn::sql {

class MigrationSet;

enum class MigrationDirection { up, down };

// One script that was run, or would be.
struct MigrationStep {
  std::int64_t version = 0;
  std::string description;
  MigrationDirection direction = MigrationDirection::up;
  std::chrono::nanoseconds elapsed{0};
};

struct MigrateOptions {
  // The version to end at. For run: all up to it (unset: all). For revert: all above it, 0 for all that
  // are above 0 (unset: the last one).
  std::optional<std::int64_t> target = {};
  bool ignore_missing = false;      // applied ones that are unknown here are no error
  bool allow_out_of_order = false;  // `out_of_order` and `gap` are no errors, as in sqlx
  std::chrono::milliseconds lock_timeout = std::chrono::minutes(5);  // then `locked` is thrown
  std::function<void(const MigrationStep&)> on_step = {};            // after each one
};

enum class MigrationState { pending, installed, changed, missing, dirty };

// "pending", "installed", … : the enumerator's own name.
std::string_view to_string(MigrationState state) noexcept;

struct MigrationInfo {
  std::int64_t version = 0;
  std::string description;
  MigrationState state = MigrationState::pending;
  bool reversible = false;
  std::string checksum;                  // of the text here, hexadecimal; empty when missing
  std::string applied_checksum;          // of the ledger; empty when pending
  std::string installed_on;              // UTC, "2026-11-24 20:17:39"; empty when pending
  std::chrono::nanoseconds elapsed{-1};  // -1 when not known
};

class Migrator {
 public:
  // `ledger` is the name of a table in the main database. Each set of migrations has its own: the store
  // keeps its schema's in _cairn_migrations. Throws bad_source unless versions ascend from 0, and
  // invalid_argument for a name that SQLite would not take.
  explicit Migrator(std::span<const Migration> migrations, std::string_view ledger = "_sqlx_migrations");

  Migrator(MigrationSet&&, std::string_view = {}) = delete;  // it would be gone before its migrator

  // The highest version in the ledger, 0 when there is none yet. Only reads.
  std::int64_t current_version(sqlite::ConnectionRef db) const;
  std::int64_t latest_version() const noexcept {
    return migrations_.empty() ? 0 : migrations_.back().version;
  }

  // Every migration that is here or in the ledger, in order. Only reads; throws for no state.
  std::vector<MigrationInfo> info(sqlite::ConnectionRef db) const;

  // What run() and revert() would do now, with the same errors. Only read.
  std::vector<MigrationStep> plan_run(sqlite::ConnectionRef db, const MigrateOptions& options = {}) const;
  std::vector<MigrationStep> plan_revert(sqlite::ConnectionRef db, const MigrateOptions& options = {}) const;

  // Applies what is pending. Returns how many that were, 0 when there was nothing to do.
  std::size_t run(sqlite::ConnectionRef db, const MigrateOptions& options = {}) const;
  // Undoes, newest first. One that was edited since may be undone: that is how it is tried again.
  std::size_t revert(sqlite::ConnectionRef db, const MigrateOptions& options = {}) const;
  // Marks what run() would apply as applied, without running it: the database has it all already.
  std::size_t baseline(sqlite::ConnectionRef db, const MigrateOptions& options = {}) const;

  // Repair, after somebody has looked. The first says that the database is as the text here leaves it
  // (the remedy for `changed`, and for a `dirty` one that was finished by hand); the second that it is as
  // if the migration had never run (`dirty` and undone by hand; `missing` and not wanted back).
  // Throw bad_target for a version that is not here, or not in the ledger.
  void mark_applied(sqlite::ConnectionRef db, std::int64_t version, const MigrateOptions& options = {}) const;
  void mark_pending(sqlite::ConnectionRef db, std::int64_t version, const MigrateOptions& options = {}) const;

 private:
  std::span<const Migration> migrations_;
  std::string ledger_;
};

}  // namespace cairn::sql
