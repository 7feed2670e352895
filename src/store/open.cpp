// What a path may turn out to be, and what becomes of it:
//
//   missing or empty      created, unless the caller only wants an existing file
//   a Cairn file          of this version: opened; older: copied, then upgraded; newer: refused
//   made by the guide     adopted: the guide's tables stay, the rest is added around them
//   anything else         refused, and not a byte of it changed
//
// The file is looked at through a read-only connection first, since even setting the journal mode would
// change a database that is not ours. For the same reason adoption is committed before the pool sets it.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "cairn/error.hpp"
#include "cairn/sql/checked.hpp"
#include "cairn/sql/connection.hpp"
#include "cairn/sql/transaction.hpp"
#include "cairn/vec0.hpp"
#include "cairn/version.hpp"
#include "store/database.hpp"
#include "store/schema.hpp"

namespace cairn::store {

namespace fs = std::filesystem;

namespace {

enum class FileKind { empty, cairn, guide, foreign };

struct Inspection {
  FileKind kind = FileKind::empty;
  std::int64_t version = 0;
  // Of a database that is not Cairn's yet:
  std::optional<std::size_t> dimension = {};  // of its vec_content
  bool has_odd_vectors = false;               // it has a vec_content that the store cannot use
};

sql::Migrator migrator() {
  return sql::Migrator(migrations(), kLedger);
}

bool has_columns(sqlite::ConnectionRef db, std::string_view table,
                 std::initializer_list<std::string_view> names) {
  return CAIRN_SQL(
             "SELECT NOT EXISTS (SELECT value FROM json_each(:names) EXCEPT "
             "SELECT name FROM pragma_table_info(:table))")
      .scalar(db, {.names = names, .table = table});
}

bool has_vectors(sqlite::ConnectionRef db) {
  return CAIRN_SQL("SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'vec_content')").scalar(db);
}

Inspection inspect(sqlite::ConnectionRef db) {
  const std::int64_t version = migrator().current_version(db);
  if (version > 0) return {FileKind::cairn, version};
  if (CAIRN_SQL("SELECT count(*) FROM sqlite_schema").scalar(db) == 0) return {FileKind::empty, 0};
  const bool guide = has_columns(db, "content", {"id", "text", "doc_type", "created_at", "metadata"});
  const std::optional<std::size_t> dimension = vector_dimension(db);
  return {guide ? FileKind::guide : FileKind::foreign, 0, dimension, has_vectors(db) && !dimension};
}

// A WAL database needs its -shm file, which nobody can make where the folder cannot be written. Without a
// -wal file beside it, all there is to read is in the file itself.
bool is_on_read_only_media(const std::string& path) {
  std::error_code error;
  const fs::path file = fs::canonical(path, error);  // SQLite keeps the -wal file beside the file of a link
  if (error) return false;
  const bool is_writable = faccessat(AT_FDCWD, file.parent_path().c_str(), W_OK, AT_EACCESS) == 0;
  return !is_writable && !fs::exists(file.string() + "-wal", error) && !error;
}

sql::ConnectOptions connect_options(const std::string& path, const OpenOptions& options) {
  sql::ConnectOptions connect = sql::ConnectOptions::agent(path);
  connect.busy_timeout = options.busy_timeout;
  connect.extensions.push_back([](sqlite::ConnectionRef db) { vec0::register_vec0(db.handle()); });
  if (options.mode == OpenMode::read_only) {
    connect.mode = sql::OpenMode::read_only;
    connect.journal_mode.reset();
    connect.immutable = is_on_read_only_media(path);
  }
  return connect;
}

void require_usable_path(const std::string& path, OpenMode mode) {
  if (path.empty()) throw Error(ErrorCode::invalid_argument, "the name of the database file is empty");
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::status_known(status))
    throw Error(ErrorCode::io,
                fmt::format("cannot look at '{}': {}; check the permissions of the folders above it", path,
                            error.message()));
  if (fs::is_directory(status))
    throw Error(ErrorCode::invalid_argument, fmt::format("'{}' is a folder; name a file in it", path));
  if (fs::exists(status) && !fs::is_regular_file(status))
    throw Error(ErrorCode::invalid_argument,
                fmt::format("'{}' is not a regular file, so it cannot hold a database; name another", path));
  if (fs::exists(status)) return;
  if (mode != OpenMode::create)
    throw Error(ErrorCode::not_found,
                fmt::format("'{}' does not exist; add something to create it, or name another "
                            "file",
                            path));
  const fs::path folder = fs::absolute(path).parent_path();
  if (!fs::is_directory(folder, error))
    throw Error(ErrorCode::not_found,
                fmt::format("cannot create '{}': the folder '{}' does not exist", path, folder.string()));
}

// The guide's migrations make vec_content; whatever else has that name is somebody else's table.
[[noreturn]] void throw_odd_vectors(const std::string& path) {
  throw Error(
      ErrorCode::foreign_database,
      fmt::format(
          "'{}' has a table vec_content that is not vec_content USING vec0(content_id INTEGER PRIMARY "
          "KEY, vector FLOAT[n]); nothing was changed. Rename it, or use another file",
          path));
}

std::size_t require_vectors(sqlite::ConnectionRef db, const std::string& path) {
  const std::optional<std::size_t> dimension = vector_dimension(db);
  if (!dimension) throw_odd_vectors(path);
  return *dimension;
}

[[noreturn]] void throw_mismatch(const std::string& path, const EmbedderInfo& stored,
                                 const EmbedderInfo& offered) {
  throw Error(
      ErrorCode::embedder_mismatch,
      fmt::format("the vectors in '{}' come from '{}' with {} dimensions, not from '{}' with {}; vectors of "
                  "two embedders cannot be compared. Open it with its own embedder, or start a new file",
                  path, stored.id, stored.dimension, offered.id, offered.dimension));
}

// Refuses what cannot be opened at all; says nothing about what must still be done to it.
void require_acceptable(const Inspection& file, const std::string& path, const OpenOptions& options) {
  const bool read_only = options.mode == OpenMode::read_only;
  const std::int64_t latest = migrator().latest_version();
  if (file.version > latest)
    throw Error(
        ErrorCode::newer_database,
        fmt::format("'{}' has format version {}, this Cairn {} knows versions up to {}; use a newer Cairn",
                    path, file.version, version(), latest));
  if (file.kind == FileKind::cairn && file.version < latest && read_only)
    throw Error(
        ErrorCode::older_database,
        fmt::format(
            "'{}' has format version {} and needs an upgrade to {}, which a read-only open may not do; "
            "run 'cairn upgrade --db {}' or open it for writing",
            path, file.version, latest, path));
  if (file.kind == FileKind::guide && file.has_odd_vectors) throw_odd_vectors(path);
  if (file.kind == FileKind::guide && read_only)
    throw Error(ErrorCode::older_database,
                fmt::format("'{}' was made by another program's migrations and must be "
                            "adopted before it can be searched; run 'cairn upgrade --db "
                            "{}' or open it for writing",
                            path, path));
  if (file.kind == FileKind::empty && read_only)
    throw Error(ErrorCode::not_found, fmt::format("'{}' is empty; add something to it first", path));
  if (file.kind == FileKind::foreign && (read_only || !options.allow_foreign))
    throw Error(
        ErrorCode::foreign_database,
        fmt::format("'{}' is a SQLite database of another program; nothing was changed. Use another file, or "
                    "say that Cairn may add its tables to this one (OpenOptions::allow_foreign)",
                    path));
  if (file.has_odd_vectors) throw_odd_vectors(path);
  if (file.dimension && options.embedder && options.embedder->info().dimension != *file.dimension)
    throw_mismatch(path, external_embedder(*file.dimension)->info(), options.embedder->info());
}

// A path that is free: agent.db.v1.bak, agent.db.v1.bak.2, …
std::string backup_path(const std::string& path, std::int64_t from_version) {
  const std::string base = fmt::format("{}.v{}.bak", path, from_version);
  std::string candidate = base;
  for (int n = 2; fs::exists(candidate); ++n) candidate = fmt::format("{}.{}", base, n);
  return candidate;
}

std::shared_ptr<Embedder> known_embedder(const std::string& id, std::size_t dimension) {
  if (dimension >= 64) {
    std::shared_ptr<Embedder> hashing = hashing_embedder(dimension);
    if (hashing->info().id == id) return hashing;
  }
  return external_embedder(dimension);
}

void remember_embedder(sqlite::ConnectionRef db, const std::string& id) {
  CAIRN_SQL(
      "INSERT INTO app_metadata(key, value) VALUES (:key, :id) "
      "ON CONFLICT(key) DO UPDATE SET value = excluded.value")
      .execute(db, {.key = kEmbedderKey, .id = id});
}

// Schema and vectors, in one transaction. Another process may be doing the same: whoever comes second
// finds the work done.
void bring_up_to_date(sqlite::ConnectionRef db, const std::string& path, const OpenOptions& options) {
  sql::Transaction tx(db);
  migrator().run(db);
  if (has_vectors(db)) {
    const std::size_t dimension = require_vectors(db, path);
    upgrade_vectors(db);
    create_vectors(db, dimension);  // its trigger, which the guide does not have
    if (!CAIRN_SQL("SELECT EXISTS (SELECT 1 FROM app_metadata WHERE key = :key)")
             .scalar(db, {.key = kEmbedderKey}))
      remember_embedder(db, external_embedder(dimension)->info().id);
  } else {
    const std::shared_ptr<Embedder> embedder = options.embedder ? options.embedder : hashing_embedder();
    const EmbedderInfo info = embedder->info();
    create_vectors(db, info.dimension);
    remember_embedder(db, info.id);
  }
  tx.commit();
}

// A file whose vectors were supplied from outside accepts the first embedder of their dimension that is
// offered: the caller vouches that it made them. Otherwise the identity must agree.
std::shared_ptr<Embedder> choose_embedder(sql::Pool& pool, const std::string& path,
                                          const OpenOptions& options, EmbedderInfo& info) {
  {
    const sql::PooledConnection db = pool.reader();
    info.id = CAIRN_SQL("SELECT value FROM app_metadata WHERE key = :key").scalar(db, {.key = kEmbedderKey});
    info.dimension = require_vectors(*db, path);
  }
  if (!options.embedder) return known_embedder(info.id, info.dimension);
  const EmbedderInfo offered = options.embedder->info();
  if (offered.id == info.id && offered.dimension == info.dimension) return options.embedder;
  const bool external = info.id == external_embedder(info.dimension)->info().id;
  if (!external || offered.dimension != info.dimension) throw_mismatch(path, info, offered);
  if (options.mode != OpenMode::read_only) remember_embedder(*pool.writer(), offered.id);
  info = offered;
  return options.embedder;
}

}  // namespace

