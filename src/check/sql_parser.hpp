// Parses a statement that SQLite has accepted.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "check/sql_tree.hpp"

namespace cairn::check {

// The text has something that this parser does not know. It has been accepted by SQLite, so it is right; only
// its types cannot be told.
struct NotUnderstood : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Throws NotUnderstood.
ParsedStatement parse_statement(std::string_view sql);

struct ParsedView {
  std::vector<std::string> columns;  // empty: those of the select
  SelectPtr select;
};
// Of "CREATE VIEW …". Throws NotUnderstood.
ParsedView parse_view(std::string_view sql);

}  // namespace cairn::check
