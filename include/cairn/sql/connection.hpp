// A connection that is owned: it closes the database when it dies.
//
//   cairn::sql::Connection db(cairn::sql::ConnectOptions::agent("agent.db"));
//   auto insert = db.cached("INSERT INTO content(text, doc_type, created_at) VALUES (?, ?, ?)");
//   insert->bind_all("…", "note", now).run();
//
// Thread-safety: one thread at a time. interrupt() alone may come from another thread.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/sql/backup.hpp"
#include "cairn/sql/connect_options.hpp"
#include "cairn/sql/function.hpp"
#include "cairn/sql/hooks.hpp"

namespace cairn::sql {

class Connection;
class OperationLimit;
namespace detail {
struct ConnectionState;
}

// A lease on a cached statement: reset and cleared of its bindings when it goes out of scope.
// Must die before its connection.
class CachedStatement {
 public:
  CachedStatement(CachedStatement&& other) noexcept
      : statement_(std::exchange(other.statement_, nullptr)),
        in_use_(other.in_use_),
        own_(std::move(other.own_)) {}
  CachedStatement(const CachedStatement&) = delete;
  CachedStatement& operator=(const CachedStatement&) = delete;
  CachedStatement& operator=(CachedStatement&&) = delete;
  ~CachedStatement();

  Statement* operator->() const noexcept { return statement_; }
  Statement& operator*() const noexcept { return *statement_; }

 private:
  friend class Connection;
  CachedStatement(Statement* statement, bool* in_use) : statement_(statement), in_use_(in_use) {
    *in_use = true;
  }
  explicit CachedStatement(std::unique_ptr<Statement> own) : statement_(own.get()), own_(std::move(own)) {}

  Statement* statement_;
  bool* in_use_ = nullptr;
  std::unique_ptr<Statement> own_;  // when the cached one was in use already
};

class Connection : public ConnectionRef {
 public:
  // Opens the file and applies every option. Throws not_a_database, read_only, io, busy …; the message
  // names the file.
  explicit Connection(const ConnectOptions& options);
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&&) = delete;
  ~Connection();

  // A prepared statement from the cache, ready to be bound. The least recently used one makes room.
  CachedStatement cached(std::string_view sql);
  void clear_statement_cache() noexcept;

  // Writes a copy (backup.hpp) to `path`, which must not exist; nothing is left of one that fails.
  // REQUIRES: no open transaction (invalid_argument).
  void backup_to(const std::string& path, const BackupOptions& options = {}) const;

  // The database as the bytes that its file would have; none for an empty one. Throws not_found for an
  // unknown schema ("main", "temp" or the name that one is attached as).
  std::vector<std::byte> serialize(const std::string& schema = "main") const;
  // Puts a copy of the bytes, in memory, in the place of a database. They are checked as a whole (PRAGMA
  // integrity_check) before anything is replaced: throws not_a_database, corrupt …. REQUIRES: no open
  // transaction (invalid_argument).
  void deserialize(Bytes bytes, const std::string& schema = "main", bool read_only = false);

  // Functions and collations in C++ (function.hpp), for this connection; ConnectOptions brings them to all of
  // a pool. One with the same name and number of arguments is replaced. Throws busy while a statement runs.
  template <class Callable>
  void create_function(std::string name, Callable callable, FunctionFlags flags = {}) {
    Function(std::move(name), std::move(callable), flags).add_to(*this);
  }
  template <class A>
  void create_aggregate(std::string name, A initial, FunctionFlags flags = {}) {
    Function::aggregate(std::move(name), std::move(initial), flags).add_to(*this);
  }
  template <class Compare>
  void create_collation(std::string name, Compare compare) {
    Collation(std::move(name), std::move(compare)).add_to(*this);
  }

  // Hooks, each replaced by the next and removed by an empty function. They run inside the statement that
  // causes them and must not use the connection. What they throw is swallowed, but for what is said below.
  //
  // Called for each row that is inserted, updated or deleted in a table with a rowid
  // (https://www.sqlite.org/c3ref/update_hook.html lists what is left out).
  void on_update(std::function<void(const RowChange&)> hook);
  // Called before each commit. False, or an exception, makes it a rollback; COMMIT then throws `constraint`.
  void on_commit(std::function<bool()> hook);
  // Called after each rollback of a transaction, but not when the connection closes.
  void on_rollback(std::function<void()> hook);
  // Called every `steps` steps of SQLite's virtual machine. False, or an exception, stops the statement with
  // `interrupted`.
  void on_progress(int steps, std::function<bool()> hook);

  // The name the file was opened with.
  const std::string& path() const noexcept { return path_; }

 private:
  friend class OperationLimit;
  struct Entry {
    std::string sql;  // as it was asked for; SQLite's own copy ends at the semicolon
    Statement statement;
    bool in_use = false;
  };

  std::string path_;
  std::size_t cache_capacity_;
  std::list<Entry> cache_;  // most recently used first; a list, since leases point into it
  std::unique_ptr<detail::ConnectionState> state_;
};

}  // namespace cairn::sql
