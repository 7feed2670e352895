#include "vec0/vector_value.hpp"

#include <fmt/format.h>

#include <cmath>

#include "cairn/error.hpp"
#include "vec0/value.hpp"
#include "vector/parse.hpp"

namespace cairn::vec0 {
namespace {

using vector::ElementType;
using vector::Vector;

template <class... Args>
[[noreturn]] void refuse(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(ErrorCode::invalid_argument, fmt::format(format, std::forward<Args>(args)...));
}

std::string_view text_of(sqlite3_value* value) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  if (!text) throw std::bad_alloc();
  return {text, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

std::span<const std::byte> blob_of(sqlite3_value* value) {
  const auto* blob = static_cast<const std::byte*>(sqlite3_value_blob(value));
  return {blob, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

}  // namespace

unsigned subtype_of(ElementType type) noexcept {
  switch (type) {
    case ElementType::float32:
      return kFloat32Subtype;
    case ElementType::int8:
      return kInt8Subtype;
    case ElementType::bit:
      return kBitSubtype;
  }
  return 0;
}

Vector float32_of(sqlite3_value* value) {
  switch (const int type = sqlite3_value_type(value)) {
    case SQLITE_BLOB:
      return vector::from_blob(ElementType::float32, blob_of(value));
    case SQLITE_TEXT:
      return vector::parse_float32(text_of(value));
    default:
      refuse("Input must have type BLOB (compact format) or TEXT (JSON), found {}", type_name(type));
  }
}

Vector int8_of(sqlite3_value* value) {
  switch (sqlite3_value_type(value)) {
    case SQLITE_BLOB:
      return vector::from_blob(ElementType::int8, blob_of(value));
    case SQLITE_TEXT:
      return vector::parse_int8(text_of(value));
    default:
      refuse("Unknown type for int8 vector.");
  }
}

Vector bit_of(sqlite3_value* value) {
  if (sqlite3_value_type(value) != SQLITE_BLOB) refuse("Unknown type for bitvector.");
  return vector::from_blob(ElementType::bit, blob_of(value));
}

Vector vector_of(sqlite3_value* value) {
  switch (const unsigned subtype = sqlite3_value_subtype(value)) {
    case 0:
    case kFloat32Subtype:
    case kJsonSubtype:
      return float32_of(value);
    case kBitSubtype:
      return bit_of(value);
    case kInt8Subtype:
      return int8_of(value);
    default:
      refuse("Unknown subtype: {}", subtype);
  }
}

namespace {

// The three uses differ in how the reference words its messages.
struct Wording {
  std::string_view invalid;    // …on/for the "c" column is invalid: …
  std::string_view mistyped;   // …is expected to be of type …
  std::string_view dimension;  // Dimension mismatch for … vector
};

constexpr Wording kQuery = {"Query vector on", "Query vector for", "query"};
constexpr Wording kInserted = {"Inserted vector for", "Inserted vector for", "inserted"};
constexpr Wording kUpdated = {"Updated vector for", "Updated vector for", "new updated"};

Vector checked(const VectorColumn& column, sqlite3_value* value, const Wording& wording) {
  Vector v;
  try {
    v = vector_of(value);
  } catch (const Error& e) {
    refuse("{} the \"{}\" column is invalid: {}", wording.invalid, column.name, e.what());
  }
  if (v.type != column.type)
    refuse("{} the \"{}\" column is expected to be of type {}, but a {} vector was provided.",
           wording.mistyped, column.name, to_string(column.type), to_string(v.type));
  if (v.dims != column.dims)
    refuse("Dimension mismatch for {} vector for the \"{}\" column. Expected {} dimensions but received {}.",
           wording.dimension, column.name, column.dims, v.dims);
  return v;
}

// A finite element must not become infinite when it is stored.
Vector fitting(const VectorColumn& column, Vector vector) {
  constexpr float kMostOfHalf = 65520;  // from here on rounding gives infinity
  if (!column.is_half) return vector;
  const auto elements = vector.floats();
  for (std::size_t i = 0; i < elements.size(); ++i)
    if (std::isfinite(elements[i]) && std::abs(elements[i]) >= kMostOfHalf)
      throw Error(
          ErrorCode::invalid_argument,
          fmt::format("vector column \"{}\" is f16, which holds numbers up to 65504: element {} is {}",
                      column.name, i, elements[i]));
  return vector;
}

}  // namespace

Vector query_vector(const VectorColumn& column, sqlite3_value* value) {
  return checked(column, value, kQuery);
}
Vector inserted_vector(const VectorColumn& column, sqlite3_value* value) {
  return fitting(column, checked(column, value, kInserted));
}

Vector updated_vector(const VectorColumn& column, sqlite3_value* value) {
  if (column.type != ElementType::float32 && sqlite3_value_type(value) == SQLITE_BLOB &&
      sqlite3_value_subtype(value) == 0 && blob_of(value).size() == column.byte_size())
    return vector::from_blob(column.type, blob_of(value));
  return fitting(column, checked(column, value, kUpdated));
}

void result_vector(sqlite3_context* context, ElementType type, std::span<const std::byte> bytes) {
  sqlite3_result_blob64(context, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
  sqlite3_result_subtype(context, subtype_of(type));
}

}  // namespace cairn::vec0
