// A prepared statement. Owns it; finalizes on destruction.
//
//   cairn::sqlite::Statement st = db.prepare("SELECT id, text FROM content WHERE doc_type = :type");
//   st.bind(":type", "note");
//   while (st.step()) std::cout << st.get<std::int64_t>(0) << ' ' << st.get<std::string_view>(1) << '\n';
//
// Which C++ types can be bound and read: cairn/sqlite/value.hpp.
// Thread-safety: one thread at a time, as for its connection.
// Lifetime: must die before its connection. Views returned by get<std::string_view>() and get<Bytes>()
// die at the next step(), reset() or get() of another type on the same column.
// Errors: every function may throw cairn::Error; get<T>() throws `decode`, naming the column, when a value is
// NULL and T is not an optional, or is not a T.
#pragma once

#include "cairn/sqlite/members.hpp"
#include "cairn/sqlite/value.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace cairn::sqlite {

// An argument for the parameter of that name, with its ':', '@' or '$':
//
//   db.execute("UPDATE tasks SET done = :done WHERE id = :id", named(":id", 7), named(":done", true));
//
// A view of the value: use it where it is made.
template <class T>
struct NamedArgument {
  const char* name;
  const T& value;
};
template <class T>
NamedArgument<T> named(const char* name, const T& value) noexcept {
  return {name, value};
}

// The members of an aggregate for the parameters of their names, ':title' for `title`. Each parameter needs a
// member; a member that no parameter names is left out:
//
//   db.execute("INSERT INTO tasks(title, due) VALUES (:title, :due)", named(task));
template <class T>
struct NamedMembers {
  const T& object;
};
template <class T>
requires std::is_aggregate_v<T> NamedMembers<T> named(const T& object)
noexcept {
  return {object};
}

namespace detail {
template <class T>
inline constexpr bool is_named = is_a<T, NamedArgument>;
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
  template <class T>
  Statement& bind(int parameter, const T& value) {
    encode(value, Parameter{*this, parameter}, Lifetime::temporary);
    return *this;
  }
  template <class T>
  Statement& bind_view(int parameter, const T& value) {
    encode(value, Parameter{*this, parameter}, Lifetime::borrowed);
    return *this;
  }
  // By name, with its ':', '@' or '$'. Throws invalid_argument when the statement has no such parameter.
  template <class T>
  Statement& bind(const char* name, const T& value) {
    return bind(parameter_index(name), value);
  }
  // All parameters: in order, each by name(d), or as a std::vector<Value> when their number is known only at
  // run time. Throws invalid_argument when one is missing, twice there,
  // or not in the statement.
  template <class... Args>
  Statement& bind_all(const Args&... args) {
    bind_each(Lifetime::temporary, args...);
    return *this;
  }
  // The same without copies; the arguments must live until the statement has run.
  template <class... Args>
  Statement& bind_all_views(const Args&... args) {
    bind_each(Lifetime::borrowed, args...);
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
  std::string_view column_name(int column) const;  // lives as long as the statement is not stepped
  ColumnType column_type(int column) const;
  bool is_null(int column) const { return column_type(column) == ColumnType::null; }
  template <class T>
  T get(int column) const {
    return decode<T>(Column{*this, column});
  }

  int parameter_count() const noexcept;
  int parameter_index(const char* name) const;
  std::string_view sql() const noexcept;
  bool read_only() const noexcept;
  sqlite3_stmt* handle() const noexcept { return stmt_; }

 private:
  // The two ends of value.hpp: where encode() puts a value, and where decode() finds one.
  struct Parameter {
    void null() const { statement.bind_null(index); }
    void integer(std::int64_t value) const { statement.bind_integer(index, value); }
    void real(double value) const { statement.bind_real(index, value); }
    void text(std::string_view value, Lifetime lifetime) const {
      statement.bind_text(index, value, lifetime);
    }
    void blob(Bytes value, Lifetime lifetime) const { statement.bind_blob(index, value, lifetime); }
    [[noreturn]] void reject(const char* why) const { statement.reject_parameter(index, why); }

    Statement& statement;
    int index;
  };
  struct Column {
    ColumnType type() const { return statement.column_type(index); }
    bool is_null() const { return statement.is_null(index); }
    std::int64_t integer() const { return statement.get_integer(index); }
    double real() const { return statement.get_real(index); }
    std::string_view text() const { return statement.get_text(index); }
    Bytes blob() const { return statement.get_blob(index); }
    [[noreturn]] void reject(const char* why) const { statement.reject_column(index, why); }

    const Statement& statement;
    int index;
  };

  template <class... Args>
  void bind_each(Lifetime lifetime, const Args&... args) {
    if constexpr (sizeof...(Args) > 0 && (detail::is_named<Args> && ...)) {
      require_every_parameter({args.name...});
      (encode(args.value, Parameter{*this, parameter_index(args.name)}, lifetime), ...);
    } else {
      static_assert(!(detail::is_named<Args> || ...), "arguments are either all named or all in order");
      require_parameter_count(static_cast<int>(sizeof...(Args)));
      int parameter = 0;
      (encode(args, Parameter{*this, ++parameter}, lifetime), ...);
    }
  }
  void bind_each(Lifetime lifetime, const std::vector<Value>& values) {
    require_parameter_count(static_cast<int>(values.size()));
    int parameter = 0;
    for (const Value& value : values) encode(value, Parameter{*this, ++parameter}, lifetime);
  }
  template <class T>
  void bind_each(Lifetime lifetime, const NamedMembers<T>& members) {
    const auto values = members::tie(members.object);
    const int count = parameter_count();
    for (int parameter = 1; parameter <= count; ++parameter) {
      const std::size_t member = member_for(parameter, members::names<T>);
      [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((I == member ? encode(std::get<I>(values), Parameter{*this, parameter}, lifetime) : void()), ...);
      }
      (std::make_index_sequence<members::count<T>>{});
    }
  }

  void bind_null(int parameter);
  void bind_integer(int parameter, std::int64_t value);
  void bind_real(int parameter, double value);
  void bind_text(int parameter, std::string_view value, Lifetime lifetime);
  void bind_blob(int parameter, Bytes value, Lifetime lifetime);
  [[noreturn]] void reject_parameter(int parameter, const char* why) const;

  std::int64_t get_integer(int column) const;
  double get_real(int column) const;
  std::string_view get_text(int column) const;
  Bytes get_blob(int column) const;
  [[noreturn]] void reject_column(int column, const char* why) const;

  void require_parameter_count(int count) const;
  void require_every_parameter(std::initializer_list<const char*> names) const;
  std::size_t member_for(int parameter, std::span<const std::string_view> members) const;

  sqlite3_stmt* stmt_ = nullptr;
};

}  // namespace cairn::sqlite
