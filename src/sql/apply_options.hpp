// From ConnectOptions to a connection that has them. connect_options.hpp documents the order.
#pragma once

#include "cairn/sql/connect_options.hpp"
#include "sqlite/api.hpp"

namespace cairn::sql {

// Throws invalid_argument for what is wrong whatever file it is.
void validate(const ConnectOptions& options);

// Throws what SQLite says; `db` is to be closed also then.
void open(const ConnectOptions& options, sqlite3*& db);

// What follows on opening and on the setting of busy_timeout, but for on_statement.
void apply(const ConnectOptions& options, const ConnectionRef& db);

}  // namespace cairn::sql
