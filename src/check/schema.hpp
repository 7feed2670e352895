// The database that queries are checked against: in memory, made by the migrations, and empty of data.
#pragma once

#include <filesystem>
#include <vector>

#include "cairn/sql/connection.hpp"

namespace cairn::check {

struct SchemaSources {
  std::filesystem::path migrations = {};          // a folder; empty: none
  std::vector<std::filesystem::path> stubs = {};  // scripts for tables that code creates, run after them
  std::vector<sql::LoadableExtension> extensions = {};  // besides vec0
};

// Touches no file but those: a script that attaches another database is refused, and so is one that runs for
// a minute. Throws cairn::Error, whose message names the file and line at fault.
sql::Connection make_schema(const SchemaSources& sources);

}  // namespace cairn::check
