// What the name of a migration's file says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cairn::sql {

enum class MigrationKind { simple, up, down };

struct MigrationName {
  std::int64_t version = 0;
  std::string description;
  MigrationKind kind = MigrationKind::simple;
};

// Nothing for a name that is not a migration's, by sqlx's rules. Throws MigrationError (bad_source) for one
// that is but for its version.
std::optional<MigrationName> parse_migration_name(std::string_view name);

}  // namespace cairn::sql
