// Prepared statements that are kept for the next time, the least recently used one making room.
// A sql::Connection owns one; every ConnectionRef made from it uses it.
//
// Thread-safety: as the connection's.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "cairn/sqlite/statement.hpp"

namespace cairn::sqlite {

// A lease on a cached statement: reset and cleared of its bindings when it goes out of scope.
// Must die before its connection.
class CachedStatement {
 public:
  CachedStatement(CachedStatement&& other) noexcept
      : statement_(std::exchange(other.statement_, nullptr)),
        in_use_(std::exchange(other.in_use_, nullptr)),
        own_(std::move(other.own_)) {}
  CachedStatement(const CachedStatement&) = delete;
  CachedStatement& operator=(const CachedStatement&) = delete;
  CachedStatement& operator=(CachedStatement&&) = delete;
  ~CachedStatement();

  Statement* operator->() const noexcept { return statement_; }
  Statement& operator*() const noexcept { return *statement_; }

 private:
  friend class StatementCache;
  friend class ConnectionRef;
  CachedStatement(Statement* statement, bool* in_use) : statement_(statement), in_use_(in_use) {
    *in_use = true;
  }
  explicit CachedStatement(std::unique_ptr<Statement> own) : statement_(own.get()), own_(std::move(own)) {}

  Statement* statement_;
  bool* in_use_ = nullptr;
  std::unique_ptr<Statement> own_;  // when none was to be had from a cache
};

class StatementCache {
 public:
  explicit StatementCache(std::size_t capacity) : capacity_(capacity) {}

  // Ready to be bound. A statement that is lent already, a PRAGMA (which may take effect while it is
  // prepared), and any at capacity 0, is prepared for this once.
  CachedStatement lend(sqlite3* db, std::string_view sql);
  // Forgets those that are not lent.
  void clear() noexcept;
  std::size_t size() const noexcept { return entries_.size(); }

 private:
  struct Entry {
    std::string sql;  // as it was asked for; SQLite's own copy ends at the semicolon
    Statement statement;
    bool in_use = false;
  };

  bool make_room() noexcept;

  std::size_t capacity_;
  std::list<Entry> entries_;  // most recently used first; a list, since leases point into it
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_sql_;  // views of the entries' sql
};

}  // namespace cairn::sqlite
