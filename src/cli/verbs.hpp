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

}  // namespace cairn::cli
