#include "sql/script.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <memory>

#include "sqlite/error.hpp"

namespace cairn::sql {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct Finalize {
  void operator()(sqlite3_stmt* stmt) const { sqlite3_finalize(stmt); }
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

bool starts_with(const char* text, std::string_view what) {
  return std::strncmp(text, what.data(), what.size()) == 0;
}

// Past white space, comments and empty statements. `text` ends with a NUL; it is long, so nothing here may
// look for that end once per call.
const char* skip_blank(const char* text) {
  while (*text) {
    if (std::isspace(static_cast<unsigned char>(*text)) || *text == ';') {
      ++text;
    } else if (starts_with(text, kByteOrderMark)) {
      text += kByteOrderMark.size();
    } else if (starts_with(text, "--")) {
      text += std::strcspn(text, "\n");
    } else if (starts_with(text, "/*")) {
      const char* const end = std::strstr(text + 2, "*/");
      text = end ? end + 2 : text + std::strlen(text);
    } else {
      break;
    }
  }
  return text;
}

std::string first_word(const char* statement) {
  std::string word;
  for (; std::isalpha(static_cast<unsigned char>(*statement)); ++statement)
    word += static_cast<char>(std::toupper(static_cast<unsigned char>(*statement)));
  return word;
}

// ROLLBACK TO a savepoint of the script's own is fine.
bool controls_transaction(const char* statement) {
  const std::string word = first_word(statement);
  if (word == "ROLLBACK") return first_word(skip_blank(statement + word.size())) != "TO";
  return word == "BEGIN" || word == "COMMIT" || word == "END";
}

}  // namespace

Directives directives_of(std::string_view script) {
  constexpr std::string_view foreign_keys = "-- foreign-keys:";
  Directives directives;
  directives.no_transaction = script.starts_with("-- no-transaction");
  if (script.starts_with(kByteOrderMark)) script.remove_prefix(kByteOrderMark.size());
  while (!script.empty()) {
    const std::string_view line = trimmed(script.substr(0, script.find('\n')));
    if (!line.empty() && !line.starts_with("--")) break;
    if (line.starts_with(foreign_keys)) {
      if (trimmed(line.substr(foreign_keys.size())) != "off")
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("'{}' is no directive; write '-- foreign-keys: off', or leave it out", line));
      directives.foreign_keys_off = true;
    }
    script.remove_prefix(std::min(script.find('\n'), script.size() - 1) + 1);
  }
  return directives;
}

Script::Script(std::string_view text, std::string place) : text_(text), place_(std::move(place)) {
  if (const std::size_t at = text_.find('\0'); at != std::string::npos)
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{}: a NUL; remove it", place_of(text_.data() + at)));
}

void Script::run_in_transaction(sqlite::ConnectionRef db) {
  run(db, true);
}

void Script::run_alone(sqlite::ConnectionRef db) {
  const bool foreign_keys = db.query_one<bool>("PRAGMA foreign_keys");
  const auto restore = [&] {
    sqlite3_exec(db.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    sqlite3_db_config(db.handle(), SQLITE_DBCONFIG_ENABLE_FKEY, foreign_keys ? 1 : 0, nullptr);
  };
  try {
    run(db, false);
    if (db.in_transaction())
      throw Error(ErrorCode::invalid_argument,
                  fmt::format("{}: the script ends inside a transaction of its own; add the COMMIT",
                              place_of(text_.data() + text_.size())));
  } catch (...) {
    restore();
    throw;
  }
  sqlite3_db_config(db.handle(), SQLITE_DBCONFIG_ENABLE_FKEY, foreign_keys ? 1 : 0, nullptr);
}

void Script::run(sqlite::ConnectionRef db, bool in_transaction) {
  const char* next = skip_blank(text_.c_str());
  while (*next) {
    run_statement(db, next, in_transaction);
    next = skip_blank(next);
  }
}

void Script::run_statement(sqlite::ConnectionRef db, const char*& next, bool in_transaction) {
  if (in_transaction && controls_transaction(next))
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format(
            "{}: {} in a script that runs in a transaction already; remove it (a migration may start with "
            "'-- no-transaction' instead)",
            place_of(next), first_word(next)));
  // Up to the NUL: told the length instead, SQLite would copy the rest of the script for every statement.
  sqlite3_stmt* raw = nullptr;
  const char* tail = nullptr;
  const int prepared = sqlite3_prepare_v2(db.handle(), next, -1, &raw, &tail);
  const std::unique_ptr<sqlite3_stmt, Finalize> statement(raw);
  if (prepared != SQLITE_OK) {
    const int offset = sqlite3_error_offset(db.handle());
    fail(db, next + std::max(offset, 0), prepared);
  }
  const bool reads = sqlite3_stmt_readonly(raw) != 0 && !db.in_transaction();
  const sqlite3_int64 before = sqlite3_total_changes64(db.handle());
  int code = SQLITE_DONE;
  while (raw && (code = sqlite3_step(raw)) == SQLITE_ROW) {
  }
  // One that fails with OR FAIL keeps what it has done so far.
  if (code != SQLITE_DONE)
    left_traces_ |= sqlite3_total_changes64(db.handle()) != before && !db.in_transaction();
  if (code != SQLITE_DONE) fail(db, next, code);
  left_traces_ |= !reads && !db.in_transaction();
  next = tail;
}

void Script::fail(sqlite::ConnectionRef db, const char* at, int code) const {
  const std::string where = place_of(at);
  const std::string_view message = sqlite3_errmsg(db.handle());
  const bool wants_none = message.find("within a transaction") != std::string_view::npos;
  try {
    sqlite::throw_error(db.handle(), code, where);
  } catch (const Error& e) {
    if (!wants_none) throw;
    throw Error(e.code(),
                fmt::format("{}; a migration that needs it starts with '-- no-transaction'", e.what()),
                e.sqlite_code());
  }
}

std::string Script::place_of(const char* at) const {
  return fmt::format("{}:{}", place_, 1 + std::count(text_.data(), at, '\n'));
}

}  // namespace cairn::sql
