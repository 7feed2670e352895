// The arguments of checked SQL (cairn/sql/checked.hpp). The Params of a query has a member for each
// parameter:
//
//   struct Params {
//     param::Required<param::Text> owner;     // {.owner = "ada"}
//     param::Nullable<param::Integer> due;    // {.due = 7}, {.due = std::nullopt}, a std::optional<int>
//   };
//
// None has a default, so that a parameter that is left out is an error of the compiler's.
// A kind says which types a parameter takes; what becomes of them is said in cairn/sqlite/value.hpp.
// Lifetime: they only point to their arguments. Where they are made of values written into the braces of a
// call, those live until the call is over.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <ranges>
#include <string>
#include <string_view>

#include "cairn/sqlite/statement.hpp"

namespace cairn::sql::param {

namespace detail {

// As what encode() stores a T.
enum class Stored { nothing, null, integer, boolean, real, text, blob, various };

template <class T>
consteval Stored stored() {
  if constexpr (sqlite::detail::Encoded<T>) {
    return stored<std::decay_t<decltype(SqlType<T>::to_sql(std::declval<const T&>()))>>();
  } else if constexpr (std::is_null_pointer_v<T> || std::same_as<T, std::nullopt_t> ||
                       std::same_as<T, std::monostate>) {
    return Stored::null;
  } else if constexpr (std::same_as<T, bool>) {
    return Stored::boolean;
  } else if constexpr (sqlite::detail::Number<T>) {
    return Stored::integer;
  } else if constexpr (std::same_as<T, double> || std::same_as<T, float>) {
    return Stored::real;
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    return Stored::text;
  } else if constexpr (sqlite::detail::Spannable<T>) {
    return Stored::blob;
  } else if constexpr (sqlite::detail::is_a<T, std::optional>) {
    return stored<typename T::value_type>() == Stored::nothing ? Stored::nothing : Stored::various;
  } else if constexpr (sqlite::detail::is_a<T, std::variant>) {
    return Stored::various;
  } else if constexpr (sqlite::detail::Named<T>) {
    return Stored::text;
  } else if constexpr (std::is_enum_v<T>) {
    return Stored::integer;
  } else {
    return Stored::nothing;
  }
}

template <class T, Stored... kinds>
concept StoredAs = ((stored<T>() == kinds) || ...);

template <class T>
concept ListElement =
    StoredAs<T, Stored::integer, Stored::boolean, Stored::real> || std::convertible_to<T, std::string_view>;

// As elements of a JSON array. Throws invalid_argument for a double that is no number.
void append_json(std::string& json, std::int64_t value);
void append_json(std::string& json, std::uint64_t value);
void append_json(std::string& json, double value);
void append_json(std::string& json, std::string_view value);

template <class T>
inline constexpr bool is_c_string =
    std::is_pointer_v<std::decay_t<const T>>&& std::is_convertible_v<const T&, const char*>;

template <class T>
const void* address_of(const T& value) noexcept {
  // A literal by its first character: the pointer to it is a temporary.
  if constexpr (is_c_string<T>) {
    return static_cast<const char*>(value);
  } else {
    return std::addressof(value);
  }
}
template <class T>
decltype(auto) object_at(const void* address) noexcept {
  if constexpr (is_c_string<T>) {
    return static_cast<const char*>(address);
  } else {
    return *static_cast<const T*>(address);
  }
}

// What is done with an argument whose type has been forgotten. Kind::stored(value) is a reference to the
// value, or what is to be stored instead.
struct Handling {
  void (*bind)(const void* argument, sqlite::Statement& statement, int parameter);
  sqlite::Value (*copy)(const void* argument);
};

// What may be NULL, beside what a kind takes anyway.
template <class Kind, class T>
inline constexpr bool null_for = std::is_null_pointer_v<T> || std::same_as<T, std::nullopt_t>;
template <class Kind, class T>
inline constexpr bool null_for<Kind, std::optional<T>> = Kind::template takes<T>;

template <class Kind, class T>
void bind(const void* argument, sqlite::Statement& statement, int parameter) {
  decltype(auto) value = object_at<T>(argument);
  if constexpr (!Kind::template takes<T> && sqlite::detail::is_a<T, std::optional>) {
    if (value) return bind<Kind, typename T::value_type>(std::addressof(*value), statement, parameter);
    statement.bind_view(parameter, nullptr);
  } else if constexpr (!Kind::template takes<T>) {
    statement.bind_view(parameter, nullptr);
  } else if constexpr (std::is_reference_v<decltype(Kind::stored(value))>) {
    statement.bind_view(parameter, Kind::stored(value));
  } else {
    statement.bind(parameter, Kind::stored(value));
  }
}

template <class Kind, class T>
sqlite::Value copy(const void* argument) {
  decltype(auto) value = object_at<T>(argument);
  if constexpr (!Kind::template takes<T> && sqlite::detail::is_a<T, std::optional>) {
    return value ? copy<Kind, typename T::value_type>(std::addressof(*value)) : sqlite::Value();
  } else if constexpr (!Kind::template takes<T>) {
    return sqlite::Value();
  } else {
    return sqlite::to_value(Kind::stored(value));
  }
}

template <class Kind, class T>
inline constexpr Handling handling = {&bind<Kind, T>, &copy<Kind, T>};

// Not constexpr, and never defined.
struct Mistake {};
Mistake argument_is_missing();
Mistake argument_does_not_fit();

// Most kinds store what they are given.
struct AsGiven {
  template <class T>
  static const T& stored(const T& value) noexcept {
    return value;
  }
};

}  // namespace detail

// Integers, bool, enums, types whose SqlType gives an integer. No characters.
struct Integer : detail::AsGiven {
  template <class T>
  static constexpr bool takes = detail::StoredAs<T, detail::Stored::integer, detail::Stored::boolean>;
};

// bool alone: another number for a column of 0 and 1 is more likely a mistake.
struct Boolean : detail::AsGiven {
  template <class T>
  static constexpr bool takes = detail::StoredAs<T, detail::Stored::boolean>;
};

// Numbers; an integer becomes the nearest double.
struct Real {
  template <class T>
  static constexpr bool takes = detail::StoredAs<T, detail::Stored::real, detail::Stored::integer>;
  template <class T>
  static decltype(auto) stored(const T& value) noexcept {
    if constexpr (std::integral<T>) {
      return static_cast<double>(value);
    } else {
      return detail::AsGiven::stored(value);
    }
  }
};

// Strings, enums with enum_names, types whose SqlType gives text.
struct Text : detail::AsGiven {
  template <class T>
  static constexpr bool takes = detail::StoredAs<T, detail::Stored::text>;
};

// Spans, vectors and arrays of bytes or floats, types whose SqlType gives these.
struct Blob : detail::AsGiven {
  template <class T>
  static constexpr bool takes = detail::StoredAs<T, detail::Stored::blob>;
};

// A vector for vec0: floats or bytes, or JSON in a string.
struct Vector : detail::AsGiven {
  template <class T>
  static constexpr bool takes = detail::StoredAs<T, detail::Stored::blob, detail::Stored::text>;
};

// The argument of json_each(), as in `id IN (SELECT value FROM json_each(:ids))`: a range of numbers or
// strings, such as `.ids = {1, 2, 3}`, of which a JSON array is made; or JSON in a string.
struct List {
  template <class T>
  static constexpr bool takes = [] {
    if constexpr (std::ranges::input_range<const T> && !detail::StoredAs<T, detail::Stored::text>) {
      return detail::ListElement<std::ranges::range_value_t<const T>>;
    } else {
      return detail::StoredAs<T, detail::Stored::text>;
    }
  }();
  template <class T>
  static decltype(auto) stored(const T& value) {
    if constexpr (detail::StoredAs<T, detail::Stored::text>) {
      return detail::AsGiven::stored(value);
    } else {
      return json_array(value);
    }
  }

