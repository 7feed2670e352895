#include "cairn/sql/transaction.hpp"

#include "sqlite/api.hpp"

namespace cairn::sql {

// Savepoints of one name nest: RELEASE and ROLLBACK TO act on the innermost (sqlite.org/lang_savepoint.html).
Transaction::Transaction(sqlite::ConnectionRef db, TransactionMode mode)
    : db_(db), savepoint_(db.in_transaction()) {
  if (savepoint_) {
    db_.execute("SAVEPOINT cairn");
  } else {
    db_.execute(mode == TransactionMode::immediate ? "BEGIN IMMEDIATE" : "BEGIN");
  }
}

Transaction::~Transaction() {
  rollback();
}

void Transaction::commit() {
  db_.execute(savepoint_ ? "RELEASE cairn" : "COMMIT");
  open_ = false;
}

void Transaction::rollback() noexcept {
  if (!open_) return;
  open_ = false;
  // An error (full disk, say) may have rolled the whole transaction back already: nothing to undo then.
  if (sqlite3_get_autocommit(db_.handle()) != 0) return;
  const char* undo = savepoint_ ? "ROLLBACK TO cairn; RELEASE cairn" : "ROLLBACK";
  sqlite3_exec(db_.handle(), undo, nullptr, nullptr, nullptr);
}

}  // namespace cairn::sql
