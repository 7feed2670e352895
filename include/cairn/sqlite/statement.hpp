// A prepared statement. Owns it; finalizes on destruction.
//
//   cairn::sqlite::Statement st = db.prepare("SELECT id, text FROM content WHERE doc_type = :type");
//   st.bind(":type", "note");
//   while (st.step()) std::cout << st.get<std::int64_t>(0) << ' ' << st.get<std::string_view>(1) << '\n';
//
// Thread-safety: one thread at a time, as for its connection.
// Lifetime: must die before its connection. Views returned by get<std::string_view>() and get<Bytes>()
// die at the next step(), reset() or get() of another type on the same column.
// Errors: every function may throw cairn::Error; get<T>() throws invalid_argument, naming the column,
// when a value is NULL and T is not an optional, or when it does not fit T. No value is coerced.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace cairn::sqlite {

using Bytes = std::span<const std::byte>;

enum class ColumnType { integer, real, text, blob, null };

// The raw little-endian bytes of a float vector, as vec0 takes them. A view: it does not copy.
inline Bytes as_bytes(std::span<const float> vector) {
  return std::as_bytes(vector);
}

class Statement {
 public:
  // Prepares the first statement of `sql`. Throws `sql` when it does not compile, with the offending
  // place marked, and invalid_argument when `sql` holds no statement or more than one.
  // With no_virtual_tables also when the statement uses one, be it through a view or a trigger ("no such
  // table").
  enum class Reach { every_table, no_virtual_tables };
  Statement(sqlite3* db, std::string_view sql, Reach reach = Reach::every_table);
  Statement(Statement&& other) noexcept : stmt_(std::exchange(other.stmt_, nullptr)) {}
  Statement& operator=(Statement&& other) noexcept {
    std::swap(stmt_, other.stmt_);
    return *this;
  }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  // Binding. Parameters count from 1. bind copies text and blobs; bind_view does not, and the bytes
  // must then live until the next bind, reset-and-step or destruction.
  Statement& bind(int parameter, std::nullptr_t);
  Statement& bind(int parameter, std::int64_t value);
  Statement& bind(int parameter, double value);
  Statement& bind(int parameter, std::string_view value);
  Statement& bind(int parameter, Bytes value);
  Statement& bind_view(int parameter, std::string_view value);
  Statement& bind_view(int parameter, Bytes value);
  Statement& bind(int parameter, const char* value) { return bind(parameter, std::string_view(value)); }
  template <std::integral T>
  Statement& bind(int parameter, T value) {
    if constexpr (std::is_unsigned_v<T> && sizeof(T) == sizeof(std::int64_t)) require_fits_int64(value);
    return bind(parameter, static_cast<std::int64_t>(value));
  }
  Statement& bind(int parameter, float value) { return bind(parameter, static_cast<double>(value)); }
  // A span or vector of floats is bound as a vector for vec0.
  Statement& bind(int parameter, std::span<const float> value) { return bind(parameter, as_bytes(value)); }
  Statement& bind(int parameter, const std::vector<float>& value) {
    return bind(parameter, std::span<const float>(value));
  }
  template <class T>
  Statement& bind(int parameter, const std::optional<T>& value) {
    return value ? bind(parameter, *value) : bind(parameter, nullptr);
  }
  // By name, with its ':', '@' or '$'. Throws invalid_argument when the statement has no such parameter.
  template <class T>
  Statement& bind(const char* name, const T& value) {
    return bind(parameter_index(name), value);
  }
  // All parameters in order. Throws invalid_argument when the number differs.
  template <class... Args>
  Statement& bind_all(const Args&... args) {
    require_parameter_count(static_cast<int>(sizeof...(Args)));
    int parameter = 0;
    (bind(++parameter, args), ...);
    return *this;
  }

  // Advances to the next row; false when there is none. After false the statement is reset.
  bool step();
  // Runs to the end and discards the rows.
  void run();
  // Ready to be stepped again; bindings stay.
  void reset() noexcept;
  void clear_bindings() noexcept;

  // The current row. Columns count from 0.
  int column_count() const noexcept;
  std::string column_name(int column) const;
  ColumnType column_type(int column) const;
  bool is_null(int column) const { return column_type(column) == ColumnType::null; }
  template <class T>
  T get(int column) const;

  int parameter_count() const noexcept;
  int parameter_index(const char* name) const;
  std::string_view sql() const noexcept;
  bool read_only() const noexcept;
  sqlite3_stmt* handle() const noexcept { return stmt_; }

 private:
  std::int64_t get_int64(int column) const;
  double get_double(int column) const;
  std::string_view get_text(int column) const;
  Bytes get_blob(int column) const;
  std::vector<float> get_vector(int column) const;
  void require_parameter_count(int count) const;
  static void require_fits_int64(std::uint64_t value);
  [[noreturn]] void throw_out_of_range(int column) const;

  sqlite3_stmt* stmt_ = nullptr;
};

namespace detail {
template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};
}  // namespace detail

template <class T>
T Statement::get(int column) const {
  if constexpr (detail::is_optional<T>::value) {
    if (is_null(column)) return std::nullopt;
    return get<typename T::value_type>(column);
  } else if constexpr (std::is_same_v<T, bool>) {
    return get_int64(column) != 0;
  } else if constexpr (std::integral<T>) {
    const std::int64_t value = get_int64(column);
    if (!std::in_range<T>(value)) throw_out_of_range(column);
    return static_cast<T>(value);
  } else if constexpr (std::floating_point<T>) {
    return static_cast<T>(get_double(column));
  } else if constexpr (std::is_same_v<T, std::string_view>) {
    return get_text(column);
  } else if constexpr (std::is_same_v<T, std::string>) {
    return std::string(get_text(column));
  } else if constexpr (std::is_same_v<T, Bytes>) {
    return get_blob(column);
  } else {
    static_assert(std::is_same_v<T, std::vector<float>>,
                  "Statement::get: this type cannot be read from a column");
    return get_vector(column);
  }
}

}  // namespace cairn::sqlite
