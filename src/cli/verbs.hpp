// One function, and one file, per verb. Each fills Session::out and returns the exit code.
#pragma once

#include "cli/arguments.hpp"
#include "cli/session.hpp"

namespace cairn::cli {

int run_add(Session& session, const AddArguments& arguments);
int run_search(Session& session, const SearchArguments& arguments);
int run_get(Session& session, const GetArguments& arguments);
int run_ls(Session& session, const LsArguments& arguments);
int run_relate(Session& session, const RelateArguments& arguments);
int run_related(Session& session, const RelatedArguments& arguments);
int run_remove(Session& session, const RemoveArguments& arguments);
int run_status(Session& session);
int run_doctor(Session& session, const DoctorArguments& arguments);
int run_upgrade(Session& session);

int run_db_create(Session& session, const DatabaseArguments& arguments);
int run_db_drop(Session& session, const DropArguments& arguments);
int run_db_setup(Session& session, const MigrateArguments& arguments);
int run_db_reset(Session& session, const MigrateArguments& arguments);
int run_migrate_add(Session& session, const MigrateAddArguments& arguments);
int run_migrate_run(Session& session, const MigrateArguments& arguments);
int run_migrate_revert(Session& session, const MigrateArguments& arguments);
int run_migrate_info(Session& session, const MigrateArguments& arguments);
int run_migrate_baseline(Session& session, const MigrateArguments& arguments);
int run_migrate_repair(Session& session, const RepairArguments& arguments);
int run_vec_convert(Session& session, const ConvertArguments& arguments);
int run_prepare(Session& session, const PrepareArguments& arguments);

}  // namespace cairn::cli
