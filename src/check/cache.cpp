#include "check/cache.hpp"

#include <algorithm>

#include "cairn/sql/migration_set.hpp"
#include "check/files.hpp"
#include "sql/checksum.hpp"

namespace cairn::check {

namespace fs = std::filesystem;

std::vector<fs::path> migrations_of(const fs::path& folder) {
  std::vector<fs::path> files;
  const sql::MigrationSet set = sql::MigrationSet::read(folder);
  for (const sql::Migration& migration : set.migrations()) files.emplace_back(migration.file);
  return files;
}

std::string inputs_of(const Manifest& manifest) {
  std::vector<fs::path> files;
  if (!manifest.migrations.empty()) files = migrations_of(manifest.migrations);
  files.insert(files.end(), manifest.stubs.begin(), manifest.stubs.end());
  if (!manifest.config.empty()) files.push_back(manifest.config);
  for (const Unit& unit : manifest.queries) files.push_back(unit.file);
  std::string lines;
  for (const fs::path& file : files) {
    lines += sql::to_hex(sql::checksum_of(read_file(file)));
    lines += "  " + file.lexically_relative(manifest.cache).generic_string() + "\n";
  }
  return lines;
}

std::vector<CacheChange> compare_cache(const fs::path& folder, const CacheFiles& wanted) {
  std::vector<CacheChange> changes;
  std::error_code error;
  for (const auto& [name, bytes] : wanted) {
    if (!fs::exists(folder / name, error)) {
      changes.push_back({CacheChange::Kind::missing, folder / name});
    } else if (read_file(folder / name) != bytes) {
      changes.push_back({CacheChange::Kind::changed, folder / name});
    }
  }
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const fs::path& file = entry->path();
    if (file.extension() == ".hpp" && !wanted.contains(file.filename().string()))
      changes.push_back({CacheChange::Kind::unused, file});
  }
  std::ranges::sort(changes, {}, &CacheChange::file);
  return changes;
}

void write_cache(const fs::path& folder, const CacheFiles& wanted) {
  for (const CacheChange& change : compare_cache(folder, wanted)) {
    if (change.kind == CacheChange::Kind::unused) {
      fs::remove(change.file);
    } else {
      write_if_different(change.file, wanted.at(change.file.filename().string()));
    }
  }
}

}  // namespace cairn::check
