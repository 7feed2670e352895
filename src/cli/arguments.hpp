// What the words of a command line become: plain values, one struct per verb.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cairn/store.hpp"
#include "cairn/vec0.hpp"

namespace cairn::cli {

struct Globals {
  std::string db;
  bool json = false;
  bool verbose = false;
};

// The conditions that search and ls share.
struct Selection {
  std::string type;
  std::string namespace_;
  std::string path;
  std::string where;
};

struct AddArguments {
  std::vector<std::string> paths;  // "-" is a note on standard input
  std::vector<std::string> notes;
  std::string type;
  std::string namespace_ = "default";
  std::string metadata;
};

struct SearchArguments {
  std::vector<std::string> words;  // a single "-": the query is on standard input
  Selection selection;
  std::size_t limit = 10;
  SearchMode mode = SearchMode::hybrid;
  bool explain = false;
  bool full = false;
};

struct GetArguments {
  std::string what;
  std::string namespace_ = "default";
};

struct LsArguments {
  Selection selection;
  std::size_t limit = 0;  // all
};

struct RelateArguments {
  std::string source;
  std::string target;
  std::string type;
  std::string namespace_ = "default";
  double strength = 1.0;
  bool remove = false;
};

struct RelatedArguments {
  std::string start;
  std::string namespace_ = "default";
  RelatedOptions options;
};

struct RemoveArguments {
  std::vector<std::string> what;
  std::string namespace_ = "default";
};

struct DoctorArguments {
  bool repair = false;
};

// Of cairn db, cairn migrate and cairn vec: a database of the user's own, not the store's.
struct DatabaseArguments {
  std::string url;
  bool no_dotenv = false;
  unsigned connect_timeout = 10;  // seconds
};

struct DropArguments {
  DatabaseArguments database;
  bool yes = false;
};

struct MigrateArguments {
  DatabaseArguments database;
  std::string source = "migrations";
  std::optional<std::int64_t> target;
  bool dry_run = false;
  bool ignore_missing = false;
  bool allow_out_of_order = false;
  bool yes = false;
};

struct MigrateAddArguments {
  std::vector<std::string> description;  // words
  std::string source = "migrations";
  bool reversible = false;
  bool simple = false;
  bool timestamp = false;
  bool sequential = false;
};

struct RepairArguments {
  DatabaseArguments database;
  std::string source = "migrations";
  std::int64_t version = 0;
  bool applied = false;
  bool pending = false;
  bool yes = false;
};

struct ConvertArguments {
  DatabaseArguments database;
  std::string table;
  vec0::Index to = vec0::Index::cairn;
};

struct PrepareArguments {
  std::string build_dir;  // empty: the one at hand
  bool check = false;
  bool watch = false;
};

}  // namespace cairn::cli
