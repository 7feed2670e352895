// cairn.toml: what the checker cannot know from the migrations.
//
//   [types]                                   # declared types of columns
//   DATETIME = "cairn::sql::UnixSeconds"
//   MONEY = { type = "app::Money", include = "app/money.hpp" }
//
//   [columns]                                 # goes before [types]
//   "tasks.due" = "cairn::sql::UnixSeconds"
//
//   [schema]
//   stubs = ["sql/tables_made_by_code.sql"]   # run after the migrations
//
//   [[extensions]]
//   path = "lib/regexp.so"
//   entry = "sqlite3_regexp_init"             # optional
//
// Paths are relative to the file; an extension without a slash is looked up as dlopen() does.
#pragma once

#include <filesystem>
#include <vector>

#include "cairn/sql/connect_options.hpp"
#include "check/type_map.hpp"

namespace cairn::check {

struct Config {
  TypeMap types;
  std::vector<std::filesystem::path> stubs;
  std::vector<sql::LoadableExtension> extensions;
};

// Throws Error with "cairn.toml:3:1: error: …" for what is not as above.
Config read_config(const std::filesystem::path& path);

}  // namespace cairn::check
