#include "sql/migration_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/utf8.hpp"
#include "cairn/sql/migration.hpp"

namespace cairn::sql {

namespace {

// A plus sign and leading zeros are numbers to sqlx too.
std::optional<std::int64_t> parse_version(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t version = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || end != text.data() + text.size() || version < 0) return std::nullopt;
  return version;
}

std::string_view suffix_of(MigrationKind kind) {
  switch (kind) {
    case MigrationKind::up:
      return ".up.sql";
    case MigrationKind::down:
      return ".down.sql";
    case MigrationKind::simple:
      return ".sql";
  }
  return "";
}

}  // namespace

std::optional<MigrationName> parse_migration_name(std::string_view name) {
  const std::size_t underscore = name.find('_');
  if (underscore == std::string_view::npos || !name.ends_with(".sql")) return std::nullopt;
  const std::optional<std::int64_t> version = parse_version(name.substr(0, underscore));
  if (!version)
    throw MigrationError(
        MigrationProblem::bad_source, 0,
        fmt::format(
            "'{}' must start with a version, a whole number from 0 to 2^63 - 1 in front of the first _, "
            "as in 0001_notes.sql; rename the file, or move it out of the folder",
            utf8::sanitize(name)));

  MigrationName parsed{*version, utf8::sanitize(name.substr(underscore + 1)), MigrationKind::simple};
  for (const MigrationKind kind : {MigrationKind::up, MigrationKind::down})
    if (parsed.description.ends_with(suffix_of(kind))) parsed.kind = kind;
  // All of them, as sqlx: "a.sql.sql" is "a".
  while (parsed.description.ends_with(suffix_of(parsed.kind)))
    parsed.description.resize(parsed.description.size() - suffix_of(parsed.kind).size());
  std::ranges::replace(parsed.description, '_', ' ');
  return parsed;
}

}  // namespace cairn::sql
