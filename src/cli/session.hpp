// What one run of the command shares: options, the file, the terminal, the log, and the answer.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "cairn/store.hpp"
#include "cli/arguments.hpp"
#include "cli/database_file.hpp"
#include "cli/terminal.hpp"

namespace cairn::cli {

enum class LogLevel { quiet, info, debug };

class Session {
 public:
  explicit Session(const Globals& globals);

  // Opens the file so that nothing is written to it. Throws not_found when it is missing.
  Store open_to_read();
  // Opens a file that must be there, or makes it, and says on standard error which one is used. `on_open`
  // hears what opening did to it (created, adopted, upgraded).
  Store open_to_write(OpenMode mode, const std::function<void(std::string_view)>& on_open = {});

  const DatabaseFile& file() const { return file_; }
  const Terminal& terminal() const { return terminal_; }
  Style style() const { return {terminal_.colour}; }
  bool json() const { return globals_.json; }
  const std::string& db_option() const { return globals_.db; }  // empty: --db was not given

  // A line on standard error, at once.
  void say(std::string_view line) const;
  // The same, only if CAIRN_LOG or --verbose asks for it; with the milliseconds since the start.
  void log(LogLevel level, std::string_view line) const;

  // Stored text with its lines: as it is into a pipe, printable on a terminal.
  std::string body(std::string_view text) const {
    return terminal_.out ? printable(text) : std::string(text);
  }
  // A stored path on one line, relative when it is below the working folder, as people write it.
  std::string shown_path(std::string_view path) const;

  std::string out;  // the answer; main prints it in one piece

 private:
  Store open(OpenMode mode, const std::function<void(std::string_view)>& on_open);
  void require_file() const;

  Globals globals_;
  DatabaseFile file_;
  Terminal terminal_;
  LogLevel level_ = LogLevel::quiet;
  std::string folder_;  // the working folder with a slash behind it
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace cairn::cli
