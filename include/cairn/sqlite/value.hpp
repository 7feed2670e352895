// How C++ values become SQL values, and back. Every place that binds a parameter or reads a column follows
// it.
//
//   C++                                          in the database
//   bool, integers                               INTEGER   (read: must fit; std::uint64_t up to 2^63 - 1)
//   float, double                                REAL      (NaN is an error: SQLite would make it NULL)
//   std::string(_view), const char*              TEXT
//   spans, vectors of std::byte, std::uint8_t, std::int8_t   BLOB
//   spans, vectors, arrays of float              BLOB, a vector as vec0 takes it (little-endian)
//   enums                                        INTEGER, or TEXT where enum_names says so
//   std::optional<T>, std::nullopt, nullptr      NULL, or as T
//   std::variant of these, sqlite::Value         as the alternative that it holds
//   your own types                               as their SqlType says
//
// Points in time say how they are kept: cairn/sql/time.hpp. JSON: cairn/sql/json.hpp.
// SQLite's types are not converted into each other: reading text as an integer, or NULL as anything but a
// std::optional, is a `decode` error that names the column. Within them C++ converts as ever: an INTEGER is
// true unless it is 0, and becomes the nearest double; a REAL becomes the nearest float.
#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace cairn {

// The extension point: how a type of yours is kept. `to_sql` answers any type of the table above, `from_sql`
// takes what the column holds; both refuse a value by throwing a std::exception that says why.
//
//   template <>
//   struct cairn::SqlType<Uuid> {
//     static std::string to_sql(const Uuid& id) { return id.to_string(); }
//     static Uuid from_sql(std::string_view text) { return Uuid::parse(text); }
//   };
template <class T>
struct SqlType;

// The names under which an enum is kept as TEXT, which survive a renumbering:
//
//   template <>
//   inline constexpr auto cairn::enum_names<Color> =
//       std::to_array<std::pair<Color, std::string_view>>({{Color::red, "red"}, {Color::blue, "blue"}});
template <class Enum>
inline constexpr std::nullptr_t enum_names = nullptr;

}  // namespace cairn

