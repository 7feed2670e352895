// Checked SQL: a text that the build has checked against the migrated schema. Its rows and its parameters
// have names and types, and a mistake does not compile.
//
//   auto open_tasks = CAIRN_SQL("SELECT id, title, due FROM tasks WHERE owner = :owner AND done = 0")
//                         .all(db, {.owner = "ada"});
//   open_tasks[0].title;   // std::string
//   open_tasks[0].due;     // std::optional<std::int64_t>, because the column may be NULL
//
//   CAIRN_SQL("UPDATE tasks SET done = 1 WHERE id = :id").execute(pool, {.id = 7});
//   std::int64_t n = CAIRN_SQL("SELECT count(*) AS n FROM tasks").scalar(db);
//   std::vector<Task> tasks = CAIRN_SQL("SELECT id, title FROM tasks").as<Task>().all(db);
//
// The build finds the literals in the sources and writes a header for each source, which the compiler
// includes by itself (CMake: cairn_checked_sql()). Parameters without a name are p1, p2, …: `.one(db, {7})`;
// what a parameter takes is said in cairn/sql/param.hpp.
//
// The first argument of every function, `db`, is
//   - a connection, a transaction, or a lease from a pool;
//   - a sql::Pool: what only reads borrows a reader, what writes runs in pool.write();
//   - a sql::AsyncPool: the same in its threads. The result is an Operation of what is said below (each(): a
//     RowStream), and arguments are copied. Everywhere else they must live until the call is over, as those
//     do that are written into its braces.
//
// Thread-safety: as that of `db`. Errors: as those of ConnectionRef; `decode` also when the columns are not
// those that the program was checked against.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "cairn/sql/param.hpp"
#include "cairn/sqlite/connection_ref.hpp"

// Which set of checked texts holds here. The header of the translation unit, which comes first, has said it.
#ifndef CAIRN_SQL_SET
#define CAIRN_SQL_SET 0
#endif

// A CheckedSql for the text. The "" keeps out what is not a literal.
#define CAIRN_SQL(...) \
  (::cairn::sql::detail::Checked<CAIRN_SQL_SET, ::cairn::sql::detail::text_hash("" __VA_ARGS__)>())

namespace cairn::sql {

class Pool;
class PooledConnection;
class AsyncPool;

// How a query gives what it finds: as the members of CheckedSql of these names.
enum class Form { one, optional, all, each, scalar, execute };

namespace detail {

// --- From a text to what is known about it.

// FNV-1a; cairn::check::text_hash() is the same.
constexpr std::uint64_t text_hash(std::string_view sql) noexcept {
  constexpr std::uint64_t prime = 0x100000001b3;
  std::uint64_t hash = 0xcbf29ce484222325;
  const char* c = sql.data();
  std::size_t left = sql.size();
  // Compilers interpret this for every text, step by step; four at a time are fewer steps.
  for (; left >= 4; left -= 4, c += 4) {
    hash = (hash ^ static_cast<unsigned char>(c[0])) * prime;
    hash = (hash ^ static_cast<unsigned char>(c[1])) * prime;
    hash = (hash ^ static_cast<unsigned char>(c[2])) * prime;
    hash = (hash ^ static_cast<unsigned char>(c[3])) * prime;
  }
  for (; left > 0; --left) hash = (hash ^ static_cast<unsigned char>(*c++)) * prime;
  return hash;
}

// The generated header has a specialisation, with the query as `type`, for each text of its set.
template <std::uint64_t set, std::uint64_t text>
struct CheckedQuery {
  static_assert(
      set != 0,
      "this SQL was not checked: its source belongs to no target of cairn_checked_sql(), or it is in a "
      "header that is not among the target's sources");
  static_assert(
      set == 0 || text == ~text,
      "this SQL was not checked: the build has not seen this text here. Write it as one literal inside "
      "CAIRN_SQL, and build (or run `cairn prepare --watch`), so that the headers are fresh");
};

// --- Rows.

// Throws `decode` when the columns are not those that the query was checked with. `names` may be empty.
void require_columns(const sqlite::Statement& statement, int count, std::span<const std::string_view> names);

template <class T>
struct WithoutOptionalOf {
  using type = T;
};
template <class T>
struct WithoutOptionalOf<std::optional<T>> {
  using type = T;
};
template <class T>
using WithoutOptional = typename WithoutOptionalOf<T>::type;

using param::detail::Stored;

// As what decode() reads a T.
template <class T>
consteval Stored read_as() {
  if constexpr (sqlite::detail::Decoded<T>) {
    return read_as<
        WithoutOptional<std::decay_t<decltype(sqlite::detail::stored_as(&SqlType<T>::from_sql))>>>();
  } else {
    constexpr Stored stored = param::detail::stored<T>();
    return stored == Stored::boolean ? Stored::integer : stored;
  }
}

// Whether a T can hold what is in a column of the type Column; NULL is a question of its own.
template <class T, class Column>
consteval bool takes_column() {
  constexpr Stored wanted = read_as<WithoutOptional<T>>(), there = read_as<WithoutOptional<Column>>();
  return wanted == there || wanted == Stored::various || (wanted == Stored::real && there == Stored::integer);
}

template <class T>
consteval bool takes_null() {
  if constexpr (sqlite::detail::Decoded<T>) {
    return takes_null<std::decay_t<decltype(sqlite::detail::stored_as(&SqlType<T>::from_sql))>>();
  } else {
    return param::detail::stored<T>() == Stored::various;
  }
}

// The struct of .as<T>(), member by member. What is compared stands in the template arguments, since
// compilers show those: `Member` is the address of the member.
template <sqlite::members::detail::Pointer Member, bool has_column>
struct CheckMember {
  static_assert(has_column, "a member of the struct for .as<> has no column of its name in this query");
};
template <class Struct, sqlite::members::detail::Pointer Column, bool has_member>
struct CheckColumn {
  static_assert(has_member, "a column of this query has no member of its name in the struct for .as<>");
};
template <sqlite::members::detail::Pointer Member, class MemberType, class ColumnType>
struct CheckType {
  static_assert(takes_column<MemberType, ColumnType>(),
                "a member of the struct for .as<> is of a type that cannot hold its column");
  static_assert(!sqlite::detail::is_a<ColumnType, std::optional> || takes_null<MemberType>(),
                "a member of the struct for .as<> is not a std::optional, and its column may be NULL");
};

constexpr bool same_name(std::string_view a, std::string_view b) {
  const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return small(x) == small(y); });
}

