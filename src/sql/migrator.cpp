#include "cairn/sql/migrator.hpp"

#include <fmt/format.h>

// libmd's header has no extern "C" of its own everywhere it ships.
extern "C" {
#include <sha512.h>
}

#include <algorithm>
#include <array>
#include <chrono>

#include "cairn/error.hpp"
#include "cairn/sql/transaction.hpp"

namespace cairn::sql {

namespace {

using Checksum = std::array<std::byte, SHA384_DIGEST_LENGTH>;

Checksum checksum_of(std::string_view sql) {
  SHA2_CTX context;
  SHA384Init(&context);
  SHA384Update(&context, reinterpret_cast<const std::uint8_t*>(sql.data()), sql.size());
  Checksum digest;
  SHA384Final(reinterpret_cast<std::uint8_t*>(digest.data()), &context);
  return digest;
}

bool has_table(sqlite::ConnectionRef db, std::string_view table) {
  return db.query_one<bool>("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?", table);
}

}  // namespace

std::int64_t Migrator::current_version(sqlite::ConnectionRef db) const {
  if (!has_table(db, ledger_)) return 0;
  return db.query_one<std::int64_t>(fmt::format("SELECT coalesce(max(version), 0) FROM {}", ledger_));
}

void Migrator::run(sqlite::ConnectionRef db) const {
  Transaction tx(db);
  db.execute(
      fmt::format("CREATE TABLE IF NOT EXISTS {}("
                  "version BIGINT PRIMARY KEY, description TEXT NOT NULL, "
                  "installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, "
                  "checksum BLOB NOT NULL, execution_time BIGINT NOT NULL)",
                  ledger_));
  verify(db);
  const std::int64_t current = current_version(db);
  for (const Migration& migration : migrations_)
    if (migration.version > current) apply(db, migration);
  tx.commit();
}

void Migrator::verify(sqlite::ConnectionRef db) const {
  sqlite::Statement rows =
      db.prepare(fmt::format("SELECT version, checksum, success FROM {} ORDER BY version", ledger_));
  while (rows.step()) {
    const auto version = rows.get<std::int64_t>(0);
    const auto known = std::find_if(migrations_.begin(), migrations_.end(),
                                    [version](const Migration& m) { return m.version == version; });
    if (known == migrations_.end())
      throw Error(ErrorCode::migration,
                  fmt::format("migration {} was applied to this database but is not known here; "
                              "use the version of the program that wrote it, or a newer one",
                              version));
    if (!rows.get<bool>(2))
      throw Error(
          ErrorCode::migration,
          fmt::format("migration {} was left unfinished; restore the backup and run it again", version));
    if (!std::ranges::equal(rows.get<sqlite::Bytes>(1), checksum_of(known->sql)))
      throw Error(ErrorCode::migration,
                  fmt::format("migration {} ('{}') has changed since it was applied; applied "
                              "migrations are never edited, add a new one",
                              version, known->description));
  }
}

void Migrator::apply(sqlite::ConnectionRef db, const Migration& migration) const {
  const auto begin = std::chrono::steady_clock::now();
  try {
    db.execute_script(migration.sql);
  } catch (const Error& e) {
    throw Error(
        ErrorCode::migration,
        fmt::format("migration {} ('{}') failed: {}", migration.version, migration.description, e.what()),
        e.sqlite_code());
  }
  const auto elapsed = std::chrono::steady_clock::now() - begin;
  db.execute(fmt::format("INSERT INTO {}(version, description, success, checksum, execution_time) "
                         "VALUES (?, ?, TRUE, ?, ?)",
                         ledger_),
             migration.version, migration.description, sqlite::Bytes(checksum_of(migration.sql)),
             std::int64_t{std::chrono::duration_cast<std::chrono::nanoseconds>(elapsed).count()});
}

}  // namespace cairn::sql
