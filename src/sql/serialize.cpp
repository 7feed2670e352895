// A database as bytes in memory.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "cairn/sql/connection.hpp"
#include "sqlite/error.hpp"

namespace cairn::sql {

namespace {

struct SqliteFree {
  void operator()(void* memory) const noexcept { sqlite3_free(memory); }
};
using Memory = std::unique_ptr<unsigned char, SqliteFree>;

// A copy that SQLite may own. Databases in memory have no log: one that says in its header (two bytes, from
// offset 18 on: https://www.sqlite.org/fileformat2.html, section 1.3) that it does could not be opened.
Memory copy_without_wal(Bytes bytes) {
  Memory copy(static_cast<unsigned char*>(sqlite3_malloc64(std::max<std::size_t>(bytes.size(), 1))));
  if (!copy) throw std::bad_alloc();
  if (!bytes.empty()) std::memcpy(copy.get(), bytes.data(), bytes.size());
  if (bytes.size() >= 100 && copy.get()[18] == 2 && copy.get()[19] == 2) copy.get()[18] = copy.get()[19] = 1;
  return copy;
}

int attach(sqlite3* db, const std::string& schema, unsigned char* bytes, std::size_t size, unsigned flags) {
  const auto length = static_cast<sqlite3_int64>(size);
  return sqlite3_deserialize(db, schema.c_str(), bytes, length, length, flags);
}

// A place beside the other databases of a connection, for one that is looked at before it gets its own. There
// it meets the functions and collations that its indexes may need.
class Anteroom {
 public:
  static constexpr const char* name = "cairn_deserialize";

  explicit Anteroom(ConnectionRef db) : db_(db) { db_.execute("ATTACH ':memory:' AS cairn_deserialize"); }
  Anteroom(const Anteroom&) = delete;
  Anteroom& operator=(const Anteroom&) = delete;
  ~Anteroom() { sqlite3_exec(db_.handle(), "DETACH cairn_deserialize", nullptr, nullptr, nullptr); }

 private:
  ConnectionRef db_;
};

// Reads all of it, so that what is wrong comes to light before anything is replaced.
void require_sound(ConnectionRef db, unsigned char* bytes, std::size_t size) {
  const Anteroom anteroom(db);
  sqlite::check(db.handle(), attach(db.handle(), Anteroom::name, bytes, size, SQLITE_DESERIALIZE_READONLY),
                "cannot read the bytes as a database");
  const auto verdict = db.query_one<std::string>("PRAGMA cairn_deserialize.integrity_check(1)");
  if (verdict != "ok")
    throw Error(ErrorCode::corrupt, fmt::format("the bytes are a damaged database: {}", verdict));
}

}  // namespace

std::vector<std::byte> Connection::serialize(const std::string& schema) const {
  sqlite3_int64 size = 0;
  const Memory bytes(sqlite3_serialize(db_, schema.c_str(), &size, 0));
  if (size < 0) throw Error(ErrorCode::not_found, fmt::format("there is no database '{}'", schema));
  if (size == 0) return {};
  if (!bytes) throw std::bad_alloc();
  const auto* const begin = reinterpret_cast<const std::byte*>(bytes.get());
  return {begin, begin + size};
}

void Connection::deserialize(Bytes bytes, const std::string& schema, bool read_only) {
  if (in_transaction())
    throw Error(ErrorCode::invalid_argument,
                "a transaction is open; commit it before a database is replaced");
  if (sqlite3_txn_state(db_, nullptr) != SQLITE_TXN_NONE)
    throw Error(ErrorCode::invalid_argument,
                "a statement is still running; end it before a database is replaced");
  Memory copy = copy_without_wal(bytes);
  require_sound(*this, copy.get(), bytes.size());
  clear_statement_cache();
  // Takes the memory over, also when it fails.
  const unsigned flags = SQLITE_DESERIALIZE_FREEONCLOSE |
                         (read_only ? SQLITE_DESERIALIZE_READONLY : SQLITE_DESERIALIZE_RESIZEABLE);
  sqlite::check(db_, attach(db_, schema, copy.release(), bytes.size(), flags),
                fmt::format("cannot put a database in the place of '{}'", schema));
}

}  // namespace cairn::sql
