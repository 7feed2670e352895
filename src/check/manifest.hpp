// What one target wants checked: the interface between a build system and `cairn-check`. CMake's
// cairn_checked_sql() writes it; for another build system it can be written by hand.
//
//   {
//     "target": "tasks",
//     "source_dir": "/home/ada/tasks",                    // messages name files relative to it
//     "migrations": "/home/ada/tasks/migrations",         // optional
//     "stubs": ["/home/ada/tasks/tables.sql"],            // optional; run after the migrations
//     "config": "/home/ada/tasks/cairn.toml",             // optional
//     "cache": "/home/ada/tasks/.cairn/tasks",            // optional; of this target alone
//     "sources": [{"file": "/home/ada/tasks/main.cpp", "header": "/build/main.cpp.sql.hpp"}],
//     "headers": ["/home/ada/tasks/tasks.hpp"],           // optional
//     "queries": [{"file": "/home/ada/tasks/queries/tasks.sql", "header": "/build/tasks.sql.hpp"}]  //
//     optional
//   }
//
// Each source is compiled with `-include HEADER`; the header of a query file is included by hand. Relative
// paths are relative to the manifest.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace cairn::check {

struct Unit {
  std::filesystem::path file;
  std::filesystem::path header;  // is written for it
};

struct Manifest {
  std::string target;
  std::filesystem::path source_dir;
  std::filesystem::path migrations;
  std::vector<std::filesystem::path> stubs;
  std::filesystem::path config;
  std::filesystem::path cache;
  std::vector<Unit> sources;
  std::vector<std::filesystem::path> headers;
  std::vector<Unit> queries;
};

// Throws Error, naming the file and the member, for one that cannot be read or used.
Manifest read_manifest(const std::filesystem::path& path);

}  // namespace cairn::check
