// What a Cairn file is made of; docs/format/schema.md describes it for other programs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "cairn/sql/migrator.hpp"
#include "cairn/sqlite/connection_ref.hpp"

namespace cairn::store {

// PRAGMA application_id of a Cairn file: "Carn" in ASCII.
inline constexpr std::int64_t kApplicationId = 0x4361726E;

inline constexpr std::string_view kLedger = "_cairn_migrations";

// Keys of app_metadata that are Cairn's own.
inline constexpr std::string_view kReservedPrefix = "cairn.";
inline constexpr std::string_view kEmbedderKey = "cairn.embedder";

// Everything but vec_content. The first migration is the guide's own schema, so that a database made by
// the guide's migrations is one that has the first and lacks the others.
std::span<const sql::Migration> migrations();

// vec_content is created by code, since its dimension is the embedder's; with it the trigger that
// removes a row's vector with the row.
void create_vectors(sqlite::ConnectionRef db, std::size_t dimension);

// Gives a vec_content that an earlier Cairn made the storage that create_vectors() uses. Needs a transaction.
void upgrade_vectors(sqlite::ConnectionRef db);

// The dimension of vec_content; nothing when the table is missing or not the guide's
// (content_id INTEGER PRIMARY KEY, vector FLOAT[n]).
std::optional<std::size_t> vector_dimension(sqlite::ConnectionRef db);

}  // namespace cairn::store
