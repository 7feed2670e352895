#include "sql/ledger.hpp"

#include <fmt/format.h>

#include "base/utf8.hpp"
#include "cairn/sql/transaction.hpp"
#include "sql/checksum.hpp"

namespace cairn::sql {

namespace {

std::string quoted(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + '"';
}

}  // namespace

void check_ledger_name(std::string_view name) {
  if (name.empty() || name.find('\0') != std::string_view::npos || !utf8::is_valid(name) ||
      name.starts_with("sqlite_"))
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format("'{}' cannot be the name of a ledger; it is a table's name in UTF-8 that does not begin "
                    "with sqlite_",
                    utf8::sanitize(name)));
}

Ledger::Ledger(sqlite::ConnectionRef db, std::string_view name)
    : db_(db), name_(name), table_("main." + quoted(name)) {}

bool Ledger::exists() const {
  return db_.query_one<bool>(
      "SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE", name_);
}

void Ledger::create() {
  if (exists()) return;
  Transaction tx(db_);
  db_.execute(
      fmt::format("CREATE TABLE IF NOT EXISTS {}("
                  "version BIGINT PRIMARY KEY, description TEXT NOT NULL, "
                  "installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, "
                  "checksum BLOB NOT NULL, execution_time BIGINT NOT NULL)",
                  table_));
  tx.commit();
}

std::vector<LedgerRow> Ledger::rows() const {
  std::vector<LedgerRow> rows;
  if (!exists()) return rows;
  sqlite::Statement st = db_.prepare(fmt::format(
      "SELECT version, description, success, checksum, CAST(installed_on AS TEXT), execution_time "
      "FROM {} ORDER BY version",
      table_));
  while (st.step()) {
    const auto checksum = st.get<sqlite::Bytes>(3);
    rows.push_back({st.get<std::int64_t>(0), st.get<std::string>(1), st.get<bool>(2),
                    std::vector<std::byte>(checksum.begin(), checksum.end()), st.get<std::string>(4),
                    std::chrono::nanoseconds(st.get<std::int64_t>(5))});
  }
  return rows;
}

std::int64_t Ledger::current_version() const {
  if (!exists()) return 0;
  return db_.query_one<std::int64_t>(fmt::format("SELECT coalesce(max(version), 0) FROM {}", table_));
}

bool Ledger::contains(std::int64_t version) const {
  return exists() &&
         db_.query_one<bool>(fmt::format("SELECT count(*) FROM {} WHERE version = ?", table_), version);
}

void Ledger::insert(const Migration& migration, bool success, std::chrono::nanoseconds execution_time) {
  db_.execute(fmt::format("INSERT INTO {}(version, description, success, checksum, execution_time) "
                          "VALUES (?, ?, ?, ?, ?)",
                          table_),
              migration.version, migration.description, success, sqlite::Bytes(checksum_of(migration.sql)),
              std::int64_t{execution_time.count()});
}

void Ledger::set_success(std::int64_t version, bool success) {
  db_.execute(fmt::format("UPDATE {} SET success = ? WHERE version = ?", table_), success, version);
}

void Ledger::mark_done(std::int64_t version, std::chrono::nanoseconds execution_time) {
  db_.execute(fmt::format("UPDATE {} SET success = TRUE, execution_time = ? WHERE version = ?", table_),
              std::int64_t{execution_time.count()}, version);
}

void Ledger::bless(const Migration& migration) {
  db_.execute(
      fmt::format("UPDATE {} SET success = TRUE, checksum = ?, description = ? WHERE version = ?", table_),
      sqlite::Bytes(checksum_of(migration.sql)), migration.description, migration.version);
}

void Ledger::remove(std::int64_t version) {
  db_.execute(fmt::format("DELETE FROM {} WHERE version = ?", table_), version);
}

}  // namespace cairn::sql
