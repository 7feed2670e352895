// SQL functions, aggregates, window functions and collations written in C++.
//
//   const auto shout = [](std::string_view s, std::optional<std::int64_t> times) { …; return text; };
//   db.create_function("shout", shout, {.deterministic = true});
//
//   struct Product {                                 // an aggregate: one copy per group
//     double product = 1;
//     void step(double x) { product *= x; }
//     void inverse(double x) { product /= x; }       // only for window functions: takes back an earlier step
//     double finish() const { return product; }
//   };
//   db.create_aggregate("product", Product{});
//   const auto by_length = [](std::string_view a, std::string_view b) { return a.size() <=> b.size(); };
//   db.create_collation("by_length", by_length);
//
// Arguments and their number come from the signature: the types of cairn/sqlite/value.hpp (std::optional
// where NULL may come, sqlite::Value for anything), or one `const Arguments&` for any number. Results: the
// same, and void (NULL). Nothing is coerced but an integer to floating point: another type, or a NULL without
// std::optional, is an error that names the function and the argument. What the function throws becomes the
// statement's error, with its text. Views live as long as the call. Functions with the same name and other
// numbers of arguments stand side by side.
//
// Thread-safety: each connection gets a copy of its own of the callable; what it refers to is shared.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "cairn/sqlite/connection_ref.hpp"

struct sqlite3_context;
struct sqlite3_value;

namespace cairn::sql {

// https://www.sqlite.org/c3ref/c_deterministic.html
struct FunctionFlags {
  bool deterministic = false;  // the same arguments always give the same result; needed in an index
  bool direct_only = false;    // not from views, triggers and schemas, which others may have written
  bool innocuous = false;      // does and tells nothing that others must not cause or know
};

// An argument of a function; where sqlite::decode() finds a value.
class Argument {
 public:
  Argument(sqlite3_value* value, const char* function, int number)
      : value_(value), function_(function), number_(number) {}

  sqlite::ColumnType type() const noexcept;
  bool is_null() const noexcept { return type() == sqlite::ColumnType::null; }
  // Any type of cairn/sqlite/value.hpp.
  template <class T>
  T get() const {
    return sqlite::decode<T>(*this);
  }

  std::int64_t integer() const;
  double real() const;
  std::string_view text() const;
  sqlite::Bytes blob() const;
  [[noreturn]] void reject(const char* why) const;

 private:
  [[noreturn]] void throw_wrong_type(const char* wanted) const;

  sqlite3_value* value_;
  const char* function_;
  int number_;  // from 1
};

// All arguments of a call.
class Arguments {
 public:
  Arguments(std::span<sqlite3_value*> values, const char* function) : values_(values), function_(function) {}

  std::size_t size() const noexcept { return values_.size(); }
  // REQUIRES: index < size().
  Argument operator[](std::size_t index) const {
    return {values_[index], function_, static_cast<int>(index) + 1};
  }

 private:
  std::span<sqlite3_value*> values_;
  const char* function_;
};

namespace detail {

// The parameters and the result of a function object, a function or a member function.
template <class T>
struct Signature : Signature<decltype(&T::operator())> {};
template <class R, class... A>
struct Signature<R (*)(A...)> {
  using Parameters = std::tuple<std::remove_cvref_t<A>...>;
};
template <class R, class... A>
struct Signature<R (*)(A...) noexcept> : Signature<R (*)(A...)> {};
template <class R, class C, class... A>
struct Signature<R (C::*)(A...)> : Signature<R (*)(A...)> {};
template <class R, class C, class... A>
struct Signature<R (C::*)(A...) const> : Signature<R (*)(A...)> {};
template <class R, class C, class... A>
struct Signature<R (C::*)(A...) noexcept> : Signature<R (*)(A...)> {};
template <class R, class C, class... A>
struct Signature<R (C::*)(A...) const noexcept> : Signature<R (*)(A...)> {};

constexpr int any_number = -1;

template <class Parameters>
struct Arity;
template <class... T>
struct Arity<std::tuple<T...>> {
  static constexpr int value = static_cast<int>(sizeof...(T));
};
template <>
struct Arity<std::tuple<Arguments>> {
  static constexpr int value = any_number;
};

// Calls `callable` with the arguments as its signature wants them.
template <class Callable, class... T>
decltype(auto) call(Callable&& callable, const Arguments& arguments, std::type_identity<std::tuple<T...>>) {
  return [&]<std::size_t... I>(std::index_sequence<I...>)->decltype(auto) {
    return callable(arguments[I].template get<T>()...);
  }
  (std::index_sequence_for<T...>{});
}
template <class Callable>
decltype(auto) call(Callable&& callable, const Arguments& arguments,
                    std::type_identity<std::tuple<Arguments>>) {
  return callable(arguments);
}

// Where sqlite::encode() puts a result.
struct Result {
  void null() const;
  void integer(std::int64_t value) const;
  void real(double value) const;
  void text(std::string_view value, sqlite::Lifetime) const;
  void blob(sqlite::Bytes value, sqlite::Lifetime) const;
  [[noreturn]] void reject(const char* why) const;