Database open_database(const std::string& path, const OpenOptions& options) {
  const auto log = [&options](const std::string& line) {
    if (options.log) options.log(line);
  };
  const bool in_memory = path == ":memory:";
  sql::ConnectOptions connect = connect_options(path, options);

  Inspection file;
  if (!in_memory) {
    require_usable_path(path, options.mode);
    if (fs::exists(path) && fs::file_size(path) > 0) {
      sql::ConnectOptions look = connect;
      look.mode = sql::OpenMode::read_only;
      look.journal_mode.reset();
      file = inspect(sql::Connection(look));
    }
    require_acceptable(file, path, options);
  }

  const auto log_change = [&](std::string_view what) { log(fmt::format("{} '{}'", what, path)); };
  const bool adopts = file.kind == FileKind::guide || file.kind == FileKind::foreign;
  if (adopts) {
    sql::ConnectOptions as_it_is = connect;
    as_it_is.journal_mode.reset();
    sql::Connection db(as_it_is);
    bring_up_to_date(db, path, options);
    log_change(file.kind == FileKind::guide ? "adopted the tables in" : "added Cairn's tables to");
  }

  auto pool = std::make_unique<sql::Pool>(connect, sql::PoolOptions{.readers = options.readers});
  if (!adopts && options.mode != OpenMode::read_only && file.version < migrator().latest_version()) {
    sql::PooledConnection writer = pool->writer();
    if (file.kind == FileKind::cairn) {
      const std::string backup = backup_path(path, file.version);
      writer->backup_to(backup);
      log(fmt::format("wrote a copy to '{}' before upgrading '{}' from version {} to {}", backup, path,
                      file.version, migrator().latest_version()));
    }
    bring_up_to_date(*writer, path, options);
    log_change(file.kind == FileKind::cairn ? "upgraded" : "created");
  }

  Database database{.path = path, .pool = std::move(pool), .embedder = nullptr, .embedder_info = {}};
  database.embedder = choose_embedder(*database.pool, path, options, database.embedder_info);
  return database;
}

}  // namespace cairn::store
