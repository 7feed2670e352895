#include "testing/template.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <string>
#include <string_view>

#include "base/hash.hpp"
#include "cairn/sql/connection.hpp"
#include "cairn/sql/database.hpp"
#include "cairn/sql/migrator.hpp"
#include "sqlite/api.hpp"
#include "testing/test_folder.hpp"

namespace cairn::testing {

namespace {

namespace fs = std::filesystem;

// When it was built; empty where the system does not tell.
std::string build_of(const fs::path& file) {
  struct stat found {};
  if (stat(file.c_str(), &found) != 0) return {};
  return fmt::format("{}.{} {} {}", found.st_mtim.tv_sec, found.st_mtim.tv_nsec, found.st_size, found.st_ino);
}

constexpr const char* kProgram = "/proc/self/exe";  // Linux

std::string program() {
  std::error_code ignored;
  return content_hash(fs::read_symlink(kProgram, ignored).string()).substr(0, 8);
}

std::string build() {
  return content_hash(build_of(kProgram)).substr(0, 8);
}

std::string content(std::span<const sql::Migration> migrations, const sql::ConnectOptions& options) {
  std::string all = sqlite3_sourceid();
  const auto add = [&](std::string_view part) {
    fmt::format_to(std::back_inserter(all), "\n{} {}", part.size(), part);
  };
  for (const sql::Migration& migration : migrations) {
    add(std::to_string(migration.version));
    add(migration.description);
    add(migration.sql);
  }
  const auto number = [](const auto& option) {
    return option ? std::to_string(static_cast<std::int64_t>(*option)) : "";
  };
  add(options.vfs);
  add(number(options.journal_mode));
  add(number(options.auto_vacuum));
  add(number(options.page_size));
  add(options.foreign_keys ? "1" : "0");
  for (const auto& [name, value] : options.pragmas) {
    add(name);
    add(value);
  }
  for (const sql::LoadableExtension& extension : options.loadable_extensions) {
    add(extension.path);
    add(build_of(extension.path));
  }
  return content_hash(all);
}

// Those of earlier builds of this program.
void remove_old(const fs::path& folder, const std::string& program, const std::string& build) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(program + "-") && !name.starts_with(program + "-" + build))
      fs::remove(entry.path(), ignored);
  }
}

void make_template(std::span<const sql::Migration> migrations, sql::ConnectOptions options) {
  options.mode = sql::OpenMode::create;
  options.on_statement = nullptr;  // the test is not to hear of it, since it happens only once
  sql::create_database(options);
  sql::Connection db(options);
  sql::Migrator(migrations).run(db);
  db.execute("PRAGMA wal_checkpoint(TRUNCATE)");  // the file alone is copied
}

// Whether there was one.
bool copy_if_there(const fs::path& from, const fs::path& to) {
  std::error_code error;
  if (fs::copy_file(from, to, error)) return true;
  if (error == std::errc::no_such_file_or_directory) return false;
  throw Error(ErrorCode::io, fmt::format("cannot copy the template '{}' to '{}': {}", from.string(),
                                         to.string(), error.message()));
}

}  // namespace

void copy_template(std::span<const sql::Migration> migrations, const sql::ConnectOptions& options) {
  const std::string this_program = program(), this_build = build();
  const fs::path folder = TestFolder::root() / "templates";
  const fs::path path =
      folder / fmt::format("{}-{}-{}.db", this_program, this_build, content(migrations, options));
  if (copy_if_there(path, options.path)) return;

  make_template(migrations, options);
  // The next one copies it; a failure there is no failure of this test.
  std::error_code ignored;
  fs::create_directory(folder, ignored);
  remove_old(folder, this_program, this_build);
  const fs::path on_its_way = options.path + "-template";
  if (fs::copy_file(options.path, on_its_way, ignored)) fs::rename(on_its_way, path, ignored);
}

}  // namespace cairn::testing