 private:
  template <class Range>
  static std::string json_array(const Range& range) {
    using T = std::ranges::range_value_t<const Range>;
    std::string json;
    for (const auto& element : range) {
      json += json.empty() ? '[' : ',';
      if constexpr (std::convertible_to<T, std::string_view>) {
        detail::append_json(json, std::string_view(element));
      } else if constexpr (std::floating_point<T>) {
        detail::append_json(json, static_cast<double>(element));
      } else if constexpr (std::unsigned_integral<T>) {
        detail::append_json(json, static_cast<std::uint64_t>(element));
      } else {
        detail::append_json(json, static_cast<std::int64_t>(element));
      }
    }
    return json.empty() ? "[]" : json += ']';
  }
};

// Everything that can be bound, NULL too: for a parameter of which nothing is known.
struct Any : detail::AsGiven {
  template <class T>
  static constexpr bool takes = !detail::StoredAs<T, detail::Stored::nothing>;
};

// A T and nothing else: a type that cairn.toml gives. A plain number takes what its kind takes, literals too.
template <class T>
struct Exactly : detail::AsGiven {
  template <class Given>
  static constexpr bool takes = std::same_as<Given, T>;
};
template <sqlite::detail::Number T>
requires(!std::same_as<T, bool>) struct Exactly<T> : Integer {
};
template <std::floating_point T>
struct Exactly<T> : Real {};

// Where an argument is, and what to do with it.
class Argument {
 public:
  void bind(sqlite::Statement& statement, int parameter) const {
    handling_->bind(address_, statement, parameter);
  }
  sqlite::Value copy() const { return handling_->copy(address_); }
  static Argument to(const sqlite::Value& value) noexcept {
    return {&value, detail::handling<Any, sqlite::Value>};
  }

 protected:
  constexpr Argument(const void* address, const detail::Handling& handling) noexcept
      : address_(address), handling_(&handling) {}
  constexpr explicit Argument(detail::Mistake) noexcept
      : Argument(nullptr, detail::handling<Any, std::nullptr_t>) {}

 private:
  const void* address_;
  const detail::Handling* handling_;
};

// What cannot be given, and the lack of an argument, is a consteval constructor that is no constant
// expression: thus both compilers name the argument at fault, its type and the kind, at every place. Of
// deleted constructors, and of constraints, clang says only that no overload of all() fits.
template <class Kind, bool nullable>
struct Parameter : Argument {
  template <class T>
  static constexpr bool takes = Kind::template takes<T> || (nullable && detail::null_for<Kind, T>);

  consteval Parameter() : Argument(detail::argument_is_missing()) {}
  template <class T>
  requires(!takes<std::decay_t<const T>>) consteval Parameter(const T&)
      : Argument(detail::argument_does_not_fit()) {}
  template <class T>
  requires takes<std::decay_t<const T>> Parameter(const T& value)
  noexcept : Argument(detail::address_of(value), detail::handling<Kind, std::decay_t<const T>>) {}
  template <class T>
  requires takes<std::initializer_list<T>> Parameter(const std::initializer_list<T>& values)
  noexcept : Argument(std::addressof(values), detail::handling<Kind, std::initializer_list<T>>) {}
};

template <class Kind>
using Required = Parameter<Kind, false>;
// Takes nullptr, std::nullopt and std::optional, too.
template <class Kind>
using Nullable = Parameter<Kind, true>;

}  // namespace cairn::sql::param
