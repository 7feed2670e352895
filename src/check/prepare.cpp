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

Watcher::Times Watcher::times_of(const Times& files) {
  Times times = files;
  for (auto& [file, time] : times) {
    std::error_code error;
    time = fs::last_write_time(file, error);
    if (error) time = fs::file_time_type::min();
  }
  return times;
}

std::vector<PreparedTarget> Watcher::look() {
  std::vector<PreparedTarget> looked_at;
  for (const fs::path& path : find_manifests(build_dir_)) {
    Times& seen = seen_[path];
    // Before the files are read: what is saved while they are is noticed the next time.
    Times now = times_of(seen);
    if (!seen.empty() && now == seen) continue;
    const Manifest manifest = read_manifest(path);
    PreparedTarget target{manifest.target, check_target(manifest), {}};
    write_headers(target.report);
    Times files{{path, {}}};
    for (const fs::path& input : target.report.inputs) files.emplace(input, fs::file_time_type());
    seen = times_of(files);
    now.merge(Times(seen));
    std::erase_if(now, [&](const auto& file) { return !seen.contains(file.first); });
    seen = std::move(now);
    looked_at.push_back(std::move(target));
  }
  return looked_at;
}

}  // namespace cairn::check
