// Checks one query at a time against a schema.
//
//   const sql::Connection schema = make_schema({.migrations = "migrations", .stubs = {}});
//   const Checker checker(schema, {});
//   const Verdict verdict = checker.check("SELECT id, title FROM tasks WHERE owner = :owner");
//   verdict.description->columns[1].type;   // "std::string"
//
// SQLite decides whether the text is valid, and what its columns are; no query is ever run.
// Thread-safety: one thread at a time.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "cairn/sqlite/connection_ref.hpp"
#include "check/description.hpp"
#include "check/type_map.hpp"

namespace cairn::check {

struct Verdict {
  std::optional<Description> description;  // none when there are mistakes
  std::vector<Mistake> mistakes;
};

class Catalog;

class Checker {
 public:
  // The schema must outlive it and stay as it is.
  Checker(sqlite::ConnectionRef schema, TypeMap types);
  ~Checker();

  Verdict check(std::string_view sql) const;

 private:
  sqlite::ConnectionRef schema_;
  TypeMap types_;
  std::unique_ptr<const Catalog> catalog_;
};

}  // namespace cairn::check
