// A query as it stands in a source file.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace cairn::check {

struct Place {
  int line = 1;    // from 1
  int column = 1;  // from 1, in bytes, as compilers count
};

// The form in which a named query hands out its rows: ":one", ":optional", …
enum class Form { one, optional, all, each, scalar, execute };

struct SourceQuery {
  std::string sql;   // the bytes that the compiler sees
  std::string file;  // as messages name it
  // Where each byte of `sql` stands, and one past the end: places.size() == sql.size() + 1.
  std::vector<Place> places;
  Place macro;  // of the word CAIRN_SQL, or of the line "-- name:"

  // Of a named query in a .sql file; empty and unset for one in C++.
  std::string name;
  std::optional<Form> form;
};

}  // namespace cairn::check
