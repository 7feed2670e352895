// Which database file a command works on.
#pragma once

#include <string>

namespace cairn::cli {

struct DatabaseFile {
  std::string path;
  std::string origin;  // "--db", "$CAIRN_DB", "this folder", "the default"
  bool is_default = false;
};

// --db, then CAIRN_DB, then ./.cairn.db if it is there, then cairn/cairn.db in the user's data folder.
// Touches no file but to see whether ./.cairn.db is there. Throws UsageError when there is no home folder.
DatabaseFile find_database_file(const std::string& db_option);

}  // namespace cairn::cli
