#include <map>

#include "cli/exit_codes.hpp"
#include "cli/grammar.hpp"
#include "cli/verbs.hpp"

namespace cairn::cli {
namespace {

void add_database(CLI::App& verb, DatabaseArguments& arguments) {
  verb.add_option("-D,--database-url", arguments.url,
                  "The database, as sqlite:FILE; else --db, else $DATABASE_URL, else that of an .env file")
      ->type_name("URL");
  verb.add_flag("--no-dotenv", arguments.no_dotenv, "Look into no .env file");
  verb.add_option("--connect-timeout", arguments.connect_timeout, "How many seconds to wait for a lock")
      ->type_name("SECONDS")
      ->check(CLI::Range(0u, 86400u))
      ->capture_default_str();
}

void add_source(CLI::App& verb, std::string& source) {
  verb.add_option("--source", source, "The folder of the migrations")
      ->type_name("DIR")
      ->capture_default_str();
}

void add_yes(CLI::App& verb, bool& yes) {
  verb.add_flag("-y,--yes", yes, "Do not ask");
}

// sqlx has it for servers whose connections it would cut; a file has none.
void add_force(CLI::App& verb) {
  verb.add_flag("-f,--force")->description("Accepted as in sqlx; a SQLite file needs no force");
}

void add_choice_of_migrations(CLI::App& verb, MigrateArguments& arguments, const char* target) {
  verb.add_flag("--dry-run", arguments.dry_run, "Only say what would be done");
  verb.add_flag("--ignore-missing", arguments.ignore_missing, "Applied ones without a file are no error");
  verb.add_option("--target-version", arguments.target, target)
      ->type_name("VERSION")
      ->check(CLI::NonNegativeNumber.description(""));
}

void add_out_of_order(CLI::App& verb, MigrateArguments& arguments) {
  verb.add_flag("--allow-out-of-order", arguments.allow_out_of_order,
                "Apply pending ones that are older than applied ones, and numbers with gaps, as sqlx does");
}

void declare_db(CLI::App& app, CommandLine& line) {
  CLI::App& db = add_verb(app, "db", "Create, drop and set up a database of your own", R"(
  cairn db setup -D sqlite:tasks.db    create it, and apply the migrations of ./migrations
  cairn db reset -y                    drop it first; DATABASE_URL says which
)");
  db.require_subcommand(1);
  CLI::App& create = add_verb(db, "create", "Create an empty database, unless it exists", R"(
  cairn db create -D sqlite:tasks.db
)");
  add_database(create, *declare<DatabaseArguments>(create, line, run_db_create));

  CLI::App& drop = add_verb(db, "drop", "Remove a database with its -wal and -shm", R"(
  cairn db drop -y
)");
  auto drop_arguments = declare<DropArguments>(drop, line, run_db_drop);
  add_yes(drop, drop_arguments->yes);
  add_force(drop);
  add_database(drop, drop_arguments->database);

  CLI::App& reset = add_verb(db, "reset", "Drop, create, apply all migrations", R"(
  cairn db reset -y --source db/migrations
)");
  auto reset_arguments = declare<MigrateArguments>(reset, line, run_db_reset);
  add_yes(reset, reset_arguments->yes);
  add_force(reset);
  add_source(reset, reset_arguments->source);
  add_database(reset, reset_arguments->database);

  CLI::App& setup = add_verb(db, "setup", "Create unless it exists, apply pending migrations", R"(
  cairn db setup
)");
  auto setup_arguments = declare<MigrateArguments>(setup, line, run_db_setup);
  add_source(setup, setup_arguments->source);
  add_database(setup, setup_arguments->database);
}

void declare_add(CLI::App& migrate, CommandLine& line) {
  CLI::App& add = add_verb(migrate, "add", "Write an empty migration", R"(
  cairn migrate add create notes       20261124101500_create_notes.sql
  cairn migrate add -r -s authors      0001_authors.up.sql and 0001_authors.down.sql; the next are like it
)");
  auto arguments = declare<MigrateAddArguments>(add, line, run_migrate_add);
  add.add_option("description", arguments->description, "What it does, in a few words")
      ->type_name("DESCRIPTION")
      ->required();
  CLI::Option* reversible = add.add_flag("-r,--reversible", arguments->reversible,
                                         "With a script that undoes it (default: as the last one)");
  add.add_flag("--simple", arguments->simple, "Without one")->excludes(reversible);
  CLI::Option* timestamp =
      add.add_flag("-t,--timestamp", arguments->timestamp,
                   "Versions are times, YYYYMMDDHHMMSS in UTC (default: as the last ones)");
  add.add_flag("-s,--sequential", arguments->sequential, "Versions are 0001, 0002, …")->excludes(timestamp);
  add_source(add, arguments->source);
}

void declare_forward_and_back(CLI::App& migrate, CommandLine& line) {
  CLI::App& run = add_verb(migrate, "run", "Apply what is pending", R"(
  cairn migrate run
  cairn migrate run --target-version 7 --dry-run
)");
  auto up = declare<MigrateArguments>(run, line, run_migrate_run);
  add_choice_of_migrations(run, *up, "End with this one");
  add_out_of_order(run, *up);

  CLI::App& revert = add_verb(migrate, "revert", "Undo the last one, or more", R"(
  cairn migrate revert
  cairn migrate revert --target-version 3
  cairn migrate revert --target-version 0      all of them
)");
  auto down = declare<MigrateArguments>(revert, line, run_migrate_revert);
  add_choice_of_migrations(revert, *down, "Undo those above this one; 0: all");

  CLI::App& baseline = add_verb(migrate, "baseline", "Mark pending ones as applied without running them", R"(
  cairn migrate baseline --target-version 3    the database has what 1 to 3 would make
)");
  auto skipped = declare<MigrateArguments>(baseline, line, run_migrate_baseline);
  add_choice_of_migrations(baseline, *skipped, "End with this one");
  add_out_of_order(baseline, *skipped);

  CLI::App& info = add_verb(migrate, "info", "List migrations and their states; changes nothing", R"(
  cairn migrate info --json
)");
  auto listed = declare<MigrateArguments>(info, line, run_migrate_info);

  for (const auto& [verb, arguments] :
       {std::pair(&run, up), {&revert, down}, {&baseline, skipped}, {&info, listed}}) {
    add_source(*verb, arguments->source);
    add_database(*verb, arguments->database);
  }
}

void declare_repair(CLI::App& migrate, CommandLine& line) {
  CLI::App& repair = add_verb(migrate, "repair", "Correct what the ledger says of one migration", R"(
  cairn migrate repair 3               its file was edited, and the database is right as it is
  cairn migrate repair 4 --pending     it was interrupted, and what it had done is undone by hand
)");
  auto arguments = declare<RepairArguments>(repair, line, run_migrate_repair);
  repair.add_option("version", arguments->version, "Which one")->type_name("VERSION")->required();
  CLI::Option* applied = repair.add_flag(
      "--applied", arguments->applied, "The database has all of it (the default, but for interrupted ones)");
  repair.add_flag("--pending", arguments->pending, "The database has nothing of it")->excludes(applied);
  add_yes(repair, arguments->yes);
  add_source(repair, arguments->source);
  add_database(repair, arguments->database);
}

void declare_vec(CLI::App& app, CommandLine& line) {
  CLI::App& vec = add_verb(app, "vec", "Look after vec0 tables of a database of your own", R"(
  cairn vec convert notes --to cairn -D sqlite:agent.db
)");
  vec.require_subcommand(1);
  CLI::App& convert = add_verb(vec, "convert", "Change how a vec0 table is stored; nothing else changes", R"(
  cairn vec convert notes --to cairn   Cairn's own format, with its index
  cairn vec convert notes --to flat    sqlite-vec's, which its programs read
)");
  auto arguments = declare<ConvertArguments>(convert, line, run_vec_convert);
  convert.add_option("table", arguments->table, "The name of the table")->type_name("TABLE")->required();
  static const std::map<std::string, vec0::Index> kinds{{"cairn", vec0::Index::cairn},
                                                        {"flat", vec0::Index::flat}};
  convert.add_option("--to", arguments->to, "How it shall be stored")
      ->type_name("cairn|flat")
      ->required()
      ->transform(CLI::CheckedTransformer(kinds).description(""));
  add_database(convert, arguments->database);
}

void declare_prepare(CLI::App& app, CommandLine& line) {
  CLI::App& prepare =
      add_verb(app, "prepare", "Check the SQL of a build's C++ sources, and write its cache", R"(
  cairn prepare                        ./build or ./build/*; writes .cairn, to be committed
  cairn prepare build/release --check  for CI: says what is wrong or stale, writes nothing
  cairn prepare --watch                keeps the headers fresh for an editor, until Ctrl-C
)");
  auto arguments = declare<PrepareArguments>(prepare, line, run_prepare);
  prepare.add_option("build_dir", arguments->build_dir, "The build folder, configured with CMake")
      ->type_name("BUILD_DIR");
  CLI::Option* check =
      prepare.add_flag("--check", arguments->check, "Only look; exit code 1 when something is to be done");
  prepare.add_flag("--watch", arguments->watch, "Check again whenever a file changes")->excludes(check);
}

}  // namespace

void declare_database_verbs(CLI::App& app, CommandLine& line) {
  declare_db(app, line);
  CLI::App& migrate =
      add_verb(app, "migrate", "Write, apply and undo migrations of a database of your own", R"(
  cairn migrate add create notes
  cairn migrate run -D sqlite:tasks.db
  cairn migrate info
)");
  migrate.require_subcommand(1);
  declare_add(migrate, line);
  declare_forward_and_back(migrate, line);
  declare_repair(migrate, line);
  declare_vec(app, line);
  declare_prepare(app, line);
}

}  // namespace cairn::cli
