// The grammar of the command line, and its help. Only command_line.cpp knows CLI11.
#pragma once

#include <functional>
#include <string>

#include "cli/arguments.hpp"

namespace cairn::cli {

class Session;

struct CommandLine {
  Globals globals;
  std::function<int(Session&)> verb;  // empty: print `text` instead
  std::string text;                   // help or version
};

// Throws UsageError. `argv` is read only.
CommandLine parse_command_line(int argc, const char* const* argv);

}  // namespace cairn::cli
