// Vectors in and out of SQL values. A vector's element type travels as SQLite's value subtype.
#pragma once

#include <string_view>

#include "sqlite/api.hpp"
#include "vec0/definition.hpp"
#include "vector/vector.hpp"

namespace cairn::vec0 {

inline constexpr unsigned kFloat32Subtype = 223;
inline constexpr unsigned kBitSubtype = 224;
inline constexpr unsigned kInt8Subtype = 225;
inline constexpr unsigned kJsonSubtype = 74;  // SQLite's own

unsigned subtype_of(vector::ElementType type) noexcept;

// A value that a user passed as a vector: without a vector's subtype it is float32. Throws
// invalid_argument with sqlite-vec's sentences.
vector::Vector vector_of(sqlite3_value* value);
// The same for one element type, whatever the subtype says.
vector::Vector float32_of(sqlite3_value* value);
vector::Vector int8_of(sqlite3_value* value);
vector::Vector bit_of(sqlite3_value* value);

// A value for `column`, type and dimension checked.
vector::Vector query_vector(const VectorColumn& column, sqlite3_value* value);
vector::Vector inserted_vector(const VectorColumn& column, sqlite3_value* value);
// SQLite strips subtypes from UPDATE's values, so a blob of exactly the right length passes for any type.
vector::Vector updated_vector(const VectorColumn& column, sqlite3_value* value);

void result_vector(sqlite3_context* context, vector::ElementType type, std::span<const std::byte> bytes);

}  // namespace cairn::vec0
