// How to open a database. Everything here is applied to every connection that is opened with it, so a
// pool cannot hold one connection with a setting and another without.
//
//   auto options = cairn::sql::ConnectOptions::agent("agent.db");
//   options.busy_timeout = std::chrono::seconds(30);
//   cairn::sql::Connection db(options);
//
// A plain value: copy it freely.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cairn/sqlite/connection_ref.hpp"

namespace cairn::sql {

using sqlite::Bytes;
using sqlite::CachedStatement;
using sqlite::ColumnType;
using sqlite::ConnectionRef;
using sqlite::named;
using sqlite::Rows;
using sqlite::Statement;
using sqlite::Value;

enum class OpenMode { read_only, read_write, create };
enum class JournalMode { delete_, truncate, persist, memory, wal, off };
enum class Synchronous { off, normal, full, extra };
enum class TempStore { default_, file, memory };

struct ConnectOptions {
  // A path, or ":memory:" for a database that lives as long as the connection (or the pool).
  std::string path = ":memory:";
  OpenMode mode = OpenMode::read_write;  // `create` makes a missing file
  // The file cannot change while it is open (read-only media): it is read without locks or a -shm file.
  // Wrong answers follow if somebody writes to it after all. Only with OpenMode::read_only.
  bool immutable = false;
  std::chrono::milliseconds busy_timeout{5000};
  bool foreign_keys = true;
  std::optional<JournalMode> journal_mode;  // unset: as the file has it
  std::optional<Synchronous> synchronous;   // unset: SQLite's own default
  std::optional<TempStore> temp_store;
  std::optional<std::int64_t> cache_size;  // pages, or KiB when negative (PRAGMA cache_size)
  std::optional<std::int64_t> mmap_size;   // bytes
  std::vector<std::pair<std::string, std::string>> pragmas;  // further ones, in this order
  // Called for each new connection before any PRAGMA: registers functions and virtual tables.
  std::vector<std::function<void(ConnectionRef)>> extensions;
  std::size_t statement_cache_capacity = 100;  // prepared statements kept per connection
  bool query_only = false;                     // refuse every write; pools set it on their readers

  // WAL, synchronous NORMAL, 64 MB page cache, temporary tables in memory, 256 MB mapped, file created
  // when missing: the settings for one file that agents read and write all day.
  static ConnectOptions agent(std::string path);
};

}  // namespace cairn::sql
