#include "cli/database_file.hpp"

#include <cstdlib>
#include <filesystem>

#include "cli/exit_codes.hpp"

namespace cairn::cli {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

}  // namespace

DatabaseFile find_database_file(const std::string& db_option) {
  if (!db_option.empty()) return {db_option, "--db"};
  if (std::string path = environment("CAIRN_DB"); !path.empty()) return {path, "$CAIRN_DB"};
  std::error_code ignored;
  if (std::filesystem::exists(".cairn.db", ignored)) return {".cairn.db", "this folder"};

  // The XDG Base Directory Specification: a relative XDG_DATA_HOME is invalid and to be ignored.
  std::filesystem::path data = environment("XDG_DATA_HOME");
  if (!data.is_absolute()) {
    const std::string home = environment("HOME");
    if (home.empty())
      throw UsageError("there is no home folder to keep a database in; name one with --db FILE");
    data = std::filesystem::path(home) / ".local/share";
  }
  return {(data / "cairn" / "cairn.db").string(), "the default", true};
}

}  // namespace cairn::cli
