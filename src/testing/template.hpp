// A migrated database that is there to be copied.
//
// Templates are in the folder `templates` of the root, one for each program and all that decides what is in
// the file: migrations, the options that shape a new file, the program's own build (its functions and virtual
// tables may take part in migrations). Processes that find none make one each, and the last one to rename it
// into its place wins; they are all the same.
#pragma once

#include <filesystem>
#include <span>

#include "cairn/sql/connect_options.hpp"
#include "cairn/sql/migration.hpp"

namespace cairn::testing {

// Makes `options.path`, which must not exist, a migrated database. Its folder is where a template is made
// when one is needed. Throws MigrationError and io.
void copy_template(std::span<const sql::Migration> migrations, const sql::ConnectOptions& options);

}  // namespace cairn::testing
