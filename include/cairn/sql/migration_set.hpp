// The migrations of a folder, or of files that were compiled in.
//
//   auto migrations = cairn::sql::MigrationSet::read("migrations");
//   cairn::sql::Migrator(migrations).run(db);
//
// Files are named as sqlx names them: VERSION_DESCRIPTION.sql, or VERSION_DESCRIPTION.up.sql with a
// VERSION_DESCRIPTION.down.sql that undoes it; both kinds may stand side by side. VERSION is a decimal
// number; in the description _ becomes a space. What has no _, does not end in .sql, or is no file, is
// ignored. A link counts as what it points to.
// Errors: MigrationError with problem bad_source, for a VERSION that is no number, a version that two
// files claim, a down script alone, text that is not UTF-8 or has more than 1,000,000,000 bytes, and a
// folder that cannot be read.
//
// cairn_embed_migrations() of the CMake package compiles a folder in and hands it out as such a set.
// Lifetime: must outlive the Migrator that uses it.
#pragma once

#include <deque>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/sql/migration.hpp"

namespace cairn::sql {

struct MigrationFile {
  std::string_view name;  // "0001_notes.sql"
  std::string_view content;
};

class MigrationSet {
 public:
  static MigrationSet read(const std::filesystem::path& folder);
  // The views in `files` must outlive the set.
  explicit MigrationSet(std::span<const MigrationFile> files);
  MigrationSet(MigrationSet&&) = default;
  MigrationSet& operator=(MigrationSet&&) = default;

  // In ascending order of version.
  std::span<const Migration> migrations() const noexcept { return migrations_; }
  operator std::span<const Migration>() const noexcept { return migrations_; }

 private:
  MigrationSet() = default;
  void build(std::span<const MigrationFile> files);
  std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }

  std::deque<std::string> texts_;  // a deque, since migrations_ points into it
  std::vector<Migration> migrations_;
};

}  // namespace cairn::sql
