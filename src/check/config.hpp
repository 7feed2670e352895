// cairn.toml: what the checker cannot know from the migrations.
//
//   [types]                                   # declared types of columns
//   DATETIME = "cairn::sql::UnixSeconds"
//   MONEY = { type = "app::Money", include = "app/money.hpp" }
//
//   [columns]                                 # goes before [types]
//   "tasks.due" = "cairn::sql::UnixSeconds"
//
//   [includes]                                # the headers of types that overrides name
//   "app::Color" = "app/color.hpp"
//
//   [[extensions]]
//   path = "lib/regexp.so"
//   entry = "sqlite3_regexp_init"             # optional
//
// A path with a slash is relative to the file; one without is looked up as dlopen() does.
#pragma once

#include <filesystem>
#include <vector>

#include "cairn/sql/connect_options.hpp"
#include "check/type_map.hpp"

namespace cairn::check {

struct Config {
  TypeMap types;
  std::vector<sql::LoadableExtension> extensions;
};

// Throws Error with "cairn.toml:3:1: error: …" for what is not as above.
Config read_config(const std::filesystem::path& path);

}  // namespace cairn::check
