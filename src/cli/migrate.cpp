#include <fmt/format.h>

#include "cairn/sql/migration_set.hpp"
#include "cairn/sql/migrator.hpp"
#include "cli/database_target.hpp"
#include "cli/exit_codes.hpp"
#include "cli/json_output.hpp"
#include "cli/verbs.hpp"

namespace cairn::cli {
namespace {

using sql::MigrationDirection;
using sql::MigrationState;

Json to_json(const sql::MigrationStep& step) {
  return {{"version", step.version},
          {"description", step.description},
          {"direction", step.direction == MigrationDirection::up ? "up" : "down"},
          {"elapsed_ms", std::chrono::duration<double, std::milli>(step.elapsed).count()}};
}

std::string milliseconds(std::chrono::nanoseconds elapsed) {
  return fmt::format("({:.3f}ms)", std::chrono::duration<double, std::milli>(elapsed).count());
}

// What happens while a verb works: told as it happens, so that it is told also when a later step fails.
class Steps {
 public:
  Steps(Session& session, const char* verb) : session_(session), verb_(verb) {}

  void add(const sql::MigrationStep& step) {
    rows_.push_back(to_json(step));
    if (session_.json()) return;
    const Style style = session_.style();
    session_.out += fmt::format("{} {}/{} {} {}\n", verb_, style.path(std::to_string(step.version)),
                                step.direction == MigrationDirection::up ? "migrate" : "revert",
                                one_line(step.description), style.dim(milliseconds(step.elapsed)));
  }
  void fail(const Error& error) {
    if (session_.json())
      print_json(session_, {{"dry_run", false}, {"migrations", rows_}, {"error", error.what()}});
  }
  int answer(bool dry_run, const char* nothing) {
    if (session_.json()) print_json(session_, {{"dry_run", dry_run}, {"migrations", rows_}});
    if (!session_.json() && rows_.empty()) session_.say(nothing);
    return kOk;
  }

 private:
  Session& session_;
  const char* verb_;
  Json rows_ = Json::array();
};

sql::MigrateOptions options_of(const MigrateArguments& arguments, Steps& steps) {
  return {.target = arguments.target,
          .ignore_missing = arguments.ignore_missing,
          .allow_out_of_order = arguments.allow_out_of_order,
          .on_step = [&steps](const sql::MigrationStep& step) { steps.add(step); }};
}

// The two ways of a verb: to plan, and to do. The migrations are read before the database is touched.
template <class Plan, class Do>
int plan_or_do(Session& session, const MigrateArguments& arguments, const char* verb, const char* nothing,
               const Plan& plan, const Do& carry_out) {
  const sql::MigrationSet migrations = sql::MigrationSet::read(arguments.source);
  const sql::Migrator migrator(migrations);
  sql::Connection db = open_database(find_database(session, arguments.database), !arguments.dry_run);
  Steps steps(session, arguments.dry_run ? "Can apply" : verb);
  const sql::MigrateOptions options = options_of(arguments, steps);
  if (arguments.dry_run) {
    for (const sql::MigrationStep& step : plan(migrator, db, options)) steps.add(step);
  } else {
    try {
      carry_out(migrator, db, options);
    } catch (const Error& error) {
      steps.fail(error);
      throw;
    }
  }
  return steps.answer(arguments.dry_run, nothing);
}

void show(Session& session, const sql::MigrationInfo& info) {
  const Style style = session.style();
  const bool changed = info.state == MigrationState::changed;
  const std::string_view state = changed ? "installed (different checksum)" : to_string(info.state);
  session.out +=
      fmt::format("{}/{} {}\n", style.path(std::to_string(info.version)),
                  info.state == MigrationState::installed ? std::string(state) : style.match(state),
                  one_line(info.description));
  if (changed)
    session.out += fmt::format("applied migration had checksum {}\nlocal migration has checksum {}\n",
                               info.applied_checksum, info.checksum);
}

Json to_json(const sql::MigrationInfo& info) {
  return {{"version", info.version},
          {"description", info.description},
          {"state", to_string(info.state)},
          {"reversible", info.reversible},
          {"installed_on", info.installed_on.empty() ? Json(nullptr) : Json(info.installed_on)},
          {"checksum", info.checksum},
          {"applied_checksum", info.applied_checksum}};
}

}  // namespace

int run_migrate_run(Session& session, const MigrateArguments& arguments) {
  return plan_or_do(
      session, arguments, "Applied", "nothing is pending",
      [](const auto& migrator, auto& db, const auto& options) { return migrator.plan_run(db, options); },
      [](const auto& migrator, auto& db, const auto& options) { migrator.run(db, options); });
}

int run_migrate_revert(Session& session, const MigrateArguments& arguments) {
  return plan_or_do(
      session, arguments, "Applied", "there is nothing to revert",
      [](const auto& migrator, auto& db, const auto& options) { return migrator.plan_revert(db, options); },
      [](const auto& migrator, auto& db, const auto& options) { migrator.revert(db, options); });
}

int run_migrate_baseline(Session& session, const MigrateArguments& arguments) {
  return plan_or_do(
      session, arguments, "Marked as applied", "nothing is pending",
      [](const auto& migrator, auto& db, const auto& options) { return migrator.plan_run(db, options); },
      [](const auto& migrator, auto& db, const auto& options) { migrator.baseline(db, options); });
}

int run_migrate_info(Session& session, const MigrateArguments& arguments) {
  const sql::MigrationSet migrations = sql::MigrationSet::read(arguments.source);
  sql::Connection db = open_database(find_database(session, arguments.database), false);
  Json rows = Json::array();
  for (const sql::MigrationInfo& info : sql::Migrator(migrations).info(db)) {
    rows.push_back(to_json(info));
    if (!session.json()) show(session, info);
  }
  if (session.json()) print_json(session, {{"migrations", std::move(rows)}});
  return kOk;
}

int run_migrate_repair(Session& session, const RepairArguments& arguments) {
  const sql::MigrationSet migrations = sql::MigrationSet::read(arguments.source);
  sql::Connection db = open_database(find_database(session, arguments.database), true);
  const sql::Migrator migrator(migrations);
  for (const sql::MigrationInfo& info : migrator.info(db)) {
    if (info.version != arguments.version) continue;
    if (info.state == MigrationState::dirty && !arguments.applied && !arguments.pending)
      throw UsageError(
          fmt::format("migration {} was interrupted: look at what it did, finish or undo that by hand, then "
                      "say --applied or --pending",
                      info.version));
    const std::string question = fmt::format(
        "Mark migration {} ('{}', {}) as {}?", info.version, info.description, to_string(info.state),
        arguments.pending ? "pending, as if it had never run"
                          : "applied, with the text that its file has now");
    if (!confirm(session, question, arguments.yes)) return kNothing;
  }
  if (arguments.pending) {
    migrator.mark_pending(db, arguments.version);
  } else {
    migrator.mark_applied(db, arguments.version);
  }
  if (session.json())
    print_json(session,
               {{"version", arguments.version}, {"state", arguments.pending ? "pending" : "installed"}});
  return kOk;
}

}  // namespace cairn::cli