// The index of the member of T that has the name of From's member `i`; count<T> when there is none.
template <class From, std::size_t i, class T>
constexpr std::size_t counterpart() {
  const auto& names = sqlite::members::names<T>;
  std::size_t j = 0;
  while (j < names.size() && !same_name(names[j], sqlite::members::names<From>[i])) ++j;
  return j;
}

template <class T, std::size_t i>
using MemberOf = std::remove_reference_t<std::tuple_element_t<i, sqlite::detail::MembersOf<T>>>;

template <class T, std::size_t i>
inline constexpr sqlite::members::detail::Pointer member_address{sqlite::members::detail::address<T, i>()};

template <class T, std::size_t member, class Row>
constexpr bool check_member() {
  constexpr std::size_t column = counterpart<T, member, Row>();
  constexpr bool has_column = column < sqlite::members::count<Row>;
  static_cast<void>(CheckMember<member_address<T, member>, has_column>());
  if constexpr (has_column)
    static_cast<void>(CheckType<member_address<T, member>, MemberOf<T, member>, MemberOf<Row, column>>());
  return true;
}

template <class T, class Row>
constexpr bool check_struct() {
  static_assert(sqlite::detail::RowStruct<T>, ".as<> takes a struct with a member for each column");
  [&]<std::size_t... i>(std::index_sequence<i...>) {
    static_cast<void>((check_member<T, i, Row>() && ...));
  }
  (std::make_index_sequence<sqlite::members::count<T>>());
  [&]<std::size_t... i>(std::index_sequence<i...>) {
    (static_cast<void>(
         CheckColumn<T, member_address<Row, i>, (counterpart<Row, i, T>() < sqlite::members::count<T>)>()),
     ...);
  }
  (std::make_index_sequence<sqlite::members::count<Row>>());
  return true;
}

template <class T, class Row>
T read_struct(const sqlite::Statement& statement) {
  return [&]<std::size_t... i>(std::index_sequence<i...>) {
    return T{statement.get<MemberOf<T, i>>(static_cast<int>(counterpart<T, i, Row>()))...};
  }
  (std::make_index_sequence<sqlite::members::count<T>>());
}

// A query whose rows are Ts.
template <class Query, class T>
struct As : Query {
  using Row = T;
  static T read(const sqlite::Statement& statement) { return read_struct<T, typename Query::Row>(statement); }
  static constexpr bool check() { return check_struct<T, typename Query::Row>(); }
};
template <class Query, class Before, class T>
struct As<As<Query, Before>, T> : As<Query, T> {};

// --- Running. What does not depend on the query is not a template, so that a program of many queries
// compiles fast.

// A query that runs on a connection. Errors: as those of ConnectionRef, and those of the columns.
class CheckedRun {
 public:
  // Lends the statement and binds it; the arguments must live until the run is over.
  CheckedRun(const sqlite::ConnectionRef& db, std::string_view sql,
             std::span<const param::Argument> arguments, int column_count);
  CheckedRun(const CheckedRun&) = delete;
  CheckedRun& operator=(const CheckedRun&) = delete;

