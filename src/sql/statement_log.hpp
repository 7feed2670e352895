// Tells ConnectOptions::on_statement about every statement of a connection.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>

#include "cairn/sql/statement_event.hpp"
#include "sqlite/api.hpp"

namespace cairn::sql {

class StatementLog {
 public:
  StatementLog(sqlite3* db, std::string path, std::function<void(const StatementEvent&)> callback,
               std::chrono::milliseconds threshold);
  StatementLog(const StatementLog&) = delete;
  StatementLog& operator=(const StatementLog&) = delete;
  ~StatementLog() { sqlite3_trace_v2(db_, 0, nullptr, nullptr); }

 private:
  struct Running {
    std::chrono::steady_clock::time_point since;
    std::int64_t rows = 0;
    std::int64_t changes_before = 0;
  };

  static int trace(unsigned kind, void* self, void* statement, void* detail) noexcept;
  void begin(sqlite3_stmt* statement);
  void end(sqlite3_stmt* statement);

  sqlite3* db_;
  const std::string path_;
  const std::function<void(const StatementEvent&)> callback_;
  const std::chrono::milliseconds threshold_;
  std::unordered_map<sqlite3_stmt*, Running> running_;
};

}  // namespace cairn::sql