namespace cairn::sqlite {

using Bytes = std::span<const std::byte>;

enum class ColumnType { integer, real, text, blob, null };

// Any SQL value, owned: for columns whose type is only known at run time.
using Value = std::variant<std::monostate, std::int64_t, double, std::string, std::vector<std::byte>>;

// The raw little-endian bytes of a float vector, as vec0 takes them. A view: it does not copy.
inline Bytes as_bytes(std::span<const float> vector) {
  return std::as_bytes(vector);
}

// Whether text and blobs that are handed on stay where they are until the statement has run.
enum class Lifetime { borrowed, temporary };

namespace detail {

template <class T>
concept Encoded = requires(const T& value) {
  SqlType<T>::to_sql(value);
};

template <class T>
concept Decoded = requires {
  &SqlType<T>::from_sql;
};

template <class T>
concept Character = std::same_as<T, char> || std::same_as<T, wchar_t> || std::same_as<T, char8_t> ||
    std::same_as<T, char16_t> || std::same_as<T, char32_t>;

template <class T>
concept Number = std::integral<T> && !Character<T>;

template <class T>
concept Named = std::is_enum_v<T> && !std::is_null_pointer_v<std::remove_cv_t<decltype(enum_names<T>)>>;

template <class T, template <class...> class Template>
inline constexpr bool is_a = false;
template <class... Args, template <class...> class Template>
inline constexpr bool is_a<Template<Args...>, Template> = true;

template <class T>
inline constexpr bool is_time_point = false;
template <class Clock, class Duration>
inline constexpr bool is_time_point<std::chrono::time_point<Clock, Duration>> = true;

template <class T>
inline constexpr bool is_float_array = false;
template <std::size_t N>
inline constexpr bool is_float_array<std::array<float, N>> = true;

template <class T>
concept Spannable =
    std::convertible_to<const T&, Bytes> || std::convertible_to<const T&, std::span<const std::uint8_t>> ||
    std::convertible_to<const T&, std::span<const std::int8_t>> ||
    std::convertible_to<const T&, std::span<const float>>;

template <class T>
Bytes bytes_of(const T& value) {
  if constexpr (std::convertible_to<const T&, Bytes>) {
    return value;
  } else if constexpr (std::convertible_to<const T&, std::span<const std::uint8_t>>) {
    return std::as_bytes(std::span<const std::uint8_t>(value));
  } else if constexpr (std::convertible_to<const T&, std::span<const std::int8_t>>) {
    return std::as_bytes(std::span<const std::int8_t>(value));
  } else {
    return as_bytes(std::span<const float>(value));
  }
}

template <class T>
inline constexpr bool never = false;

template <class Result, class Stored>
Stored stored_as(Result (*)(Stored));

}  // namespace detail

// Hands `value` to one of the sink's null(), integer(i), real(d), text(view, lifetime), blob(bytes,
// lifetime), or to reject(why), which throws.
template <class T, class Sink>
void encode(const T& value, const Sink& sink, Lifetime lifetime = Lifetime::borrowed) {
  if constexpr (detail::Encoded<T>) {
    const auto stored = [&] {
      try {
        return SqlType<T>::to_sql(value);
      } catch (const std::exception& error) {
        sink.reject((std::string("cannot be stored: ") + error.what()).c_str());
      }
    }();
    encode(stored, sink, Lifetime::temporary);
  } else if constexpr (std::is_null_pointer_v<T> || std::same_as<T, std::nullopt_t> ||
                       std::same_as<T, std::monostate>) {
    sink.null();
  } else if constexpr (std::same_as<T, bool>) {
    sink.integer(value ? 1 : 0);
  } else if constexpr (detail::Number<T>) {
    if (!std::in_range<std::int64_t>(value)) sink.reject("is above 2^63 - 1, SQLite's largest integer");
    sink.integer(static_cast<std::int64_t>(value));
  } else if constexpr (std::same_as<T, double> || std::same_as<T, float>) {
    if (value != value) sink.reject("is not a number, which SQLite would store as NULL");
    sink.real(static_cast<double>(value));
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    if constexpr (std::is_pointer_v<T>)
      if (!value) sink.reject("is a null pointer; NULL is said with nullptr or std::nullopt");
    sink.text(std::string_view(value), lifetime);
  } else if constexpr (detail::Spannable<T>) {
    sink.blob(detail::bytes_of(value), lifetime);
  } else if constexpr (detail::is_a<T, std::optional>) {
    value ? encode(*value, sink, lifetime) : sink.null();
  } else if constexpr (detail::is_a<T, std::variant>) {
    std::visit([&](const auto& alternative) { encode(alternative, sink, lifetime); }, value);
  } else if constexpr (detail::Named<T>) {
    for (const auto& [enumerator, name] : enum_names<T>)
      if (enumerator == value) return sink.text(name, Lifetime::borrowed);
    sink.reject("is an enumerator without a name in enum_names");
  } else if constexpr (std::is_enum_v<T>) {
    encode(static_cast<std::underlying_type_t<T>>(value), sink);
  } else if constexpr (detail::is_time_point<T>) {
    static_assert(detail::never<T>,
                  "say how a point in time is kept: UnixSeconds{t} or Rfc3339{t}, of cairn/sql/time.hpp");
  } else {
    static_assert(detail::never<T>, "this type has no SQL value; give it a cairn::SqlType");
  }
}

// Reads a T out of a source that has is_null(), type(), integer(), real(), text(), blob(), each of which
// throws where the value is of another type, and reject(why), which throws.
template <class T, class Source>
T decode(const Source& source) {
  if constexpr (detail::Decoded<T>) {
    const auto stored =
        decode<std::remove_cvref_t<decltype(detail::stored_as(&SqlType<T>::from_sql))>>(source);
    try {
      return SqlType<T>::from_sql(stored);
    } catch (const std::exception& error) {
      source.reject((std::string("cannot be read: ") + error.what()).c_str());
    }
  } else if constexpr (detail::is_a<T, std::optional>) {
    if (source.is_null()) return std::nullopt;
    return decode<typename T::value_type>(source);
  } else if constexpr (std::same_as<T, bool>) {
    return source.integer() != 0;
  } else if constexpr (detail::Number<T>) {
    const std::int64_t value = source.integer();
    if (!std::in_range<T>(value)) source.reject("does not fit the type asked for");
    return static_cast<T>(value);
  } else if constexpr (std::same_as<T, double> || std::same_as<T, float>) {
    return static_cast<T>(source.real());
  } else if constexpr (std::same_as<T, std::string_view> || std::same_as<T, std::string>) {
    return T(source.text());
  } else if constexpr (std::same_as<T, Bytes>) {
    return source.blob();
  } else if constexpr (std::same_as<T, std::vector<std::byte>>) {
    const Bytes bytes = source.blob();
    return {bytes.begin(), bytes.end()};
  } else if constexpr (std::same_as<T, std::vector<std::uint8_t>> ||
                       std::same_as<T, std::vector<std::int8_t>>) {
    const Bytes bytes = source.blob();
    T copy(bytes.size());
    if (!bytes.empty()) std::memcpy(copy.data(), bytes.data(), bytes.size());
    return copy;
  } else if constexpr (std::same_as<T, std::vector<float>>) {
    const Bytes bytes = source.blob();
    if (bytes.size() % sizeof(float) != 0) source.reject("is not a vector of 32-bit floats");
    std::vector<float> vector(bytes.size() / sizeof(float));
    if (!bytes.empty()) std::memcpy(vector.data(), bytes.data(), bytes.size());
    return vector;
  } else if constexpr (detail::is_float_array<T>) {
    const Bytes bytes = source.blob();
    T vector;
    if (bytes.size() != sizeof vector) source.reject("is a vector of another length than the array");
    std::memcpy(vector.data(), bytes.data(), sizeof vector);
    return vector;
  } else if constexpr (std::same_as<T, Value>) {
    switch (source.type()) {
      case ColumnType::integer:
        return source.integer();
      case ColumnType::real:
        return source.real();
      case ColumnType::text:
        return std::string(source.text());
      case ColumnType::blob:
        return decode<std::vector<std::byte>>(source);
      case ColumnType::null:
        break;
    }
    return std::monostate();
  } else if constexpr (detail::Named<T>) {
    const std::string_view text = source.text();
    for (const auto& [enumerator, name] : enum_names<T>)
      if (name == text) return enumerator;
    source.reject("is none of the names in enum_names");
  } else if constexpr (std::is_enum_v<T>) {
    return static_cast<T>(decode<std::underlying_type_t<T>>(source));
  } else if constexpr (detail::is_time_point<T>) {
    static_assert(detail::never<T>,
                  "say how a point in time is kept: read UnixSeconds or Rfc3339, of cairn/sql/time.hpp");
  } else {
    static_assert(detail::never<T>, "this type cannot be read from a column; give it a cairn::SqlType");
  }
}

// A copy of anything that can be bound. Throws invalid_argument where binding would.
template <class T>
Value to_value(const T& value);

namespace detail {

[[noreturn]] void throw_unusable_value(const char* why);

struct ValueSink {
  void null() const { *into = std::monostate(); }
  void integer(std::int64_t value) const { *into = value; }
  void real(double value) const { *into = value; }
  void text(std::string_view value, Lifetime) const { *into = std::string(value); }
  void blob(Bytes value, Lifetime) const { *into = std::vector<std::byte>(value.begin(), value.end()); }
  [[noreturn]] void reject(const char* why) const { throw_unusable_value(why); }

  Value* into;
};

}  // namespace detail

template <class T>
Value to_value(const T& value) {
  Value copy;
  encode(value, detail::ValueSink{&copy});
  return copy;
}

}  // namespace cairn::sqlite
