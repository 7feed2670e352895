#include "check/schema.hpp"

#include "cairn/sql/migration_set.hpp"
#include "cairn/sql/migrator.hpp"
#include "cairn/vec0.hpp"
#include "check/files.hpp"
#include "sql/script.hpp"
#include "sqlite/api.hpp"

namespace cairn::check {

sql::Connection make_schema(const SchemaSources& sources) {
  sql::ConnectOptions options;
  options.loadable_extensions = sources.extensions;
  options.extensions.push_back([](sqlite::ConnectionRef db) { vec0::register_vec0(db.handle()); });
  sql::Connection db(options);
  if (!sources.migrations.empty()) {
    const sql::MigrationSet migrations = sql::MigrationSet::read(sources.migrations);
    sql::Migrator(migrations).run(db, {.allow_out_of_order = true});
  }
  for (const std::filesystem::path& stub : sources.stubs)
    sql::Script(read_file(stub), stub.string()).run_alone(db);
  // A misspelt column in double quotes shall be an error and not a string
  // (https://www.sqlite.org/quirks.html#dblquote).
  sqlite3_db_config(db.handle(), SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  return db;
}

}  // namespace cairn::check
