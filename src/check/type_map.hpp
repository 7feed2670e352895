// C++ types for columns, as cairn.toml gives them.
#pragma once

#include <map>
#include <string>

namespace cairn::check {

struct MappedType {
  std::string type;     // "app::Due"
  std::string include;  // "\"app/due.hpp\"" or "<app/due.hpp>"; may be empty
};

struct TypeMap {
  std::map<std::string, MappedType> declared;   // by declared type, in capitals: "DATETIME"
  std::map<std::string, MappedType> columns;    // by "table.column", in small letters; goes before `declared`
  std::map<std::string, std::string> includes;  // by type: the header for one that an override names
};

}  // namespace cairn::check
