// Forward migrations, each applied once and in order, all that are pending in one transaction together
// with their rows in the ledger. Whoever starts first does the work; another process that starts
// meanwhile waits and then finds nothing left to do.
//
//   const cairn::sql::Migration migrations[] = {{1, "initial schema", "CREATE TABLE …"}};
//   cairn::sql::Migrator(migrations).run(db);
//
// The ledger has the columns of sqlx's (version, description, installed_on, success, checksum,
// execution_time); a checksum is the SHA-384 of the SQL text.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/sqlite/connection_ref.hpp"

namespace cairn::sql {

struct Migration {
  std::int64_t version;
  std::string_view description;
  std::string_view sql;
};

class Migrator {
 public:
  // `migrations` in ascending order of version; they and `ledger` must outlive the migrator.
  explicit Migrator(std::span<const Migration> migrations, std::string_view ledger = "_migrations")
      : migrations_(migrations), ledger_(ledger) {}

  // The highest version in the ledger, 0 when there is none yet. Only reads.
  std::int64_t current_version(sqlite::ConnectionRef db) const;
  std::int64_t latest_version() const noexcept {
    return migrations_.empty() ? 0 : migrations_.back().version;
  }

  // Throws `migration` when an applied one has changed, is unknown here or was left unfinished, and when
  // a pending one fails; the database is then as it was.
  void run(sqlite::ConnectionRef db) const;

 private:
  void verify(sqlite::ConnectionRef db) const;
  void apply(sqlite::ConnectionRef db, const Migration& migration) const;

  std::span<const Migration> migrations_;
  std::string_view ledger_;
};

}  // namespace cairn::sql
