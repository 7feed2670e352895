// Works out what a statement returns and takes, from its text and the schema.
//
// It claims only what it can prove. A value is a set of storage classes (value_type.hpp), and what is not
// known is the full set. NULL leaves a column's set by the schema (NOT NULL), by a function that never
// returns it, or by a condition that rows with NULL do not pass (`WHERE due > :day`); outer joins, empty
// groups, missing rows of subqueries and the arithmetic of infinities bring it back.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "check/catalog.hpp"
#include "check/description.hpp"
#include "check/parameter_uses.hpp"
#include "check/sql_tree.hpp"
#include "check/value_type.hpp"

namespace cairn::check {

struct ResultType {
  std::string name;  // as SQL has it; may be empty for an expression
  ValueType type;
  std::size_t offset = 0;  // of the expression, or of the star
};

struct Analysis {
  std::vector<ResultType> columns;
  bool star = false;
  ParameterUses parameters;
  std::vector<Mistake> mistakes;
};

// Throws NotUnderstood (sql_parser.hpp).
Analysis analyse(const ParsedStatement& statement, const Catalog& catalog);

}  // namespace cairn::check
