#include "check/schema.hpp"

#include <chrono>
#include <string_view>

#include "cairn/sql/migration_set.hpp"
#include "cairn/sql/migrator.hpp"
#include "cairn/vec0.hpp"
#include "check/files.hpp"
#include "sql/script.hpp"
#include "sqlite/api.hpp"

namespace cairn::check {
namespace {

// A migration that never ends would be a build that never ends.
constexpr std::chrono::seconds kTimeLimit(60);

// Checking a project must not touch the user's files: a script may attach a database in memory (VACUUM
// attaches one of its own, without a name) and no other.
int forbid_files(void*, int action, const char* file, const char*, const char*, const char*) {
  if (action != SQLITE_ATTACH) return SQLITE_OK;
  const std::string_view name = file ? file : "?";
  return name.empty() || name == ":memory:" ? SQLITE_OK : SQLITE_DENY;
}

}  // namespace

sql::Connection make_schema(const SchemaSources& sources) {
  sql::ConnectOptions options;
  options.loadable_extensions = sources.extensions;
  options.extensions.push_back([](sqlite::ConnectionRef db) { vec0::register_vec0(db.handle()); });
  sql::Connection db(options);
  sqlite3_set_authorizer(db.handle(), forbid_files, nullptr);
  const auto deadline = std::chrono::steady_clock::now() + kTimeLimit;
  db.on_progress(100'000, [deadline] { return std::chrono::steady_clock::now() < deadline; });
  if (!sources.migrations.empty()) {
    const sql::MigrationSet migrations = sql::MigrationSet::read(sources.migrations);
    sql::Migrator(migrations).run(db, {.allow_out_of_order = true});
  }
  for (const std::filesystem::path& stub : sources.stubs)
    sql::Script(read_file(stub), stub.string()).run_alone(db);
  // A misspelt column in double quotes shall be an error and not a string
  // (https://www.sqlite.org/quirks.html#dblquote).
  sqlite3_db_config(db.handle(), SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  db.on_progress(0, {});
  sqlite3_set_authorizer(db.handle(), nullptr, nullptr);
  return db;
}

}  // namespace cairn::check
