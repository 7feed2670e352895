// Rows as C++ values:
//
//   std::int64_t, std::string, std::optional<double>, …   the one column of the row
//   std::tuple<…>, std::pair<…>                            column by column, as many as there are
//   struct Task { std::int64_t id; std::string title; };   each member from the column of its name, in any
//   case
//
// A struct is an aggregate of 1 to 32 members. Columns without a member are ignored, so that a new column
// breaks nobody; a member without a column, or with two, is a `decode` error. Another name is said in SQL:
// SELECT created_at AS created.
#pragma once

#include <algorithm>
#include <tuple>

#include "cairn/sqlite/statement.hpp"

namespace cairn::sqlite {

namespace detail {

template <class T>
inline constexpr bool is_tuple = is_a<T, std::tuple> || is_a<T, std::pair>;

template <class T>
concept RowStruct = std::is_class_v<T> && std::is_aggregate_v<T> && !Decoded<T> && !is_float_array<T>;

void require_column_count(const Statement& statement, std::size_t count);
// For each name the column that has it.
void find_columns(const Statement& statement, std::span<const std::string_view> names,
                  std::span<int> columns);

template <class T>
using MembersOf = decltype(members::tie(std::declval<T&>()));

// Whether a T looks into a statement that may be gone before it.
template <class T>
struct HoldsView : std::bool_constant<std::is_same_v<T, std::string_view> || std::is_same_v<T, Bytes>> {};
template <class T>
struct HoldsView<std::optional<T>> : HoldsView<T> {};
template <class A, class B>
struct HoldsView<std::pair<A, B>> : std::disjunction<HoldsView<A>, HoldsView<B>> {};
template <class... T>
struct HoldsView<std::tuple<T...>> : std::disjunction<HoldsView<std::remove_cvref_t<T>>...> {};
template <RowStruct T>
struct HoldsView<T> : HoldsView<MembersOf<T>> {};

}  // namespace detail

// Reads the rows of one statement; made once the first row is there, since only then its columns are certain.
template <class T>
class RowReader {
 public:
  explicit RowReader(const Statement& statement) {
    if constexpr (detail::RowStruct<T>) {
      detail::find_columns(statement, members::names<T>, columns_);
    } else if constexpr (detail::is_tuple<T>) {
      detail::require_column_count(statement, std::tuple_size_v<T>);
    } else {
      detail::require_column_count(statement, 1);
    }
  }

  T read(const Statement& statement) const {
    if constexpr (detail::RowStruct<T>) {
      return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return T{statement.get<std::remove_cvref_t<std::tuple_element_t<I, detail::MembersOf<T>>>>(
            columns_[I])...};
      }
      (std::make_index_sequence<members::count<T>>{});
    } else if constexpr (detail::is_tuple<T>) {
      return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return T{statement.get<std::tuple_element_t<I, T>>(static_cast<int>(I))...};
      }
      (std::make_index_sequence<std::tuple_size_v<T>>{});
    } else {
      return statement.get<T>(0);
    }
  }

 private:
  struct Nothing {};
  static constexpr auto no_columns() {
    if constexpr (detail::RowStruct<T>) {
      return std::array<int, members::count<T>>{};
    } else {
      return Nothing{};
    }
  }

  [[no_unique_address]] decltype(no_columns()) columns_{};
};

}  // namespace cairn::sqlite
