// What a checked query takes and gives: the analyser finds it out, the generator writes it down.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace cairn::check {

// What SQLite keeps, as far as that is certain.
enum class Kind {
  any,      // nothing is known. Parameters only: a column of which nothing is known needs an override
  integer,  // INTEGER
  boolean,  // INTEGER, 0 or 1 (a column declared BOOLEAN)
  real,     // REAL, or an INTEGER that a double takes as well
  text,     // TEXT
  blob,     // BLOB
  vector,   // parameters only: a vector for vec0, as BLOB, or as JSON in TEXT
  list,     // parameters only: the argument of json_each(): a JSON array, or a range to be made one
};

struct Column {
  std::string name;  // a C++ identifier
  Kind kind = Kind::any;
  std::string type;  // C++, without std::optional: "std::int64_t"
  bool nullable = true;
  std::string sql_name = {};  // as SQLite calls it, an override and all: "due!: Date"
};

struct Parameter {
  std::string name;  // a C++ identifier: ":owner" is "owner", the nameless "?3" is "p3"
  Kind kind = Kind::any;
  std::string type;  // C++, of a type map; empty where the kind decides
  bool nullable = true;
};

struct Description {
  std::vector<Column> columns;        // as SQLite returns them
  std::vector<Parameter> parameters;  // parameters[i] is SQLite's number i + 1
  bool read_only = true;
  bool star = false;               // has a '*', so that another schema may give other columns
  std::set<std::string> includes;  // "<vector>", "\"app/due.hpp\"", for the types above
};

// What is wrong with a query.
struct Mistake {
  std::string message;                // one line: "no such column: titel"
  std::optional<std::size_t> offset;  // the byte of the SQL; none: the query as a whole
  std::string help;                   // one line: "did you mean 'title'?"; may be empty
};

}  // namespace cairn::check
