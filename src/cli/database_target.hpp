// Which database `cairn db`, `cairn migrate` and `cairn vec` work on, and asking before one is lost.
#pragma once

#include "cairn/sql/connect_options.hpp"
#include "cairn/sql/connection.hpp"
#include "cli/arguments.hpp"
#include "cli/session.hpp"

namespace cairn::cli {

// --database-url or --db, else DATABASE_URL of the environment, else of an .env file. Not CAIRN_DB or the
// default file: nobody's memory is migrated by accident. Throws UsageError when there is none, or both
// options.
sql::ConnectOptions find_database(const Session& session, const DatabaseArguments& arguments);

// Opens one that must be there, unless the URL says mode=rwc. `write`: false keeps it as it is.
sql::Connection open_database(const sql::ConnectOptions& options, bool write);

// On a terminal, asks. Elsewhere there is nobody to ask: UsageError, unless `yes`.
bool confirm(const Session& session, const std::string& question, bool yes);

}  // namespace cairn::cli
