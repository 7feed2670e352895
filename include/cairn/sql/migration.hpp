// One migration, and what can be wrong with one.
//
//   constexpr cairn::sql::Migration migrations[] = {
//       {1, "notes", "CREATE TABLE notes(id INTEGER PRIMARY KEY, text TEXT NOT NULL)"},
//       {2, "authors", "ALTER TABLE notes ADD COLUMN author TEXT"},
//   };
//   try { cairn::sql::Migrator(migrations).run(db); }
//   catch (const cairn::sql::MigrationError& e) {
//     if (e.problem() == cairn::sql::MigrationProblem::changed) …   // and e.version() says which
//   }
//
// Comments at the head of a script direct how it runs:
//   -- no-transaction      at the very start: outside a transaction, for VACUUM, journal_mode and the like
//   -- foreign-keys: off   foreign keys are not enforced while it runs; all of them are checked before the
//                          commit, and a row that breaks one undoes the migration. For rebuilding tables.
//                          sqlx sees a plain comment and enforces them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "cairn/error.hpp"

namespace cairn::sql {

// Views: the texts must outlive it. MigrationSet owns those that it reads from files.
struct Migration {
  std::int64_t version = 0;  // from 0
  std::string_view description = {};
  std::string_view sql = {};                   // statements, byte for byte as the checksum sees them
  std::optional<std::string_view> down = {};   // undoes them; none: it cannot be reverted
  std::string_view file = {}, down_file = {};  // where they came from, for messages
};

enum class MigrationProblem {
  bad_source = 1,    // a file's name, text or directive, two files of one version, a folder that is not there
  missing = 2,       // applied to the database, unknown here
  changed = 3,       // its text differs from what was applied, by more than line endings
  dirty = 4,         // it was interrupted outside a transaction
  out_of_order = 5,  // pending, but a newer one is applied
  gap = 6,           // a number is left out in front of a pending one (1, 2, 4)
  failed = 7,        // one of its statements; that script left nothing, unless the message says otherwise
  irreversible = 8,  // it has no down script
  bad_target = 9,    // the target version does not exist, or lies in the other direction
  locked = 10,       // another process did not finish migrating in time
};

// "bad_source", "missing", … : the enumerator's own name.
std::string_view to_string(MigrationProblem problem) noexcept;

// An Error of code `migration`, for programs that want to know more.
class MigrationError : public Error {
 public:
  MigrationError(MigrationProblem problem, std::int64_t version, std::string message, int sqlite_code = 0)
      : Error(ErrorCode::migration, std::move(message), sqlite_code), problem_(problem), version_(version) {}

  MigrationProblem problem() const noexcept { return problem_; }
  // The migration that it is about; 0 when there is none (a folder, the lock).
  std::int64_t version() const noexcept { return version_; }

 private:
  MigrationProblem problem_;
  std::int64_t version_;
};

}  // namespace cairn::sql
