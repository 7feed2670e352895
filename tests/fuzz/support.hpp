// What the fuzz targets share: reading an input piece by piece, and a connection with vec0 on which every
// error must be a clean one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/error.hpp"
#include "cairn/sqlite/connection_ref.hpp"
#include "cairn/vec0.hpp"
#include "sqlite/api.hpp"

namespace cairn::fuzz {

// A finding: libFuzzer keeps the input of a program that aborts.
inline void require(bool holds, std::string_view what, std::string_view detail = {}) {
  if (holds) return;
  std::cerr << "fuzz: " << what << (detail.empty() ? "" : ": ") << detail << '\n';
  std::abort();
}

// The input's bytes from front to back; zeros after its end.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  bool at_end() const { return rest_.empty(); }
  std::string_view take(std::size_t count) {
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  // 0 to limit - 1; limit is at most 256.
  std::size_t below(std::size_t limit) {
    const std::string_view one = take(1);
    return one.empty() ? 0 : static_cast<unsigned char>(one[0]) % limit;
  }
  std::int64_t integer() {
    // Small numbers and the ends of the range are where things break.
    static constexpr std::int64_t kNotable[] = {-1, 0, 1, 7, 8, 9, 64, INT32_MAX, INT64_MIN, INT64_MAX};
    const std::size_t choice = below(16);
    if (choice < std::size(kNotable)) return kNotable[choice];
    if (choice < 14) return static_cast<std::int64_t>(below(32));
    std::int64_t value = 0;
    const std::string_view bytes = take(sizeof value);
    if (!bytes.empty()) std::memcpy(&value, bytes.data(), bytes.size());
    return value;
  }

 private:
  std::string_view rest_;
};

// A value to bind, of any of SQLite's types.
struct Value {
  sqlite::ColumnType type = sqlite::ColumnType::null;
  std::int64_t integer = 0;
  double real = 0;
  std::string bytes;
};

inline Value take_value(Input& input) {
  static constexpr sqlite::ColumnType kTypes[] = {sqlite::ColumnType::blob, sqlite::ColumnType::text,
                                                  sqlite::ColumnType::integer, sqlite::ColumnType::real,
                                                  sqlite::ColumnType::null};
  Value value;
  value.type = kTypes[input.below(std::size(kTypes))];
  if (value.type == sqlite::ColumnType::integer) value.integer = input.integer();
  if (value.type == sqlite::ColumnType::real) {
    const std::string_view bytes = input.take(sizeof value.real);
    if (!bytes.empty()) std::memcpy(&value.real, bytes.data(), bytes.size());
  }
  if (value.type == sqlite::ColumnType::blob || value.type == sqlite::ColumnType::text)
    value.bytes = input.take(input.below(80));
  return value;
}

inline void bind(sqlite::Statement& st, int parameter, const Value& value) {
  switch (value.type) {
    case sqlite::ColumnType::integer:
      st.bind(parameter, value.integer);
      break;
    case sqlite::ColumnType::real:
      st.bind(parameter, value.real);
      break;
    case sqlite::ColumnType::text:
      st.bind(parameter, std::string_view(value.bytes));
      break;
    case sqlite::ColumnType::blob:
      st.bind(parameter, std::as_bytes(std::span(value.bytes)));
      break;
    case sqlite::ColumnType::null:
      st.bind(parameter, nullptr);
  }
}

struct Outcome {
  int code = SQLITE_OK;
  std::string message;
  std::vector<std::string> rows;  // the first column; "" for NULL

  bool ok() const { return code == SQLITE_OK; }
};

class Database : public sqlite::ConnectionRef {
 public:
  Database() : ConnectionRef(open()) { vec0::register_vec0(db_); }
  Database(const Database&) = delete;
  ~Database() { require(sqlite3_close(db_) == SQLITE_OK, "a statement or blob was left open"); }

  // Runs the statement to its end. An error must be one that a user can be shown.
  Outcome run(std::string_view sql, std::span<const Value> values = {}) const {
    Outcome outcome;
    try {
      sqlite::Statement st = prepare(sql);
      for (int i = 0; i < std::min(st.parameter_count(), static_cast<int>(values.size())); ++i)
        bind(st, i + 1, values[static_cast<std::size_t>(i)]);
      while (st.step()) outcome.rows.push_back(first_column(st, outcome.rows.size()));
    } catch (const Error& e) {
      outcome.code = e.sqlite_code() != 0 ? e.sqlite_code() : SQLITE_ERROR;  // 0: more than one statement
      outcome.message = sqlite3_errmsg(db_);
      require_clean(sql, outcome);
    }
    return outcome;
  }

 private:
  static sqlite3* open() {
    sqlite3* db = nullptr;
    require(sqlite3_open(":memory:", &db) == SQLITE_OK, "cannot open a database");
    // So that each of SQLite's allocations is one that AddressSanitizer watches.
    sqlite3_db_config(db, SQLITE_DBCONFIG_LOOKASIDE, nullptr, 0, 0);
    return db;
  }

  static std::string first_column(sqlite::Statement& st, std::size_t rows) {
    require(rows < 100000, "a statement does not come to an end", st.sql());
    for (int i = st.column_count() - 1; i > 0; --i) sqlite3_column_text(st.handle(), i);
    const auto* text = static_cast<const char*>(sqlite3_column_blob(st.handle(), 0));
    return text ? std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(st.handle(), 0))) : "";
  }

  static void require_clean(std::string_view sql, const Outcome& outcome) {
    const std::string detail = std::string(sql) + ": " + outcome.message;
    const int primary = outcome.code & 0xFF;
    require(primary != SQLITE_OK && primary != SQLITE_NOMEM && primary != SQLITE_MISUSE &&
                primary != SQLITE_INTERNAL,
            "an error with code " + std::to_string(outcome.code), detail);
    for (const char* word : {"C++", "std::", "::_M_", "basic_string::", "vector::"})
      require(outcome.message.find(word) == std::string::npos || sql.find(word) != std::string::npos,
              "an exception of the standard library", detail);
    if (outcome.code == SQLITE_CORRUPT_VTAB)
      require(outcome.message.find("t_") != std::string::npos, "damage without the shadow table", detail);
  }
};

}  // namespace cairn::fuzz
