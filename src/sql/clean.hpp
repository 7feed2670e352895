// What a pool does to a connection between two borrowers.
#pragma once

#include "cairn/sqlite/connection_ref.hpp"

namespace cairn::sql {

// Leaves no transaction, running statement or interrupt behind. False if it cannot.
bool clean(const sqlite::ConnectionRef& db) noexcept;

// Whether the file that the connection has open is no longer the one under its name.
bool has_lost_its_file(const sqlite::ConnectionRef& db) noexcept;

}  // namespace cairn::sql
