#include "cairn/sql/checked.hpp"

#include <fmt/format.h>

#include <cmath>

#include "cairn/error.hpp"
#include "sqlite/excerpt.hpp"

namespace cairn::sql {
namespace param::detail {

void append_json(std::string& json, std::int64_t value) {
  fmt::format_to(std::back_inserter(json), "{}", value);
}

void append_json(std::string& json, std::uint64_t value) {
  fmt::format_to(std::back_inserter(json), "{}", value);
}

void append_json(std::string& json, double value) {
  if (!std::isfinite(value))
    throw Error(ErrorCode::invalid_argument,
                fmt::format("a list holds {}, which a JSON array cannot", value));
  const std::string digits = fmt::format("{}", value);
  json += digits;
  if (digits.find_first_of(".e") == digits.npos) json += ".0";  // so that SQLite reads a REAL
}

void append_json(std::string& json, std::string_view value) {
  json += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') json += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(json), "\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      json += c;
    }
  }
  json += '"';
}

}  // namespace param::detail

namespace detail {

void throw_other_columns(const sqlite::Statement& statement, std::size_t count,
                         std::span<const std::string_view> names) {
  std::vector<std::string> there;
  for (int i = 0; i < statement.column_count(); ++i) there.emplace_back(statement.column_name(i));
  throw Error(
      ErrorCode::decode,
      fmt::format("'{}' returns {} columns ({}), and the program was checked against a schema where it "
                  "returns {}{}; run its migrations on this database, or build it against this schema",
                  sqlite::excerpt(statement.sql()), there.size(), fmt::join(there, ", "), count,
                  names.empty() ? "" : fmt::format(" ({})", fmt::join(names, ", "))));
}

void require_names(const sqlite::Statement& statement, std::span<const std::string_view> names) {
  // An override, as in "due!: Date", is said in SQL and does not belong to the name.
  const auto is = [](std::string_view column, std::string_view name) {
    return column.substr(0, std::min(column.size(), column.find_first_of("!?:"))) == name;
  };
  bool same = statement.column_count() == static_cast<int>(names.size());
  for (std::size_t i = 0; same && i < names.size(); ++i)
    same = is(statement.column_name(static_cast<int>(i)), names[i]);
  if (!same) throw_other_columns(statement, names.size(), names);
}

}  // namespace detail
}  // namespace cairn::sql
