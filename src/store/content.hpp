// Rows of `content` and their vectors: what Store::add, get, update and remove are made of.
// All of these work inside the caller's transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/sql/connection.hpp"
#include "cairn/store.hpp"

namespace cairn::store {

std::optional<Content> find_content(sql::Connection& db, std::int64_t id);

// Throws invalid_argument for what cannot be stored: empty or invalid text, metadata that is no JSON
// object, an embedding of another dimension or with values that are not finite.
void require_valid(const Record& record, std::size_t dimension);
void require_valid(const Update& changes, std::size_t dimension);
void require_text(std::string_view text, std::string_view what);        // and not empty
void require_valid_utf8(std::string_view text, std::string_view what);  // and without NUL
void require_valid_embedding(std::span<const float> embedding, std::size_t dimension);

// For a row that has none yet, and for one that may.
void insert_vector(sql::Connection& db, std::int64_t id, std::span<const float> embedding);
void put_vector(sql::Connection& db, std::int64_t id, std::span<const float> embedding);

// Seconds since 1970.
std::int64_t unix_now();

}  // namespace cairn::store
