// A connection that is owned: it closes the database when it dies.
//
//   cairn::sql::Connection db(cairn::sql::ConnectOptions::agent("agent.db"));
//   auto insert = db.cached("INSERT INTO content(text, doc_type, created_at) VALUES (?, ?, ?)");
//   insert->bind_all("…", "note", now).run();
//
// Thread-safety: one thread at a time. interrupt() alone may come from another thread.
#pragma once

#include <memory>
#include <string>

#include "cairn/sql/connect_options.hpp"

namespace cairn::sql {

class Connection : public ConnectionRef {
 public:
  // Opens the file and applies every option. Throws not_a_database, read_only, io, busy …; the message
  // names the file.
  explicit Connection(const ConnectOptions& options);
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&&) = delete;
  ~Connection();

  void clear_statement_cache() noexcept { statements_->clear(); }

  // Writes a consistent copy to `path`, which must not exist. REQUIRES: no open transaction.
  void backup_to(const std::string& path) const;

  // The name the file was opened with.
  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
  std::unique_ptr<sqlite::StatementCache> statements_;  // where it is, since every ConnectionRef points to it
};

}  // namespace cairn::sql
