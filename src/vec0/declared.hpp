// Between a table and its declaration: the CREATE VIRTUAL TABLE statement of a definition, and the definition
// of a table that a schema holds.
#pragma once

#include <string>

#include "sqlite/api.hpp"
#include "vec0/definition.hpp"

namespace cairn::vec0 {

// `CREATE VIRTUAL TABLE "schema"."name" USING vec0(…)`: parsed again, it gives the same definition. Keywords
// are spelled out, defaults left out.
std::string create_statement(const TableDefinition& table);

// The definition of a table, without hidden columns. Throws not_found when there is no table of that name,
// and invalid_argument when it is no vec0 table, or one that cannot be opened.
TableDefinition declared_table(sqlite3* db, const std::string& schema, const std::string& name);

}  // namespace cairn::vec0
