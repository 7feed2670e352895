// The one exception that Cairn throws for operating errors.
//
//   try { cairn::Store::open("notes.txt"); }
//   catch (const cairn::Error& e) {
//     if (e.code() == cairn::ErrorCode::not_a_database) …   // branch on the code
//     std::cerr << e.what() << '\n';                         // show the sentence
//   }
//
// The sentence says what was wrong, where, and what to do. Codes are stable: none is renumbered or
// reused. An operation that throws has left the database as it was.
// Misuse by the programmer (a null pointer, an index out of range) is an assertion, not an Error.
#pragma once

#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cairn {

enum class ErrorCode {
  invalid_argument = 1,    // a value that the caller passed cannot be used
  not_found = 2,           // the id, path or table that was named does not exist
  not_a_database = 3,      // the file is not a SQLite database
  foreign_database = 4,    // a SQLite database, but not one that Cairn may use
  newer_database = 5,      // written by a newer Cairn
  older_database = 6,      // needs an upgrade, which this call may not do
  read_only = 7,           // the file or folder cannot be written
  disk_full = 8,           // no space left
  busy = 9,                // another connection held the lock for longer than the timeout
  corrupt = 10,            // the file contradicts itself
  io = 11,                 // the operating system refused a read or a write
  constraint = 12,         // another rule refused the row: a STRICT column's type, RAISE in a trigger, …
  embedder_mismatch = 13,  // the vectors in the file come from another embedder
  interrupted = 14,        // the caller stopped the operation
  timeout = 15,            // a pool had no free connection in time, or a deadline passed
  closed = 16,             // the pool or store was closed
  out_of_memory = 17,
  migration = 18,      // a migration is missing, changed or failed
  sql = 19,            // SQLite refused a statement
  unsupported = 20,    // valid, but not something this build can do
  unique = 21,         // a UNIQUE or PRIMARY KEY rule refused the row
  foreign_key = 22,    // a FOREIGN KEY rule
  not_null = 23,       // a NOT NULL rule
  check = 24,          // a CHECK rule
  locked = 25,         // a statement of the same connection (or of its shared cache) is in the way
  row_not_found = 26,  // a query that must return a row returned none
  decode = 27,         // a value in the database is not of the type that was asked for
};

// "invalid_argument", "not_found", … : the enumerator's own name.
std::string_view to_string(ErrorCode code) noexcept;

// What is known about a statement that SQLite refused.
struct SqlContext {
  std::string sql;                   // the whole statement or script
  int offset = -1;                   // the byte of `sql` at which the error is, -1 where SQLite cannot tell
  std::string constraint;            // a CHECK's name or expression; a unique index on expressions
  std::vector<std::string> columns;  // "table.column", of UNIQUE, PRIMARY KEY, NOT NULL and STRICT rules
};

class Error : public std::exception {
 public:
  Error(ErrorCode code, std::string message, int sqlite_code = 0)
      : Error(code, std::move(message), sqlite_code, nullptr) {}
  Error(ErrorCode code, std::string message, int sqlite_code, std::shared_ptr<const SqlContext> context)
      : code_(code),
        sqlite_code_(sqlite_code),
        message_(std::make_shared<const std::string>(std::move(message))),
        context_(std::move(context)) {}

  ErrorCode code() const noexcept { return code_; }
  // SQLite's extended result code (https://www.sqlite.org/rescode.html), or 0 if SQLite had no part in it.
  int sqlite_code() const noexcept { return sqlite_code_; }
  const char* what() const noexcept override { return message_->c_str(); }

  // The statement, where there was one; else null. Lives as long as this error or a copy of it.
  const SqlContext* context() const noexcept { return context_.get(); }
  // The line of the statement with the error and a caret below its byte, for a monospaced terminal:
  //
  //   SELECT nope FROM tasks
  //          ^
  // Without an offset the statement alone; without a statement empty.
  std::string marked_sql() const;

 private:
  ErrorCode code_;
  int sqlite_code_;
  std::shared_ptr<const std::string> message_;  // shared, so that copying an error cannot throw
  std::shared_ptr<const SqlContext> context_;
};

}  // namespace cairn
