#include "cli/session.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "cairn/error.hpp"

namespace cairn::cli {
namespace {

void make_default_folder(const DatabaseFile& file) {
  const std::filesystem::path folder = std::filesystem::path(file.path).parent_path();
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed)
    throw Error(ErrorCode::io,
                fmt::format("cannot create the folder {} for the database: {}; name another file with "
                            "--db FILE or $CAIRN_DB",
                            folder.string(), failed.message()));
}

}  // namespace

Session::Session(const Globals& globals)
    : globals_(globals), file_(find_database_file(globals.db)), terminal_(Terminal::detect()) {
  const char* wanted = std::getenv("CAIRN_LOG");
  const std::string_view level = wanted ? wanted : "";
  if (level == "debug") {
    level_ = LogLevel::debug;
  } else if (level == "info" || globals.verbose) {
    level_ = LogLevel::info;
  } else if (!level.empty()) {
    say(fmt::format("CAIRN_LOG is \"{}\", which means nothing; use info or debug", level));
  }
  std::error_code ignored;
  folder_ = std::filesystem::current_path(ignored).string();
  if (!folder_.ends_with('/')) folder_ += '/';
}

void Session::require_file() const {
  std::error_code error;
  const auto status = std::filesystem::symlink_status(file_.path, error);
  // What cannot be looked at may be there; opening it says why not.
  if (std::filesystem::exists(status) || !std::filesystem::status_known(status)) return;
  throw Error(
      ErrorCode::not_found,
      fmt::format(
          "there is no database {} ({}); make it with cairn add PATH…, or name another with --db FILE",
          file_.path, file_.origin));
}

Store Session::open(OpenMode mode, const std::function<void(std::string_view)>& on_open) {
  OpenOptions options{.mode = mode};
  options.log = [this, on_open](std::string_view line) {
    log(LogLevel::info, line);
    if (on_open) on_open(line);
  };
  Store store = Store::open(file_.path, options);
  log(LogLevel::debug, "opened");
  return store;
}

Store Session::open_to_read() {
  require_file();
  log(LogLevel::info, fmt::format("reading {} ({})", file_.path, file_.origin));
  return open(OpenMode::read_only, {});
}

Store Session::open_to_write(OpenMode mode, const std::function<void(std::string_view)>& on_open) {
  if (mode != OpenMode::create) require_file();
  if (mode == OpenMode::create && file_.is_default) make_default_folder(file_);
  say(fmt::format("using {} ({})", file_.path, file_.origin));
  return open(mode, on_open);
}

void Session::say(std::string_view line) const {
  const std::string whole = "cairn: " + one_line(line) + "\n";
  std::fwrite(whole.data(), 1, whole.size(), stderr);
}

void Session::log(LogLevel level, std::string_view line) const {
  if (level > level_) return;
  const std::chrono::duration<double, std::milli> elapsed = std::chrono::steady_clock::now() - start_;
  say(fmt::format("[{:.1f} ms] {}", elapsed.count(), line));
}

std::string Session::shown_path(std::string_view path) const {
  if (path.size() > folder_.size() && path.starts_with(folder_)) path.remove_prefix(folder_.size());
  return one_line(path);
}

}  // namespace cairn::cli