  // The names of the columns, where a '*' makes them depend on the schema.
  void expect(std::span<const std::string_view> columns) { columns_ = columns; }

  // The next row; null when there is none, and then the run is over.
  const sqlite::Statement* next();
  // The first row; throws row_not_found.
  const sqlite::Statement& first();
  // Ends a run whose other rows are of no use. Without it, and short of the last row, a write is undone.
  void finish();

  // All of it, for a statement without rows: how many were changed.
  static std::int64_t execute(const sqlite::ConnectionRef& db, std::string_view sql,
                              std::span<const param::Argument> arguments);
  // A range of rows. It outlives the call, and so copies the arguments.
  template <class Reader>
  static auto rows(const sqlite::ConnectionRef& db, std::string_view sql,
                   std::span<const param::Argument> arguments) {
    return db.rows<Reader>(sql, [&](sqlite::Statement& statement) { bind_copies(statement, arguments); });
  }

 private:
  static void bind(sqlite::Statement& statement, std::span<const param::Argument> arguments);
  static void bind_copies(sqlite::Statement& statement, std::span<const param::Argument> arguments);

  const sqlite::CachedStatement statement_;
  sqlite::ConnectionRef::ReturningWrite write_;
  int column_count_;
  std::span<const std::string_view> columns_;
  bool columns_are_known_ = false;
};

// The arguments of a call that outlives its caller's.
class ArgumentCopies {
 public:
  explicit ArgumentCopies(std::span<const param::Argument> arguments);
  std::vector<param::Argument> arguments() const;

 private:
  std::vector<sqlite::Value> values_;
};

template <class Query>
struct CheckedReader {
  explicit CheckedReader(const sqlite::Statement& statement) {
    if constexpr (requires { Query::columns; }) {
      require_columns(statement, Query::column_count, Query::columns);
    } else {
      require_columns(statement, Query::column_count, {});
    }
  }
  typename Query::Row read(const sqlite::Statement& statement) const { return Query::read(statement); }
};

// The rows of each() on a pool: they keep their connection.
template <class Rows, class Lease>
class LeasedRows {
 public:
  template <class Start>
  LeasedRows(Lease lease, const Start& start) : lease_(std::move(lease)), rows_(start(*lease_)) {}
  auto begin() { return rows_.begin(); }
  auto end() const noexcept { return rows_.end(); }

 private:
  Lease lease_;
  Rows rows_;
};

template <class Query, Form form>
auto on_connection(const sqlite::ConnectionRef& db, std::span<const param::Argument> arguments) {
  using Row = typename Query::Row;
  if constexpr (form == Form::execute) {
    return CheckedRun::execute(db, Query::sql, arguments);
  } else if constexpr (form == Form::each) {
    return CheckedRun::rows<CheckedReader<Query>>(db, Query::sql, arguments);
  } else {
    CheckedRun run(db, Query::sql, arguments, Query::column_count);
    if constexpr (requires { Query::columns; }) run.expect(Query::columns);
    if constexpr (form == Form::all) {
      std::vector<Row> rows;
      while (const sqlite::Statement* row = run.next()) rows.push_back(Query::read(*row));
      return rows;
    } else if constexpr (form == Form::optional) {
      std::optional<Row> found;
      if (const sqlite::Statement* row = run.next()) {
        found.emplace(Query::read(*row));
        run.finish();
      }
      return found;
    } else {
      Row row = Query::read(run.first());
      run.finish();
      if constexpr (form == Form::one) {
        return row;
      } else {
        auto& [value] = row;
        return std::move(value);
      }
    }
  }
}

template <class Query, Form form>
auto on_pool(auto& pool, std::span<const param::Argument> arguments) {
  const auto run = [&](const auto& db) { return on_connection<Query, form>(db, arguments); };
  if constexpr (form == Form::each) {
    using Lease = decltype(pool.reader());
    return LeasedRows<decltype(run(*pool.reader())), Lease>(pool.reader(), run);
  } else if constexpr (Query::read_only) {
    const auto lease = pool.reader();
    return run(*lease);
  } else {
    return pool.write(run);
  }
}

template <class Query, Form form>
auto on_async_pool(auto& pool, ArgumentCopies copies) {
  auto run = [copies = std::move(copies)](const auto& db, auto&... sink) {
    const std::vector<param::Argument> arguments = copies.arguments();
    if constexpr (form == Form::each) {
      for (typename Query::Row row : on_connection<Query, form>(db, arguments))
        (sink.push(std::move(row)), ...);
    } else {
      return on_connection<Query, form>(db, arguments);
    }
  };
  if constexpr (form == Form::each) {
    return pool.template stream<typename Query::Row>(std::move(run));
  } else if constexpr (Query::read_only) {
    return pool.read(std::move(run));
  } else {
    return pool.write(std::move(run));
  }
}

