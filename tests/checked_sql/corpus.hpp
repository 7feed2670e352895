// The statements of corpus/, and what is claimed of their columns and parameters: by their labels, or by a
// checker. corpus/statements.sql says what the labels mean.
#pragma once

#include <string>
#include <vector>

#include "cairn/sql/connection.hpp"
#include "check/description.hpp"

namespace cairn::check::corpus {

// "due date?"
struct Claim {
  std::string name;
  std::vector<std::string> kinds;  // of a label: each is right; of a checker: the kind, and the C++ type
  bool nullable = true;
};

std::string to_string(const Claim& claim);
Claim claim_of(const Column& column);
Claim claim_of(const Parameter& parameter);

struct Statement {
  int line;  // of statements.sql, where the SQL begins
  std::string sql;
  std::vector<Claim> columns;
  std::vector<Claim> parameters;
};

// Throws std::runtime_error for a label that cannot be read.
std::vector<Statement> read_statements();

// A database with the tables of corpus/migrations, and no rows.
sql::Connection make_database();

}  // namespace cairn::check::corpus
