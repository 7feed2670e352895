// What `cairn prepare` does: finds what a build folder's targets want checked, checks it, and keeps their
// caches.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "check/cache.hpp"
#include "check/target.hpp"

namespace cairn::check {

// The manifests that CMake wrote below a build folder. An empty name means the build folder at hand: `.`,
// `build` or `build/*`, whichever has some. Throws Error: not_found, or invalid_argument where several have.
std::vector<std::filesystem::path> find_manifests(const std::filesystem::path& build_dir);

struct PreparedTarget {
  std::string name;
  TargetReport report;
  std::vector<CacheChange> changes;  // what was, or would be, done to the cache; none unless all is sound
};

// Writes headers and caches; with `only_look` nothing at all. The cache of a target with mistakes stays as it
// is. Throws Error for two targets with one cache.
std::vector<PreparedTarget> prepare(const std::vector<std::filesystem::path>& manifests, bool only_look);

// Keeps the headers fresh while somebody edits. Does not touch caches.
class Watcher {
 public:
  explicit Watcher(std::filesystem::path build_dir) : build_dir_(std::move(build_dir)) {}

  // Checks the targets for which something has changed since the last time, which at first is all of them.
  std::vector<PreparedTarget> look();

 private:
  using Times = std::map<std::filesystem::path, std::filesystem::file_time_type>;

  std::filesystem::path build_dir_;
  std::map<std::filesystem::path, Times> seen_;  // by manifest
};

}  // namespace cairn::check
