// A transaction that rolls back unless it was committed.
//
//   cairn::sql::Transaction tx(db);                     // BEGIN IMMEDIATE
//   tx.execute("UPDATE …");
//   {
//     cairn::sql::Transaction inner(tx);                // a savepoint, since one is open already
//     inner.execute("INSERT …");
//   }                                                   // only the INSERT is undone
//   tx.commit();
//
// The same with a closure, which commits on return and rolls back on an exception:
//
//   const auto id = cairn::sql::transaction(db, [&](cairn::sql::Transaction& tx) {
//     tx.execute("INSERT …");
//     return tx.last_insert_rowid();
//   });
//
// `immediate` takes the write lock at once, waiting up to the connection's busy_timeout, so that a
// transaction that starts with a read can never fail half-way with BUSY_SNAPSHOT. Inside an open
// transaction, be it begun by SQL, every mode is a savepoint and takes no lock of its own.
// Thread-safety: as its connection. Lifetime: must die before its connection, inner before outer.
#pragma once

#include <chrono>
#include <type_traits>
#include <utility>

#include "cairn/error.hpp"
#include "cairn/sqlite/connection_ref.hpp"

namespace cairn::sql {

enum class TransactionMode {
  immediate,  // for writing: takes the write lock at the start
  deferred,   // for reading: one snapshot, taken by the first query
  exclusive,  // without WAL, keeps readers out too; with WAL the same as immediate
};

class Transaction : public sqlite::ConnectionRef {
 public:
  // Throws busy when the lock is not free in time, and `sql` inside a Transaction that a statement has
  // ended (see commit).
  explicit Transaction(const sqlite::ConnectionRef& db, TransactionMode mode = TransactionMode::immediate);
  explicit Transaction(Transaction& outer) : Transaction(static_cast<const ConnectionRef&>(outer)) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  // Throws busy, disk_full, foreign_key (a deferred one) …; the transaction is then still open: mend what
  // was wrong and commit again, or let it roll back.
  // Throws invalid_argument when it has ended already, and when one inside it is still open.
  // Throws `sql` when a statement has ended it behind our back (INSERT OR ROLLBACK, a full disk, COMMIT as
  // SQL): what ran before that statement is gone or kept as it decided, what ran after it was committed
  // statement by statement.
  void commit();
  // Undoes it, and those inside it that are still open. Does nothing when it has ended.
  void rollback() noexcept;
  // Neither committed nor rolled back yet.
  bool is_open() const noexcept { return open_; }

 private:
  void end() noexcept;
  void undo() noexcept;
  void require_alive(const char* doing) const;

  Transaction* outer_ = nullptr;
  bool savepoint_;
  bool open_ = false;
};

// Runs `f(Transaction&)` in a transaction and returns what it returns. A closure that ended the
// transaction itself, say by rollback(), is left alone.
template <class F>
auto transaction(const sqlite::ConnectionRef& db, F&& f, TransactionMode mode = TransactionMode::immediate) {
  static_assert(!sqlite::detail::needs_connection<std::decay_t<std::invoke_result_t<F&, Transaction&>>>,
                "the result would be read after the transaction: return values, as query_all gives them");
  Transaction tx(db, mode);
  if constexpr (std::is_void_v<std::invoke_result_t<F&, Transaction&>>) {
    f(tx);
    if (tx.is_open()) tx.commit();
  } else {
    auto result = f(tx);
    if (tx.is_open()) tx.commit();
    return result;
  }
}

// How often, and for how long, a transaction is tried again after busy. Waits between attempts grow from
// 1 ms to 100 ms and are jittered.
struct RetryPolicy {
  int attempts = 10;                                            // in all; at least 1
  std::chrono::milliseconds within = std::chrono::seconds(30);  // no attempt starts later than this
};

namespace detail {

class Retry {
 public:
  Retry(const RetryPolicy& policy, bool possible)
      : left_(possible ? policy.attempts : 1), within_(policy.within) {}

  // Waits and says true when another attempt may help.
  bool again(const Error& error);

 private:
  int left_;
  int done_ = 0;
  std::chrono::milliseconds within_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

}  // namespace detail

// The same as transaction() in mode immediate, and begun anew when it fails with busy: because another
// process kept the lock for longer than busy_timeout, or at COMMIT without WAL.
// The closure may run several times, each time on a database without its earlier attempts: what it does
// outside the database must bear that. Inside an open transaction it is tried once, since only the
// outermost one can start over.
template <class F>
auto write_transaction(const sqlite::ConnectionRef& db, F&& f, const RetryPolicy& policy = {}) {
  detail::Retry retry(policy, !db.in_transaction());
  while (true) {
    try {
      return transaction(db, f);
    } catch (const Error& error) {
      if (!retry.again(error)) throw;
    }
  }
}

}  // namespace cairn::sql
