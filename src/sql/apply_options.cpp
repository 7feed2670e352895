#include "sql/apply_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <chrono>

#include "sqlite/error.hpp"

namespace cairn::sql {

namespace {

constexpr const char* journal_modes[] = {"delete", "truncate", "persist", "memory", "wal", "off"};
constexpr const char* locking_modes[] = {"normal", "exclusive"};

int open_flags(const ConnectOptions& options) {
  const int modes[] = {SQLITE_OPEN_READONLY, SQLITE_OPEN_READWRITE,
                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE};
  // NOMUTEX: a connection belongs to one thread at a time, so SQLite need not lock for each call.
  return modes[static_cast<int>(options.mode)] | SQLITE_OPEN_URI | SQLITE_OPEN_EXRESCODE |
         (options.serialized ? SQLITE_OPEN_FULLMUTEX : SQLITE_OPEN_NOMUTEX) |
         (options.shared_cache ? SQLITE_OPEN_SHAREDCACHE : SQLITE_OPEN_PRIVATECACHE);
}

// SQLite takes this option only in a URI, where three characters of a path have a meaning of their own
// (https://www.sqlite.org/uri.html).
std::string immutable_uri(const std::string& path) {
  std::string uri = path.starts_with('/') ? "file://" : "file:";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

bool is_memory(const ConnectOptions& options) {
  return options.path == ":memory:" || options.vfs == "memdb";
}

// A path that happens to start with "file:" is still a path.
std::string to_filename(const ConnectOptions& options) {
  if (options.immutable) return immutable_uri(options.path);
  return options.path.starts_with("file:") ? "./" + options.path : options.path;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

std::string quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? "''" : std::string(1, c);
  return result + "'";
}

bool hands_over_a_key(std::string_view pragma) {
  const std::string name = lower(pragma);
  return name == "key" || name == "hexkey" || name == "textkey" || name == "kdf_iter" ||
         name.starts_with("cipher_");
}

[[noreturn]] void refuse(std::string_view what) {
  throw Error(ErrorCode::invalid_argument, std::string(what));
}

void validate_pragma(const std::string& name, const std::string& value) {
  const std::string_view letters = "abcdefghijklmnopqrstuvwxyz_0123456789";
  if (name.empty() || lower(name).find_first_not_of(letters) != std::string::npos)
    refuse(fmt::format("'{}' cannot be the name of a pragma: it has letters, digits and '_' only", name));
  if (value.find('\0') != std::string::npos)
    refuse(fmt::format("the value of the pragma {} has a NUL in it", name));
}

void validate_vfs(const std::string& name) {
  if (name.empty() || sqlite3_vfs_find(name.c_str())) return;
  std::string known;
  for (const sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr); vfs; vfs = vfs->pNext)
    known += fmt::format("{}{}", known.empty() ? "" : ", ", vfs->zName);
  refuse(fmt::format("there is no VFS '{}'; known are {}", name, known));
}

void validate_at_least_zero(std::string_view name, const std::optional<std::int64_t>& value) {
  if (value && *value < 0) refuse(fmt::format("{} = {} cannot be used: it is 0 or more", name, *value));
}

// Sets a number and looks whether SQLite has taken it.
void set_number(const ConnectionRef& db, std::string_view name, std::int64_t value) {
  db.execute_script(fmt::format("PRAGMA {} = {}", name, value));
  const auto taken = db.query_optional<std::int64_t>(fmt::format("PRAGMA {}", name));
  if (!taken) throw Error(ErrorCode::unsupported, fmt::format("this SQLite has no PRAGMA {}", name));
  if (*taken != value)
    refuse(fmt::format("{} = {} cannot be used: SQLite takes it for {}", name, value, *taken));
}

// Sets a mode; SQLite answers with the one that it is in then.
void set_mode(const ConnectionRef& db, std::string_view name, const std::string& mode) {
  const auto answer = db.query_one<std::string>(fmt::format("PRAGMA {} = {}", name, mode));
  if (answer != mode)
    throw Error(
        ErrorCode::unsupported,
        fmt::format("{} = {} is not to be had here, it stays {}; the VFS or the file system cannot do it",
                    name, mode, answer));
}

// Changing to or from WAL needs the file exclusively, and SQLite does not call the busy handler for it:
// of two processes that start at once on a new file, one would fail. So wait here, as long as the
// busy_timeout says.
void set_journal_mode(const ConnectionRef& db, JournalMode mode, std::chrono::milliseconds timeout) {
  const auto begin = std::chrono::steady_clock::now();
  while (true) {
    try {
      return set_mode(db, "journal_mode", journal_modes[static_cast<int>(mode)]);
    } catch (const Error& e) {
      if (e.code() != ErrorCode::busy || std::chrono::steady_clock::now() - begin >= timeout) throw;
    }
    sqlite3_sleep(2);
  }
}

void set_file_settings(const ConnectOptions& options, const ConnectionRef& db) {
  const bool is_new = db.query_one<std::int64_t>("PRAGMA page_count") == 0;
  if (is_new && options.page_size) set_number(db, "page_size", *options.page_size);
  if (is_new && options.auto_vacuum) set_number(db, "auto_vacuum", static_cast<int>(*options.auto_vacuum));
}

bool knows_pragma(const ConnectionRef& db, std::string_view name) {
  Statement names = db.prepare("PRAGMA pragma_list");
  while (names.step())
    if (names.get<std::string_view>(0) == name) return true;
  return false;
}

// SQLite itself ignores a pragma that it does not know, so that a misspelt `foreign_keys`, or a `key` without
// any encryption, would pass unnoticed.
void set_pragma(const ConnectionRef& db, std::string name, std::string value) {
  // SQLCipher does not list its own.
  if (knows_pragma(db, lower(name)) || db.query_optional<std::string>("PRAGMA cipher_version")) {
    db.execute_script(fmt::format("PRAGMA {} = {}", name, quoted(value)));
    return;
  }
  // A VFS may know it, and tells whether it does only if it is asked directly.
  char* arguments[] = {nullptr, name.data(), value.data(), nullptr};
  const int code = sqlite3_file_control(db.handle(), "main", SQLITE_FCNTL_PRAGMA, arguments);
  const std::string answer = arguments[0] ? arguments[0] : sqlite3_errstr(code);
  sqlite3_free(arguments[0]);
  if (code == SQLITE_NOTFOUND)
    refuse(
        fmt::format("the pragma {} is known neither to SQLite {} nor to its VFS; 'PRAGMA pragma_list' "
                    "lists those that are",
                    name, sqlite3_libversion()));
  if (code != SQLITE_OK)
    throw Error(sqlite::code_of(code), fmt::format("cannot set the pragma {}: {}", name, answer), code);
}

void load(const ConnectionRef& db, const LoadableExtension& extension) {
  char* message = nullptr;
  const char* entry_point = extension.entry_point.empty() ? nullptr : extension.entry_point.c_str();
  const int code = sqlite3_load_extension(db.handle(), extension.path.c_str(), entry_point, &message);
  const std::string text = message ? message : sqlite3_errstr(code);
  sqlite3_free(message);
  if (code != SQLITE_OK)
    throw Error(ErrorCode::not_found, fmt::format("cannot load the extension '{}': {}", extension.path, text),
                code);
}

void load_all(const ConnectionRef& db, const std::vector<LoadableExtension>& extensions) {
  if (extensions.empty()) return;
  sqlite3* const handle = db.handle();
  // For the C function alone; load_extension() in SQL stays off.
  sqlite::check(handle, sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, nullptr),
                "cannot load extensions");
  const auto off = [handle] { sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr); };
  try {
    for (const LoadableExtension& extension : extensions) load(db, extension);
  } catch (...) {
    off();
    throw;
  }
  off();
}

}  // namespace

