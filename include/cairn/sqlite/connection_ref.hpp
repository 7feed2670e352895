// A borrowed database connection: what can be done with one, without owning it.
//
//   db.execute("INSERT INTO app_metadata(key, value) VALUES (?, ?)", "theme", "dark");
//   auto count = db.query_one<std::int64_t>("SELECT count(*) FROM content WHERE doc_type = ?", "note");
//
// cairn::sql::Connection owns one and is one; inside an extension the host owns it.
// Thread-safety: one thread at a time. Errors: cairn::Error.
#pragma once

#include <string_view>

#include "cairn/sqlite/statement.hpp"

namespace cairn::sqlite {

class ConnectionRef {
 public:
  explicit ConnectionRef(sqlite3* db) noexcept : db_(db) {}

  Statement prepare(std::string_view sql) const { return Statement(db_, sql); }

  // Prepares, binds, runs to the end.
  template <class... Args>
  void execute(std::string_view sql, const Args&... args) const {
    prepare(sql).bind_all(args...).run();
  }
  // Runs every statement of a script; stops at the first that fails.
  void execute_script(std::string_view script) const;

  // The first column of the first row, or nothing when there is no row.
  template <class T, class... Args>
  std::optional<T> query_optional(std::string_view sql, const Args&... args) const {
    static_assert(!std::is_same_v<T, std::string_view> && !std::is_same_v<T, Bytes>,
                  "a view would outlive the statement that it looks into: read a std::string, or a vector");
    Statement st = prepare(sql);
    st.bind_all(args...);
    if (!st.step()) return std::nullopt;
    return st.get<T>(0);
  }
  // The same; throws row_not_found when there is no row.
  template <class T, class... Args>
  T query_one(std::string_view sql, const Args&... args) const {
    std::optional<T> value = query_optional<T>(sql, args...);
    if (!value) throw_no_row(sql);
    return std::move(*value);
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

 private:
  [[noreturn]] static void throw_no_row(std::string_view sql);
};

}  // namespace cairn::sqlite
