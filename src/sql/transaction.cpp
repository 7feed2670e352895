#include "cairn/sql/transaction.hpp"

#include <algorithm>
#include <mutex>
#include <thread>
#include <vector>

#include "sql/jitter.hpp"
#include "sqlite/api.hpp"

namespace cairn::sql {

namespace {

// The innermost open Transaction of each connection. SQLite itself would let an outer one commit over an
// inner one that is still open, and keep what the inner one was about to undo. This cannot live in the
// connection, of which a Transaction may know no more than SQLite's handle.
class Innermost {
 public:
  Transaction* of(sqlite3* db) {
    const std::lock_guard lock(mutex_);
    const auto found = find(db);
    return found == entries_.end() ? nullptr : found->transaction;
  }

  // Returns what was there. Throws bad_alloc only where there was nothing.
  Transaction* exchange(sqlite3* db, Transaction* transaction) {
    const std::lock_guard lock(mutex_);
    const auto found = find(db);
    if (found == entries_.end()) {
      if (transaction) entries_.push_back({db, transaction});
      return nullptr;
    }
    Transaction* const before = std::exchange(found->transaction, transaction);
    if (!transaction) {
      *found = entries_.back();
      entries_.pop_back();
    }
    return before;
  }

 private:
  struct Entry {
    sqlite3* db;
    Transaction* transaction;
  };

  // There are as many entries as connections inside a transaction: a handful.
  std::vector<Entry>::iterator find(sqlite3* db) {
    return std::find_if(entries_.begin(), entries_.end(),
                        [db](const Entry& entry) { return entry.db == db; });
  }

  std::mutex mutex_;
  std::vector<Entry> entries_;
};

// Never destroyed: a transaction may end while the program's statics die.
Innermost& innermost() {
  static Innermost* const all = new Innermost;
  return *all;
}

const char* begin_of(TransactionMode mode) {
  switch (mode) {
    case TransactionMode::immediate:
      return "BEGIN IMMEDIATE";
    case TransactionMode::deferred:
      return "BEGIN";
    case TransactionMode::exclusive:
      return "BEGIN EXCLUSIVE";
  }
  return "BEGIN IMMEDIATE";
}

}  // namespace

// Savepoints of one name nest: RELEASE and ROLLBACK TO act on the innermost (sqlite.org/lang_savepoint.html).
Transaction::Transaction(const sqlite::ConnectionRef& db, TransactionMode mode)
    : ConnectionRef(db), savepoint_(db.in_transaction()) {
  outer_ = innermost().exchange(db_, this);
  try {
    if (outer_) outer_->require_alive("begin a transaction inside another");
    execute(savepoint_ ? "SAVEPOINT _cairn_savepoint" : begin_of(mode));
  } catch (...) {
    innermost().exchange(db_, outer_);
    throw;
  }
  open_ = true;
}

Transaction::~Transaction() {
  rollback();
}

void Transaction::require_alive(const char* doing) const {
  if (in_transaction()) return;
  throw Error(ErrorCode::sql, std::string("cannot ") + doing +
                                  ": a statement has ended the transaction before (OR ROLLBACK, a full disk, "
                                  "or COMMIT or ROLLBACK as SQL); run the whole transaction again");
}

void Transaction::commit() {
  if (!open_)
    throw Error(ErrorCode::invalid_argument,
                "cannot commit: the transaction has been committed or rolled back already");
  if (innermost().of(db_) != this)
    throw Error(ErrorCode::invalid_argument,
                "cannot commit: a transaction inside this one is still open; commit it, roll it back or let "
                "it die first");
  require_alive("commit");
  execute(savepoint_ ? "RELEASE _cairn_savepoint" : "COMMIT");
  end();
}

void Transaction::rollback() noexcept {
  while (open_) innermost().of(db_)->undo();
}

void Transaction::undo() noexcept {
  end();
  // An error (full disk, say) may have rolled the whole transaction back already: nothing to undo then.
  if (!in_transaction()) return;
  const char* undo = savepoint_ ? "ROLLBACK TO _cairn_savepoint; RELEASE _cairn_savepoint" : "ROLLBACK";
  sqlite3_exec(db_, undo, nullptr, nullptr, nullptr);
}

void Transaction::end() noexcept {
  open_ = false;
  innermost().exchange(db_, outer_);
}

bool detail::Retry::again(const Error& error) {
  if (error.code() != ErrorCode::busy || --left_ <= 0) return false;
  const auto pause = jittered(std::min<std::chrono::microseconds>(
      std::chrono::milliseconds(1) * (1 << std::min(done_++, 7)), std::chrono::milliseconds(100)));
  if (std::chrono::steady_clock::now() - started_ + pause > within_) return false;
  std::this_thread::sleep_for(pause);
  return true;
}

}  // namespace cairn::sql
