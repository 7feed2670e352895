// The script of a migration or a fixture: the directives at its head, and running it statement by statement, so that an error
// can name the line.
#pragma once

#include <string>
#include <string_view>

#include "cairn/sqlite/connection_ref.hpp"

namespace cairn::sql {

struct Directives {
  bool no_transaction = false;    // "-- no-transaction" at the very start, as sqlx has it
  bool foreign_keys_off = false;  // "-- foreign-keys: off" among the comments before the first statement
};

// Throws invalid_argument for a "-- foreign-keys:" that says something else.
Directives directives_of(std::string_view script);

class Script {
 public:
  // `place` names the script in messages. Throws invalid_argument for a NUL, at which SQLite would stop.
  Script(std::string_view text, std::string place);

  // For a script that runs inside the caller's transaction: BEGIN, COMMIT and ROLLBACK are refused before
  // they do harm. Throws Error; the message begins with "place:line: ".
  void run_in_transaction(sqlite::ConnectionRef db);
  // For a script that brings its own transactions, or does without. One that it leaves open is an error
  // and rolled back. Throws likewise, with foreign_keys as they were before.
  void run_alone(sqlite::ConnectionRef db);

  // Whether a statement of run_alone() has been committed.
  bool left_traces() const noexcept { return left_traces_; }

 private:
  void run(sqlite::ConnectionRef db, bool in_transaction);
  void run_statement(sqlite::ConnectionRef db, const char*& next, bool in_transaction);
  [[noreturn]] void fail(sqlite::ConnectionRef db, const char* at, int code) const;
  std::string place_of(const char* at) const;

  std::string text_;
  std::string place_;
  bool left_traces_ = false;
};

}  // namespace cairn::sql
