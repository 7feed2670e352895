#include "sql/operation_limit.hpp"

#include <utility>

#include "cairn/error.hpp"
#include "sqlite/api.hpp"

namespace cairn::sql {

namespace {

// A look at the clock costs some 30 ns, a thousand instructions of SQLite's machine 10 to 50 us.
constexpr int kInstructionsPerLook = 1000;

thread_local const Limit* limit_of_this_thread = nullptr;

int look(void* limit) noexcept {
  return static_cast<const Limit*>(limit)->reached() ? 1 : 0;
}

}  // namespace

void Limit::check() const {
  if (stopped()) throw Error(ErrorCode::interrupted, "the operation was stopped by its caller");
  if (expired())
    throw Error(ErrorCode::interrupted, "the operation's deadline has passed; allow it more time");
}

OperationLimit::OperationLimit(sqlite3* db, const Limit& limit) noexcept
    : db_(db), outer_(std::exchange(limit_of_this_thread, &limit)) {
  sqlite3_progress_handler(db_, kInstructionsPerLook, look, const_cast<Limit*>(&limit));
}

OperationLimit::~OperationLimit() {
  sqlite3_progress_handler(db_, 0, nullptr, nullptr);
  limit_of_this_thread = outer_;
}

bool OperationLimit::reached_in_this_thread() noexcept {
  return limit_of_this_thread && limit_of_this_thread->reached();
}

}  // namespace cairn::sql
