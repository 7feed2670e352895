#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <limits>

#include "cairn/error.hpp"
#include "cairn/sql/migration_set.hpp"
#include "cli/exit_codes.hpp"
#include "cli/json_output.hpp"
#include "cli/verbs.hpp"

namespace cairn::cli {
namespace {

namespace fs = std::filesystem;
using Migrations = std::span<const sql::Migration>;

std::int64_t now() {
  const std::time_t seconds = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y%m%d%H%M%S", &utc);
  return std::atoll(text);
}

// As the last two are numbered: by ones, or by times.
bool is_sequence(Migrations migrations) {
  if (migrations.empty()) return false;
  const std::int64_t last = migrations.back().version;
  return migrations.size() == 1 ? last <= 1 : last - migrations[migrations.size() - 2].version == 1;
}

// Above the last in any case: two within one second must not have the same.
std::string next_version(Migrations migrations, const MigrateAddArguments& arguments) {
  const std::int64_t last = migrations.empty() ? 0 : migrations.back().version;
  if (last == std::numeric_limits<std::int64_t>::max())
    throw UsageError("there is no version above that of the last migration");
  const bool by_ones = arguments.sequential || (!arguments.timestamp && is_sequence(migrations));
  return by_ones ? fmt::format("{:04}", last + 1) : fmt::format("{}", std::max(now(), last + 1));
}

bool is_reversible(Migrations migrations, const MigrateAddArguments& arguments) {
  if (arguments.reversible || arguments.simple) return arguments.reversible;
  return !migrations.empty() && migrations.back().down;
}

void require_plain(const std::string& description) {
  const bool odd = std::ranges::any_of(
      description, [](unsigned char c) { return c < 0x20 || c == 0x7F || c == '/' || c == '\\'; });
  const bool ends_as_a_suffix =
      description.ends_with(".up") || description.ends_with(".down") || description.ends_with(".sql");
  if (description.empty() || description.size() > 200 || odd || ends_as_a_suffix)
    throw UsageError(
        "the description becomes a part of the file's name: 1 to 200 bytes without / and \\ and control "
        "characters, and without .sql, .up or .down at its end");
}

// Never over one that is there.
void write_new(const fs::path& path, const char* text) {
  std::FILE* file = std::fopen(path.c_str(), "wx");
  const bool written = file && std::fputs(text, file) >= 0;
  if (!file || std::fclose(file) != 0 || !written)
    throw Error(ErrorCode::io, fmt::format("cannot write {}: {}", path.string(), std::strerror(errno)));
}

}  // namespace

int run_migrate_add(Session& session, const MigrateAddArguments& arguments) {
  std::string description = fmt::format("{}", fmt::join(arguments.description, " "));
  require_plain(description);
  std::ranges::replace(description, ' ', '_');
  std::error_code error;
  fs::create_directories(arguments.source, error);
  const sql::MigrationSet migrations = sql::MigrationSet::read(arguments.source);
  const std::string name = next_version(migrations, arguments) + "_" + description;

  Json files = Json::array();
  const auto add = [&](const char* suffix, const char* text) {
    const fs::path path = fs::path(arguments.source) / (name + suffix);
    write_new(path, text);
    files.push_back(path.string());
    if (!session.json()) session.out += "Creating " + session.style().path(one_line(path.string())) + "\n";
  };
  if (is_reversible(migrations, arguments)) {
    add(".up.sql", "-- Add up migration script here\n");
    add(".down.sql", "-- Add down migration script here\n");
  } else {
    add(".sql", "-- Add migration script here\n");
  }
  if (session.json()) print_json(session, {{"files", std::move(files)}});
  return kOk;
}

}  // namespace cairn::cli
