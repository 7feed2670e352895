// Checks everything that one manifest names. Reads files, writes none.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "check/diagnostic.hpp"
#include "check/manifest.hpp"

namespace cairn::check {

struct TargetReport {
  // In GCC's form; not empty when nothing could be checked: cairn.toml or the schema is at fault.
  std::string failure;
  std::vector<Diagnostic> diagnostics;       // by file and place
  std::map<std::string, std::string> texts;  // of the files that they name

  // What the compiler shall find. A query with a mistake is in there as a static_assert with its message, for
  // editors. Only what is not there yet should be written after a failure.
  std::map<std::filesystem::path, std::string> headers;
  // What the target's folder of the cache shall hold, by name; right only when it is sound.
  std::map<std::string, std::string> cache;
  // Everything that the report depends on; a folder counts when a file comes or goes.
  std::vector<std::filesystem::path> inputs;

  bool sound() const;  // without a failure and without an error
  // Failure and diagnostics as a compiler prints them.
  std::string messages() const;
};

// Never throws an Error for what is wrong with a file: that is in the report.
TargetReport check_target(const Manifest& manifest);

// Writes the headers that differ; returns how many.
int write_headers(const TargetReport& report);

}  // namespace cairn::check
