#include "cairn/sql/database.hpp"
#include "cairn/sql/migration_set.hpp"
#include "cli/database_target.hpp"
#include "cli/exit_codes.hpp"
#include "cli/json_output.hpp"
#include "cli/verbs.hpp"

namespace cairn::cli {
namespace {

// WAL, as sqlx's: readers and the writer then never wait for each other.
bool create(const sql::ConnectOptions& found) {
  sql::ConnectOptions options = found;
  if (sql::database_exists(options)) return false;
  options.journal_mode = sql::JournalMode::wal;
  sql::create_database(options);
  return true;
}

// Nothing when the user would rather not.
std::optional<bool> drop(const Session& session, const sql::ConnectOptions& options, bool yes) {
  if (!sql::database_exists(options)) return false;
  if (!confirm(session, "Drop the database " + options.path + "?", yes)) return std::nullopt;
  return sql::drop_database(options);
}

int answer(Session& session, const sql::ConnectOptions& options, const char* what, bool done) {
  if (session.json()) {
    print_json(session, {{"database", options.path}, {what, done}});
  } else if (done) {
    session.out += std::string(what) + " " + one_line(options.path) + "\n";
  }
  return kOk;
}

}  // namespace

int run_db_create(Session& session, const DatabaseArguments& arguments) {
  const sql::ConnectOptions options = find_database(session, arguments);
  return answer(session, options, "created", create(options));
}

int run_db_drop(Session& session, const DropArguments& arguments) {
  const sql::ConnectOptions options = find_database(session, arguments.database);
  const std::optional<bool> dropped = drop(session, options, arguments.yes);
  return dropped ? answer(session, options, "dropped", *dropped) : kNothing;
}

int run_db_setup(Session& session, const MigrateArguments& arguments) {
  create(find_database(session, arguments.database));
  return run_migrate_run(session, arguments);
}

int run_db_reset(Session& session, const MigrateArguments& arguments) {
  const sql::ConnectOptions options = find_database(session, arguments.database);
  sql::MigrationSet::read(arguments.source);  // a folder that cannot be used is known before the loss
  if (!drop(session, options, arguments.yes)) return kNothing;
  return run_db_setup(session, arguments);
}

}  // namespace cairn::cli