  sqlite3_context* context;
};

// One group of an aggregate.
class Group {
 public:
  virtual ~Group() = default;
  virtual void step(const Arguments& arguments) = 0;
  virtual void inverse(const Arguments& arguments) = 0;
  virtual void finish(sqlite3_context* context) = 0;
};

template <class A>
concept Invertible = requires {
  &A::inverse;
};

template <class A>
class GroupOf final : public Group {
 public:
  using Parameters = typename Signature<decltype(&A::step)>::Parameters;

  explicit GroupOf(const A& initial) : aggregate_(initial) {}

  void step(const Arguments& arguments) override {
    call([this](const auto&... args) { aggregate_.step(args...); }, arguments,
         std::type_identity<Parameters>{});
  }
  void inverse(const Arguments& arguments) override {
    if constexpr (Invertible<A>)
      call([this](const auto&... args) { aggregate_.inverse(args...); }, arguments,
           std::type_identity<Parameters>{});
  }
  void finish(sqlite3_context* context) override { sqlite::encode(aggregate_.finish(), Result{context}); }

 private:
  A aggregate_;
};

}  // namespace detail

// A function that can be registered on any number of connections; ConnectOptions holds a list of them.
class Function {
 public:
  template <class Callable>
  Function(std::string name, Callable callable, FunctionFlags flags = {})
      : name_(std::move(name)), flags_(flags) {
    using Parameters = typename detail::Signature<Callable>::Parameters;
    arity_ = detail::Arity<Parameters>::value;
    scalar_ = [callable = std::move(callable)](sqlite3_context* context, const Arguments& arguments) mutable {
      constexpr std::type_identity<Parameters> parameters{};
      if constexpr (std::is_void_v<decltype(detail::call(callable, arguments, parameters))>) {
        detail::call(callable, arguments, parameters);
      } else {
        sqlite::encode(detail::call(callable, arguments, parameters), detail::Result{context});
      }
    };
  }

  // Every group begins with a copy of `initial`. With inverse() it is a window function too, and finish()
  // is then called once per row.
  template <class A>
  static Function aggregate(std::string name, A initial, FunctionFlags flags = {}) {
    Function function(std::move(name), flags);
    function.arity_ = detail::Arity<typename detail::GroupOf<A>::Parameters>::value;
    function.new_group_ = [initial = std::move(initial)] {
      return std::make_unique<detail::GroupOf<A>>(initial);
    };
    function.window_ = detail::Invertible<A>;
    return function;
  }

  // Throws invalid_argument when the name is empty, or longer than 255 bytes.
  void add_to(sqlite::ConnectionRef db) const;

 private:
  friend struct FunctionCallbacks;
  Function(std::string name, FunctionFlags flags) : name_(std::move(name)), flags_(flags) {}

  std::string name_;
  FunctionFlags flags_;
  int arity_ = 0;
  bool window_ = false;
  // Either of the two.
  std::function<void(sqlite3_context*, const Arguments&)> scalar_;
  std::function<std::unique_ptr<detail::Group>()> new_group_;
};

// An order of texts, for `ORDER BY x COLLATE name` and columns declared so. It must be a strict weak order
// and always the same one, or indexes made with it become wrong. It gives an int, like strcmp, or an ordering
// of <compare>. It should not throw: SQLite cannot be told why, so the statement fails with `interrupted`.
class Collation {
 public:
  template <class Compare>
  Collation(std::string name, Compare compare)
      : name_(std::move(name)),
        compare_([compare = std::move(compare)](std::string_view a, std::string_view b) mutable {
          const auto order = compare(a, b);
          return order < 0 ? -1 : order > 0 ? 1 : 0;
        }) {}

  void add_to(sqlite::ConnectionRef db) const;

 private:
  friend struct CollationCallbacks;
  std::string name_;
  std::function<int(std::string_view, std::string_view)> compare_;
};

}  // namespace cairn::sql
