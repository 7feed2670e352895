// A transaction that rolls back unless it was committed.
//
//   cairn::sql::Transaction tx(db);                     // BEGIN IMMEDIATE
//   db.execute("UPDATE …");
//   {
//     cairn::sql::Transaction inner(db);                // a savepoint, since one is open already
//     db.execute("INSERT …");
//   }                                                   // only the INSERT is undone
//   tx.commit();
//
// `immediate` takes the write lock at once, waiting up to the connection's busy_timeout, so that a
// transaction that starts with a read can never fail half-way with BUSY_SNAPSHOT.
// Thread-safety: as its connection. Lifetime: must die before its connection, inner before outer.
#pragma once

#include "cairn/sqlite/connection_ref.hpp"

namespace cairn::sql {

enum class TransactionMode { immediate, deferred };

class Transaction {
 public:
  explicit Transaction(sqlite::ConnectionRef db, TransactionMode mode = TransactionMode::immediate);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  // Throws busy, disk_full, constraint (a deferred foreign key) …; the transaction is then still open
  // and rolls back when it dies.
  void commit();
  void rollback() noexcept;

 private:
  sqlite::ConnectionRef db_;
  bool savepoint_;
  bool open_ = true;
};

}  // namespace cairn::sql
