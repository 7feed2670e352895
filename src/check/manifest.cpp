#include "check/manifest.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "cairn/error.hpp"
#include "check/files.hpp"

namespace cairn::check {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

class Reader {
 public:
  explicit Reader(const fs::path& path) : path_(path) {
    try {
      json_ = Json::parse(read_file(path));
    } catch (const Json::exception& error) {
      fail(error.what());
    }
    if (!json_.is_object()) fail("is not a JSON object");
  }

  Manifest read() {
    refuse_unknown(json_, {"target", "source_dir", "migrations", "stubs", "config", "cache", "sources",
                           "headers", "queries"});
    Manifest manifest;
    manifest.target = text(json_, "target");
    if (manifest.target.empty()) fail("has no \"target\"");
    manifest.source_dir = file(json_, "source_dir");
    if (manifest.source_dir.empty()) fail("has no \"source_dir\"");
    manifest.migrations = file(json_, "migrations");
    manifest.stubs = files("stubs");
    manifest.config = file(json_, "config");
    manifest.cache = file(json_, "cache");
    manifest.sources = units("sources");
    manifest.headers = files("headers");
    manifest.queries = units("queries");
    return manifest;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format("{}: {}; a manifest is described in docs/sql/checked-sql.md", path_.string(), what));
  }

  void refuse_unknown(const Json& object, const std::set<std::string>& known) const {
    for (const auto& member : object.items())
      if (!known.contains(member.key())) fail(fmt::format("does not know the member \"{}\"", member.key()));
  }

  std::string string_of(const Json& value, const char* name) const {
    if (!value.is_string()) fail(fmt::format("\"{}\" holds what is not a string", name));
    return value.get<std::string>();
  }

  std::string text(const Json& object, const char* name) const {
    return object.contains(name) ? string_of(object[name], name) : "";
  }

  fs::path absolute(const std::string& name) const {
    return (fs::absolute(path_).parent_path() / name).lexically_normal();
  }

  fs::path file(const Json& object, const char* name) const {
    const std::string found = text(object, name);
    return found.empty() ? fs::path() : absolute(found);
  }

  Json array(const char* name) const {
    if (!json_.contains(name)) return Json::array();
    if (!json_[name].is_array()) fail(fmt::format("\"{}\" is not an array", name));
    return json_[name];
  }

  std::vector<fs::path> files(const char* name) const {
    std::vector<fs::path> files;
    for (const Json& entry : array(name)) files.push_back(absolute(string_of(entry, name)));
    return files;
  }

  std::vector<Unit> units(const char* name) const {
    std::vector<Unit> units;
    for (const Json& entry : array(name)) {
      if (!entry.is_object())
        fail(fmt::format("\"{}\" holds what is no {{\"file\": …, \"header\": …}}", name));
      refuse_unknown(entry, {"file", "header"});
      Unit unit{file(entry, "file"), file(entry, "header")};
      if (unit.file.empty() || unit.header.empty())
        fail(fmt::format("\"{}\" lacks a file or its header", name));
      units.push_back(std::move(unit));
    }
    return units;
  }

  const fs::path& path_;
  Json json_;
};

}  // namespace

Manifest read_manifest(const std::filesystem::path& path) {
  return Reader(path).read();
}

}  // namespace cairn::check
