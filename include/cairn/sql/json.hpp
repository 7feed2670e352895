// JSON columns as nlohmann::json, kept as TEXT, which SQLite's own JSON functions read:
//
//   db.execute("INSERT INTO notes(metadata) VALUES (?)", nlohmann::json{{"by", "ada"}});
//   auto metadata = db.query_one<nlohmann::json>("SELECT metadata FROM notes");
//
// For programs that have nlohmann-json (Debian: nlohmann-json3-dev); nothing else of Cairn includes this.
// Errors: binding a string that is not UTF-8, and reading a text that is not JSON, say so and where.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "cairn/sqlite/value.hpp"

template <>
struct cairn::SqlType<nlohmann::json> {
  static std::string to_sql(const nlohmann::json& json) { return json.dump(); }
  static nlohmann::json from_sql(std::string_view text) { return nlohmann::json::parse(text); }
};
