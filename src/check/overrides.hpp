// What a column's name says beyond the name, spelled as sqlx spells it:
//
//   SELECT count(*) AS "n!"                  never NULL
//   SELECT max(due) AS "due?"                may be NULL
//   SELECT color AS "color: app::Color"      read as this type; "color!: …" and "color?: …" say both
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cairn::check {

struct Override {
  std::string name;
  std::optional<bool> nullable;
  std::string type;  // empty: as it was found
};

Override parse_override(std::string_view column_name);

// The header that brings a type of Cairn's, or one that Cairn knows; empty for others.
std::string_view known_include(std::string_view type);

}  // namespace cairn::check
