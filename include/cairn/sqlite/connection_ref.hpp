// A borrowed database connection: what can be done with one, without owning it.
//
//   struct Task { std::int64_t id; std::string title; };
//
//   db.execute("INSERT INTO tasks(title, owner) VALUES (?, ?)", "write", "ada");
//   auto count = db.query_one<std::int64_t>("SELECT count(*) FROM tasks WHERE owner = ?", "ada");
//   std::vector<Task> tasks = db.query_all<Task>("SELECT id, title FROM tasks");
//   for (const Task& task : db.query<Task>("SELECT id, title FROM tasks"))   // one row after the other
//     std::cout << task.id << ' ' << task.title << '\n';
//
// Arguments come in order, or each by name(d) (cairn/sqlite/statement.hpp); their types are those of
// cairn/sqlite/value.hpp, rows those of cairn/sqlite/row.hpp. Statements are prepared once and kept where the
// connection has a cache.
// cairn::sql::Connection owns a connection and is one; inside an extension the host owns it.
// Thread-safety: one thread at a time. Errors: cairn::Error.
#pragma once

#include <iterator>
#include <string_view>

#include "cairn/sqlite/row.hpp"
#include "cairn/sqlite/statement_cache.hpp"

namespace cairn::sql::detail {
class CheckedRun;
}

namespace cairn::sqlite {

// The rows of a running statement, read one by one. While it lives the statement runs: a reader keeps its
// snapshot, and the connection cannot end its transaction.
template <class T, class Reader = RowReader<T>>
class Rows {
 public:
  class iterator {
   public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::input_iterator_tag;

    explicit iterator(Rows* rows) : rows_(rows) {}
    T operator*() const { return rows_->reader_->read(*rows_->statement_); }
    iterator& operator++() {
      rows_->more_ = rows_->statement_->step();
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const { return !rows_->more_; }

   private:
    Rows* rows_;
  };

  explicit Rows(CachedStatement statement) : statement_(std::move(statement)) {}

  // Once: it runs the statement.
  iterator begin() {
    more_ = statement_->step();
    if (more_) reader_.emplace(*statement_);
    return iterator(this);
  }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  CachedStatement statement_;
  std::optional<Reader> reader_;
  bool more_ = false;
};

namespace detail {

// Results that are of no use once their connection has gone back to where it came from.
template <class T>
inline constexpr bool needs_connection = std::is_same_v<T, Statement> || std::is_same_v<T, CachedStatement> ||
                                         std::is_same_v<T, std::string_view> || std::is_same_v<T, Bytes>;
template <class T, class Reader>
inline constexpr bool needs_connection<Rows<T, Reader>> = true;

}  // namespace detail

class ConnectionRef {
 public:
  explicit ConnectionRef(sqlite3* db, StatementCache* cache = nullptr) noexcept : db_(db), cache_(cache) {}

  Statement prepare(std::string_view sql) const { return Statement(db_, sql); }
  // A prepared statement from the connection's cache, or one of its own, ready to be bound.
  CachedStatement cached(std::string_view sql) const;

  // Binds, runs to the end, discards rows. Returns how many rows an INSERT, UPDATE or DELETE changed, without
  // those of triggers; 0 for any other statement.
  template <class... Args>
  std::int64_t execute(std::string_view sql, const Args&... args) const {
    return changed_rows(sql, [&](Statement& st) { st.bind_all_views(args...); });
  }
  // Runs every statement of a script; stops at the first that fails, whose byte the error's sql_offset() is.
  void execute_script(std::string_view script) const;

