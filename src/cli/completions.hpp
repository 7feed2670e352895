// Completion scripts for shells, made from the grammar itself.
#pragma once

#include <CLI/App.hpp>
#include <string>

namespace cairn::cli {

// `shell`: bash, zsh or fish. What an option takes is read off its type name: "hybrid|vector|keyword" are
// words to choose from, names with PATH, FILE or DIR in them are files.
std::string completions(const CLI::App& app, const std::string& shell);

}  // namespace cairn::cli
