// Pieces of the grammar that the files declaring verbs share. Only those files know CLI11.
#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <string>

#include "cli/command_line.hpp"

namespace cairn::cli {

// A verb's arguments live as long as the function that runs it.
template <class Arguments>
std::shared_ptr<Arguments> declare(CLI::App& verb, CommandLine& line,
                                   int (*run)(Session&, const Arguments&)) {
  auto arguments = std::make_shared<Arguments>();
  verb.callback(
      [&line, arguments, run] { line.verb = [arguments, run](Session& s) { return run(s, *arguments); }; });
  return arguments;
}

CLI::App& add_verb(CLI::App& app, const std::string& name, const std::string& what, const char* examples);

// `cairn db …`, `cairn migrate …`, `cairn vec …` and `cairn prepare`.
void declare_database_verbs(CLI::App& app, CommandLine& line);

}  // namespace cairn::cli
