// Which files an ingest is about: everything below the given folders that is not left alone, and the
// files that were named themselves.
//
//   const WalkResult found = walk(roots, options);
//
// - Symbolic links below a root are not followed, so there are no loops; devices, pipes and sockets are left
//   alone. A root may itself be a link.
// - .gitignore files count from the enclosing git repository's top down, nested ones included.
// - Dotfiles, dependencies, secrets and lock files are left alone (text/skip.hpp).
// - A file that is named by the caller is wanted: neither rule is asked. A named folder is entered.
// Only names and sizes are looked at; no file but .gitignore is opened. Memory: the paths that were found.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "cairn/store.hpp"

namespace cairn::store {

struct FoundFile {
  std::string path;  // absolute, without links, valid UTF-8
  std::uint64_t bytes = 0;
  std::int64_t modified_ns = 0;  // since the Unix epoch
};

struct WalkResult {
  std::vector<FoundFile> files;      // ascending by path, each once
  std::vector<std::string> folders;  // the roots that are folders, absolute and without links
  // What could not be looked at: nothing is known about these paths and about what is below them.
  std::vector<std::string> unknown;
  std::map<std::string, std::size_t> skipped;  // by reason; a folder that is left alone counts once
  std::vector<IngestProblem> problems;
};

// Throws not_found for a root that does not exist, before anything else is done. One whose name is not UTF-8
// is a problem in the result.
WalkResult walk(std::span<const std::string> roots, const IngestOptions& options);

// Whether `path` is `folder` or below it, by whole components. Both are absolute.
bool is_within(std::string_view path, std::string_view folder) noexcept;

}  // namespace cairn::store