  // The first row, or nothing when there is none.
  template <class T, class... Args>
  std::optional<T> query_optional(std::string_view sql, const Args&... args) const {
    require_owned<T>();
    return first_row<RowReader<T>>(sql, [&](Statement& st) { st.bind_all_views(args...); });
  }
  // The same; throws row_not_found when there is no row.
  template <class T, class... Args>
  T query_one(std::string_view sql, const Args&... args) const {
    std::optional<T> row = query_optional<T>(sql, args...);
    if (!row) throw_no_row(sql);
    return std::move(*row);
  }
  // All rows.
  template <class T, class... Args>
  std::vector<T> query_all(std::string_view sql, const Args&... args) const {
    require_owned<T>();
    return all_rows<RowReader<T>>(sql, [&](Statement& st) { st.bind_all_views(args...); });
  }
  // One row after the other, for as many as do not fit in memory: a range, to be gone through once. Here T
  // may hold views, which are good until the next row. Throws invalid_argument for a statement that writes
  // (INSERT … RETURNING): whether it could be committed is known at its end only, so take query_all.
  template <class T, class... Args>
  Rows<T> query(std::string_view sql, const Args&... args) const {
    return rows<RowReader<T>>(sql, [&](Statement& st) { st.bind_all(args...); });
  }

  std::int64_t last_insert_rowid() const noexcept;
  // Rows that the last INSERT, UPDATE or DELETE changed, without those of triggers.
  std::int64_t changes() const noexcept;
  bool in_transaction() const noexcept;
  // May be called from any thread while the connection lives; running statements then fail with
  // `interrupted`.
  void interrupt() const noexcept;

  sqlite3* handle() const noexcept { return db_; }

 protected:
  sqlite3* db_;
  StatementCache* cache_;

 private:
  friend class sql::detail::CheckedRun;

  // Around an INSERT, UPDATE or DELETE … RETURNING, which has written all its rows before the first is read:
  // it is undone when one of them cannot be read, and its errors are known at its end. Does nothing for
  // others.
  class ReturningWrite {
   public:
    ReturningWrite(const ConnectionRef& db, Statement& statement);
    ReturningWrite(const ReturningWrite&) = delete;
    ReturningWrite& operator=(const ReturningWrite&) = delete;
    ~ReturningWrite();
    void finish();  // once the statement has run to its end

   private:
    const ConnectionRef& db_;
    Statement& statement_;
    bool open_;
  };

  template <class T>
  static constexpr void require_owned() {
    static_assert(!detail::HoldsView<T>::value,
                  "a view would outlive the statement that it looks into: read a std::string, or a vector");
  }

  // What the functions above and checked queries (cairn/sql/checked.hpp) have in common. bind(Statement&)
  // binds all arguments; a Reader is made once the first row is there, and its read(statement) makes rows.
  template <class Reader>
  using RowOf = decltype(std::declval<const Reader&>().read(std::declval<const Statement&>()));

  template <class Bind>
  std::int64_t changed_rows(std::string_view sql, const Bind& bind) const {
    const CachedStatement st = cached(sql);
    bind(*st);
    return run_and_count(*st);
  }
  template <class Reader, class Bind>
  std::optional<RowOf<Reader>> first_row(std::string_view sql, const Bind& bind) const {
    const CachedStatement st = cached(sql);
    bind(*st);
    ReturningWrite write(*this, *st);
    std::optional<RowOf<Reader>> row;
    if (st->step()) {
      row.emplace(Reader(*st).read(*st));
      if (!st->read_only()) st->run();
    }
    write.finish();
    return row;
  }
  template <class Reader, class Bind>
  std::vector<RowOf<Reader>> all_rows(std::string_view sql, const Bind& bind) const {
    const CachedStatement st = cached(sql);
    bind(*st);
    ReturningWrite write(*this, *st);
    std::vector<RowOf<Reader>> rows;
    if (st->step()) {
      const Reader reader(*st);
      do {
        rows.push_back(reader.read(*st));
      } while (st->step());
    }
    write.finish();
    return rows;
  }
  template <class Reader, class Bind>
  Rows<RowOf<Reader>, Reader> rows(std::string_view sql, const Bind& bind) const {
    CachedStatement st = cached(sql);
    if (!st->read_only()) throw_range_of_write(sql);
    bind(*st);
    return Rows<RowOf<Reader>, Reader>(std::move(st));
  }

  std::int64_t run_and_count(Statement& statement) const;
  [[noreturn]] static void throw_range_of_write(std::string_view sql);
  [[noreturn]] static void throw_no_row(std::string_view sql);
};

}  // namespace cairn::sqlite