void validate(const ConnectOptions& options) {
  if (options.path.empty()) refuse("the path is empty; name a file, or ':memory:' for a database in memory");
  if (options.path.find('\0') != std::string::npos) refuse("the path has a NUL in it");
  if (options.immutable && options.mode != OpenMode::read_only)
    refuse("immutable goes with OpenMode::read_only only");
  validate_vfs(options.vfs);
  if (options.page_size && (*options.page_size < 512 || *options.page_size > 65536 ||
                            !std::has_single_bit(static_cast<std::uint64_t>(*options.page_size))))
    refuse(fmt::format("page_size = {} cannot be used: it is a power of two from 512 to 65536",
                       *options.page_size));
  validate_at_least_zero("mmap_size", options.mmap_size);
  validate_at_least_zero("wal_autocheckpoint", options.wal_autocheckpoint);
  validate_at_least_zero("analysis_limit", options.analysis_limit);
  for (const auto& [name, value] : options.pragmas) validate_pragma(name, value);
}

void open(const ConnectOptions& options, sqlite3*& db) {
  const int code = sqlite3_open_v2(to_filename(options).c_str(), &db, open_flags(options),
                                   options.vfs.empty() ? nullptr : options.vfs.c_str());
  sqlite::check(db, code, fmt::format("cannot open '{}'", options.path));
}

void apply(const ConnectOptions& options, const ConnectionRef& db) {
  for (const auto& [name, value] : options.pragmas)
    if (hands_over_a_key(name)) set_pragma(db, name, value);
  // A misspelt column in double quotes must be an error, not a string.
  sqlite3_db_config(db.handle(), SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(db.handle(), SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  load_all(db, options.loadable_extensions);
  for (const auto& extension : options.extensions) extension(db);
  for (const Function& function : options.functions) function.add_to(db);
  for (const Collation& collation : options.collations) collation.add_to(db);

  const bool in_file = !is_memory(options);
  const bool writes_settings = in_file && options.mode != OpenMode::read_only && !options.query_only;
  if (writes_settings && (options.page_size || options.auto_vacuum)) set_file_settings(options, db);
  if (in_file && options.locking_mode)
    set_mode(db, "locking_mode", locking_modes[static_cast<int>(*options.locking_mode)]);
  if (writes_settings && options.journal_mode)
    set_journal_mode(db, *options.journal_mode, options.busy_timeout);

  set_number(db, "foreign_keys", options.foreign_keys ? 1 : 0);
  if (options.synchronous) set_number(db, "synchronous", static_cast<int>(*options.synchronous));
  if (options.temp_store) set_number(db, "temp_store", static_cast<int>(*options.temp_store));
  if (options.cache_size) set_number(db, "cache_size", *options.cache_size);
  if (in_file && options.mmap_size)
    db.execute_script(fmt::format("PRAGMA mmap_size = {}", *options.mmap_size));
  if (options.wal_autocheckpoint) set_number(db, "wal_autocheckpoint", *options.wal_autocheckpoint);
  if (options.analysis_limit) set_number(db, "analysis_limit", *options.analysis_limit);
  for (const auto& [name, value] : options.pragmas)
    if (!hands_over_a_key(name)) set_pragma(db, name, value);
  if (options.query_only) set_number(db, "query_only", 1);
}

}  // namespace cairn::sql
