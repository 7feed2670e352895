#include "check/prepare.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cairn/error.hpp"

namespace cairn::check {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    entries.push_back(entry->path());
  std::ranges::sort(entries);
  return entries;
}

std::vector<fs::path> manifests_in(const fs::path& build_dir) {
  std::vector<fs::path> manifests = entries_of(build_dir / "cairn_sql");
  std::erase_if(manifests, [](const fs::path& file) { return file.extension() != ".json"; });
  return manifests;
}

fs::path build_dir_at_hand() {
  std::vector<fs::path> folders = entries_of("build");
  folders.insert(folders.begin(), {".", "build"});
  std::erase_if(folders, [](const fs::path& folder) { return manifests_in(folder).empty(); });
  if (folders.size() > 1)
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{} and {} are build folders with checked SQL; name one of them",
                            folders[0].string(), folders[1].string()));
  return folders.empty() ? "build" : folders[0];
}

// The smallest time for a file that is not there.
fs::file_time_type time_of(const fs::path& file) {
  std::error_code error;
  const fs::file_time_type time = fs::last_write_time(file, error);
  return error ? fs::file_time_type::min() : time;
}

}  // namespace

std::vector<fs::path> find_manifests(const fs::path& build_dir) {
  const fs::path folder = build_dir.empty() ? build_dir_at_hand() : build_dir;
  std::vector<fs::path> manifests = manifests_in(folder);
  if (manifests.empty())
    throw Error(ErrorCode::not_found,
                fmt::format("there is no target with checked SQL in the build folder '{}'; configure it with "
                            "cmake first, or name another",
                            folder.string()));
  return manifests;
}

std::vector<PreparedTarget> prepare(const std::vector<fs::path>& manifests, bool only_look) {
  std::vector<PreparedTarget> prepared;
  std::map<fs::path, std::string> caches;
  for (const fs::path& path : manifests) {
    const Manifest manifest = read_manifest(path);
    const auto [owner, is_new] = caches.emplace(manifest.cache, manifest.target);
    if (!is_new && !manifest.cache.empty())
      throw Error(ErrorCode::invalid_argument,
                  fmt::format("the targets {} and {} have the same cache, {}; give each its own",
                              owner->second, manifest.target, manifest.cache.string()));
    PreparedTarget target{manifest.target, check_target(manifest), {}};
    if (!only_look) write_headers(target.report);
    if (target.report.sound() && !manifest.cache.empty()) {
      target.changes = compare_cache(manifest.cache, target.report.cache);
      if (!only_look) write_cache(manifest.cache, target.report.cache);
    }
    prepared.push_back(std::move(target));
  }
  return prepared;
}

std::vector<PreparedTarget> Watcher::look() {
  std::vector<PreparedTarget> looked_at;
  for (const fs::path& path : find_manifests(build_dir_)) {
    Times& seen = seen_[path];
    Times now;
    for (const auto& [file, time] : seen) now.emplace(file, time_of(file));
    if (!seen.empty() && now == seen) continue;

    const Manifest manifest = read_manifest(path);
    PreparedTarget target{manifest.target, check_target(manifest), {}};
    write_headers(target.report);
    // The times from before the files were read: what was saved meanwhile is noticed the next time.
    seen = {{path, time_of(path)}};
    for (const fs::path& input : target.report.inputs) seen.emplace(input, time_of(input));
    for (const auto& [file, time] : now)
      if (const auto known = seen.find(file); known != seen.end()) known->second = time;
    looked_at.push_back(std::move(target));
  }
  return looked_at;
}

}  // namespace cairn::check
