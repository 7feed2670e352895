// The table that says which migrations were applied; sqlx's, column for column.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/sql/migration.hpp"
#include "cairn/sqlite/connection_ref.hpp"

namespace cairn::sql {

struct LedgerRow {
  std::int64_t version = 0;
  std::string description;
  bool success = false;
  std::vector<std::byte> checksum;
  std::string installed_on;
  std::chrono::nanoseconds execution_time{-1};
};

class Ledger {
 public:
  // Throws invalid_argument for a name that cannot be a table's.
  Ledger(sqlite::ConnectionRef db, std::string_view name);

  bool exists() const;
  void create();                        // unless it exists
  std::vector<LedgerRow> rows() const;  // by version; none while it does not exist
  std::int64_t current_version() const;
  bool contains(std::int64_t version) const;

  // REQUIRE: it exists.
  void insert(const Migration& migration, bool success, std::chrono::nanoseconds execution_time);
  void set_success(std::int64_t version, bool success);
  void mark_done(std::int64_t version, std::chrono::nanoseconds execution_time);
  // The row as it is after the migration was applied with the text that it has here.
  void bless(const Migration& migration);
  void remove(std::int64_t version);

 private:
  sqlite::ConnectionRef db_;
  std::string name_;
  std::string table_;  // quoted
};

// Throws invalid_argument for a name that cannot be a table's.
void check_ledger_name(std::string_view name);

}  // namespace cairn::sql
