// The members of an aggregate, with their names, without a macro beside it: what lets a row become a struct.
//
//   struct Task { std::int64_t id; std::string title; };
//   members::names<Task>;                // {"id", "title"}
//   members::tie(task);                  // std::tuple<std::int64_t&, std::string&>
//
// For aggregates without base classes, of 1 to 32 members, none of which is a C array or a reference.
//
// How: structured bindings give the members of an object that is declared and never defined; a pointer to
// one of them is a template argument, and compilers spell template arguments out in __PRETTY_FUNCTION__.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace cairn::sqlite::members {

inline constexpr std::size_t kMost = 32;

namespace detail {

// Converts to whatever a member wants; only ever named in unevaluated code.
struct Anything {
  template <class T>
  operator T&() const& noexcept;
  template <class T>
  operator T&&() const&& noexcept;
};

template <std::size_t>
using AnythingFor = Anything;

template <class T, std::size_t... I>
constexpr bool takes(std::index_sequence<I...>) {
  return requires {
    T{AnythingFor<I>{}...};
  };
}

template <class T, std::size_t N = kMost + 1>
constexpr std::size_t count_members() {
  if constexpr (N == 0 || takes<T>(std::make_index_sequence<N>{})) {
    return N;
  } else {
    return count_members<T, N - 1>();
  }
}

}  // namespace detail

template <class T>
inline constexpr std::size_t count = detail::count_members<std::remove_cv_t<T>>();

// The members by reference.
template <class T>
constexpr auto tie(T& object) noexcept {
  static_assert(count<T> >= 1 && count<T> <= kMost, "a row struct has 1 to 32 members");
  // clang-format off
#define CAIRN_TIE(n, ...) \
  if constexpr (count<T> == n) { auto& [__VA_ARGS__] = object; return std::tie(__VA_ARGS__); }
  CAIRN_TIE(1, a)
  CAIRN_TIE(2, a, b)
  CAIRN_TIE(3, a, b, c)
  CAIRN_TIE(4, a, b, c, d)
  CAIRN_TIE(5, a, b, c, d, e)
  CAIRN_TIE(6, a, b, c, d, e, f)
  CAIRN_TIE(7, a, b, c, d, e, f, g)
  CAIRN_TIE(8, a, b, c, d, e, f, g, h)
  CAIRN_TIE(9, a, b, c, d, e, f, g, h, i)
  CAIRN_TIE(10, a, b, c, d, e, f, g, h, i, j)
  CAIRN_TIE(11, a, b, c, d, e, f, g, h, i, j, k)
  CAIRN_TIE(12, a, b, c, d, e, f, g, h, i, j, k, l)
  CAIRN_TIE(13, a, b, c, d, e, f, g, h, i, j, k, l, m)
  CAIRN_TIE(14, a, b, c, d, e, f, g, h, i, j, k, l, m, n_)
  CAIRN_TIE(15, a, b, c, d, e, f, g, h, i, j, k, l, m, n_, o)
  CAIRN_TIE(16, a, b, c, d, e, f, g, h, i, j, k, l, m, n_, o, p)
  CAIRN_TIE(17, a, b, c, d, e, f, g, h, i, j, k, l, m, n_, o, p, q)
  CAIRN_TIE(18, a, b, c, d, e, f, g, h, i, j, k, l, m, n_, o, p, q, r)
  CAIRN_TIE(19, a, b, c, d, e, f, g, h, i, j, k, l, m, n_, o, p, q, r, s)
  CAIRN_TIE(20, a, b, c, d, e, f, g, h, i, j, k, l, m, n_, o, p, q, r, s, t)
  CAIRN_TIE(21, a, b, c, d, e, f, g, h, i, j, k, l, m, n_, o, p, q, r, s, t, u)
  CAIRN_TIE(22, a, b, c, d, e, f, g, h, i, j, k, l, m, n_, o, p, q, r, s, t, u, v)
  CAIRN_TIE(23, a, b, c, d, e, f, g, h, i, j, k, l, m, n_, o, p, q, r, s, t, u, v, w)
  CAIRN_TIE(24, a, b, c, d, e, f, g, h, i, j, k, l, m, n_, o, p, q, r, s, t, u, v, w, x)
  CAIRN_TIE(25, a, b, c, d, e, f, g, h, i, j, k, l, m, n_, o, p, q, r, s, t, u, v, w, x, y)
  CAIRN_TIE(26, a, b, c, d, e, f, g, h, i, j, k, l, m, n_, o, p, q, r, s, t, u, v, w, x, y, z)
  CAIRN_TIE(27, a, b, c, d, e, f, g, h, i, j, k, l, m, n_, o, p, q, r, s, t, u, v, w, x, y, z, a2)
  CAIRN_TIE(28, a, b, c, d, e, f, g, h, i, j, k, l, m, n_, o, p, q, r, s, t, u, v, w, x, y, z, a2, b2)
  CAIRN_TIE(29, a, b, c, d, e, f, g, h, i, j, k, l, m, n_, o, p, q, r, s, t, u, v, w, x, y, z, a2, b2, c2)
  CAIRN_TIE(30, a, b, c, d, e, f, g, h, i, j, k, l, m, n_, o, p, q, r, s, t, u, v, w, x, y, z, a2, b2, c2, d2)
  CAIRN_TIE(31, a, b, c, d, e, f, g, h, i, j, k, l, m, n_, o, p, q, r, s, t, u, v, w, x, y, z, a2, b2, c2, d2, e2)
  CAIRN_TIE(32, a, b, c, d, e, f, g, h, i, j, k, l, m, n_, o, p, q, r, s, t, u, v, w, x, y, z, a2, b2, c2, d2, e2, f2)
#undef CAIRN_TIE
  // clang-format on
}

namespace detail {

// Anonymous and local types have internal linkage, for which clang misses a definition that nobody needs.
#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-var-template"
#pragma clang diagnostic ignored "-Wundefined-internal"
#endif

template <class T>
struct Holder {
  T object;
};
template <class T>
extern const Holder<T> never_defined;

template <class T>
struct Pointer {
  const T* to;
};
template <class T>
Pointer(const T*) -> Pointer<T>;

// "… Pointer<long int>{(& never_defined<Task>.Holder<Task>::object.Task::id)}; …" says g++,
// "… [P = {&never_defined.object.id}]" says clang.
template <Pointer P>
consteval std::string_view name_of() {
  const std::string_view all = __PRETTY_FUNCTION__;
#if defined(__clang__)
  const std::size_t end = all.rfind('}');
  const std::size_t begin = all.rfind('.', end) + 1;
#else
  const std::size_t end = all.rfind(")}");
  const std::size_t begin = all.rfind("::", end) + 2;
#endif
  return all.substr(begin, end - begin);
}

template <class Tuple, std::size_t I>
using AddressOf = std::add_pointer_t<std::tuple_element_t<I, Tuple>>;

template <class T, std::size_t I>
consteval auto address() {
  return &std::get<I>(members::tie(never_defined<T>.object));
}

template <class T, std::size_t... I>
consteval auto names(std::index_sequence<I...>) {
  return std::array<std::string_view, sizeof...(I)>{name_of<Pointer{address<T, I>()}>()...};
}

#if defined(__clang__)
#pragma clang diagnostic pop
#endif

}  // namespace detail

template <class T>
inline constexpr auto names = detail::names<T>(std::make_index_sequence<count<T>>{});

}  // namespace cairn::sqlite::members
