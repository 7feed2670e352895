// What the tests of this room share: a connection with vec0, and rows as text.
#pragma once

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "cairn/error.hpp"
#include "cairn/sqlite/connection_ref.hpp"
#include "cairn/vec0.hpp"
#include "sqlite/api.hpp"

namespace cairn::vec0::testing {

class Database : public sqlite::ConnectionRef {
 public:
  explicit Database(const char* path = ":memory:") : ConnectionRef(open(path)) { register_vec0(db_); }
  Database(const Database&) = delete;
  ~Database() { sqlite3_close(db_); }

  // Every row, columns joined by '|', NULL as "NULL".
  template <class... Args>
  std::vector<std::string> rows(std::string_view sql, const Args&... args) const {
    sqlite::Statement st = prepare(sql);
    st.bind_all(args...);
    return rows_of(st);
  }
  static std::vector<std::string> rows_of(sqlite::Statement& st) {
    std::vector<std::string> all;
    while (st.step()) {
      std::string row;
      for (int i = 0; i < st.column_count(); ++i) {
        if (i != 0) row += '|';
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(st.handle(), i));
        row += text ? text : "NULL";
      }
      all.push_back(std::move(row));
    }
    return all;
  }
  template <class... Args>
  std::string row(std::string_view sql, const Args&... args) const {
    const auto all = rows(sql, args...);
    return all.size() == 1 ? all[0] : "(" + std::to_string(all.size()) + " rows)";
  }
  // SQLite's message, without the context that Cairn's own Statement adds.
  template <class... Args>
  std::string error(std::string_view sql, const Args&... args) const {
    try {
      rows(sql, args...);
    } catch (const Error&) {
      return sqlite3_errmsg(db_);
    }
    return "no error";
  }
  // The lines of the query plan; parameters stay unbound.
  std::string plan(const std::string& sql) const {
    std::string text;
    sqlite::Statement st = prepare("EXPLAIN QUERY PLAN " + sql);
    for (const std::string& line : rows_of(st)) text += line.substr(line.rfind('|') + 1) + "\n";
    return text;
  }

 private:
  static sqlite3* open(const char* path) {
    sqlite3* db = nullptr;
    sqlite3_open(path, &db);
    return db;
  }
};

inline std::vector<float> random_vector(std::size_t dims, std::mt19937& random) {
  std::normal_distribution<float> normal;
  std::vector<float> v(dims);
  for (float& x : v) x = normal(random);
  return v;
}

}  // namespace cairn::vec0::testing
