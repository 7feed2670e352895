#include "cairn/sql/migration_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "base/utf8.hpp"
#include "sql/migration_name.hpp"

namespace cairn::sql {

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMostBytes = 1'000'000'000;  // SQLITE_MAX_SQL_LENGTH

[[noreturn]] void refuse(std::int64_t version, std::string message) {
  throw MigrationError(MigrationProblem::bad_source, version, std::move(message));
}

std::string shown(const fs::path& path) {
  return utf8::sanitize(path.string());
}

std::string read_file(const fs::path& path, std::int64_t version) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  if (!error && size > kMostBytes)
    refuse(version, fmt::format("'{}' has {} bytes, a migration has at most {}; load the data another way",
                                shown(path), size, kMostBytes));
  std::ifstream file(path, std::ios::binary);
  std::string text(error ? 0 : size, '\0');
  if (error || !file.read(text.data(), static_cast<std::streamsize>(size)))
    refuse(version, fmt::format("cannot read '{}'; check its permissions", shown(path)));
  return text;
}

// In the order of their names, so that of two problems it is always the same one that is told.
std::vector<fs::path> entries_of(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> entries;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    entries.push_back(entry->path());
  if (error)
    refuse(0, fmt::format("cannot read the folder of migrations '{}': {}; name the right one, or make it",
                          shown(folder), error.message()));
  std::ranges::sort(entries);
  return entries;
}

// Follows links. One that leads nowhere is worth a complaint: its migration would silently be left out.
bool is_file(const fs::path& path, std::int64_t version) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status))
    refuse(version, fmt::format("'{}' leads nowhere; repair or remove the link", shown(path)));
  return fs::is_regular_file(status);
}

}  // namespace

MigrationSet MigrationSet::read(const std::filesystem::path& folder) {
  MigrationSet set;
  std::vector<MigrationFile> files;
  for (const fs::path& path : entries_of(folder)) {
    const std::string name = path.filename().string();
    const std::optional<MigrationName> parsed = parse_migration_name(name);
    if (!parsed || !is_file(path, parsed->version)) continue;
    files.push_back({set.keep(path.string()), set.keep(read_file(path, parsed->version))});
  }
  set.build(files);
  return set;
}

MigrationSet::MigrationSet(std::span<const MigrationFile> files) {
  build(files);
}

void MigrationSet::build(std::span<const MigrationFile> files) {
  std::map<std::int64_t, Migration> by_version;
  for (const MigrationFile& file : files) {
    std::optional<MigrationName> name =
        parse_migration_name(file.name.substr(file.name.find_last_of('/') + 1));
    if (!name) continue;
    if (!utf8::is_valid(file.content))
      refuse(name->version, fmt::format("'{}' is not UTF-8; save it as such", utf8::sanitize(file.name)));

    Migration& migration = by_version[name->version];
    migration.version = name->version;
    const bool down = name->kind == MigrationKind::down;
    std::string_view& place = down ? migration.down_file : migration.file;
    if (!place.empty())
      refuse(name->version, fmt::format("'{}' and '{}' have the same version; give one of them another",
                                        utf8::sanitize(place), utf8::sanitize(file.name)));
    place = file.name;
    if (down) {
      migration.down = file.content;
    } else {
      migration.sql = file.content;
      migration.description = keep(std::move(name->description));
    }
  }
  for (const auto& [version, migration] : by_version) {
    if (migration.file.empty())
      refuse(version, fmt::format("'{}' undoes a migration that is not there; add the .up.sql, or remove it",
                                  utf8::sanitize(migration.down_file)));
    migrations_.push_back(migration);
  }
}

}  // namespace cairn::sql