// On what is neither a connection nor a transaction.
template <class Query, Form form, class Db>
auto on_other(Db& db, std::span<const param::Argument> arguments) {
  using Plain = std::remove_const_t<Db>;
  if constexpr (std::same_as<Plain, PooledConnection>) {
    return on_connection<Query, form>(*db, arguments);
  } else if constexpr (std::same_as<Plain, Pool>) {
    return on_pool<Query, form>(db, arguments);
  } else if constexpr (std::same_as<Plain, AsyncPool>) {
    return on_async_pool<Query, form>(db, ArgumentCopies(arguments));
  } else {
    static_assert(
        sqlite::detail::never<Db>,
        "checked SQL runs on a connection, a transaction, a sql::Pool or a sql::AsyncPool, which is "
        "the first argument");
  }
}

}  // namespace detail

// A query in one of its forms, to be called. A query of a .sql file is one by its name:
//
//   tasks::open_tasks(db, {.owner = "ada"})          // "-- name: open_tasks :all" in tasks.sql
template <class Query, Form form>
struct CheckedCall {
  using Row = typename Query::Row;
  using Params = typename Query::Params;

  template <class Db>
  auto operator()(Db&& db, const Params& params) const {
    constexpr bool returns_rows = Query::column_count > 0;
    static_assert(returns_rows || form == Form::execute,
                  "this statement returns no rows: run it with .execute(), or give it a RETURNING");
    static_assert(!returns_rows || form != Form::execute,
                  "this statement returns rows, which .execute() would drop: use .one(), .all(), …");
    static_assert(form != Form::scalar || Query::column_count <= 1,
                  ".scalar() is for a query of one column; this one has more: use .one()");
    static_assert(form != Form::each || Query::read_only,
                  "this statement writes, and a range may end before it does: use .all()");
    if constexpr (returns_rows == (form != Form::execute) &&
                  (form != Form::scalar || Query::column_count == 1) &&
                  (form != Form::each || Query::read_only)) {
      const auto arguments = Query::arguments(params);
      if constexpr (std::is_base_of_v<sqlite::ConnectionRef, std::remove_cvref_t<Db>>) {
        return detail::on_connection<Query, form>(db, arguments);
      } else {
        return detail::on_other<Query, form>(db, arguments);
      }
    }
  }
  // For a query without parameters.
  template <class Db>
  requires std::is_empty_v<Params>
  auto operator()(Db&& db) const { return (*this)(db, Params()); }

  // The same with rows of your own: a struct that has a member for each column, by name in any case, of any
  // type that can hold it.
  template <class T>
  constexpr CheckedCall<detail::As<Query, T>, form> as() const {
    static_assert(form != Form::scalar && form != Form::execute, "this query has no rows to be made structs");
    detail::As<Query, T>::check();
    return {};
  }
};

// A query, ready to be run. An empty value, made by CAIRN_SQL.
template <class Query>
struct CheckedSql {
  using Row = typename Query::Row;
  using Params = typename Query::Params;
  static constexpr std::string_view text = Query::sql;

  // The first row; throws row_not_found when there is none.
  static constexpr CheckedCall<Query, Form::one> one = {};
  // The first row as a std::optional.
  static constexpr CheckedCall<Query, Form::optional> optional = {};
  // A std::vector<Row>. What an INSERT, UPDATE or DELETE … RETURNING has written is undone when one of its
  // rows cannot be read, here and in one() and optional().
  static constexpr CheckedCall<Query, Form::all> all = {};
  // A range of Row, to be gone through once, for more rows than fit in memory. Holds its connection
  // meanwhile, and a copy of the arguments.
  static constexpr CheckedCall<Query, Form::each> each = {};
  // The value in the first row of a query of one column; throws row_not_found.
  static constexpr CheckedCall<Query, Form::scalar> scalar = {};
  // How many rows were changed, as ConnectionRef::execute counts them.
  static constexpr CheckedCall<Query, Form::execute> execute = {};

  // The same with rows of your own, as CheckedCall::as().
  template <class T>
  constexpr CheckedSql<detail::As<Query, T>> as() const {
    detail::As<Query, T>::check();
    return {};
  }
};

namespace detail {

template <std::uint64_t set, std::uint64_t text>
using Checked = CheckedSql<typename CheckedQuery<set, text>::type>;

}  // namespace detail
}  // namespace cairn::sql
