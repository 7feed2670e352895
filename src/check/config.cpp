#include "check/config.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <initializer_list>

#include "cairn/error.hpp"
#include "check/files.hpp"

namespace cairn::check {
namespace {

namespace fs = std::filesystem;

class Reader {
 public:
  explicit Reader(const fs::path& path) : path_(path) {}

  Config read() {
    toml::table root;
    try {
      root = toml::parse(read_file(path_), path_.string());
    } catch (const toml::parse_error& error) {
      fail(error.source(), std::string(error.description()));
    }
    refuse_unknown(root, {"types", "columns", "includes", "extensions"});
    for (const auto& [key, node] : table(root, "types"))
      config_.types.declared[changed(key.str(), 'a', 'z')] = mapped(node);
    for (const auto& [key, node] : table(root, "columns")) {
      if (key.str().find('.') == std::string_view::npos)
        fail(key.source(), "a column is named as \"table.column\"");
      config_.types.columns[changed(key.str(), 'A', 'Z')] = mapped(node);
    }
    for (const auto& [key, node] : table(root, "includes"))
      config_.types.includes[std::string(key.str())] = header(node);
    if (const toml::node* extensions = root.get("extensions")) read_extensions(*extensions);
    return std::move(config_);
  }

 private:
  [[noreturn]] void fail(const toml::source_region& at, const std::string& what) const {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{}:{}:{}: error: {}", path_.string(), at.begin.line, at.begin.column, what));
  }

  void refuse_unknown(const toml::table& table, std::initializer_list<std::string_view> known) const {
    for (const auto& [key, node] : table)
      if (std::ranges::find(known, key.str()) == known.end())
        fail(key.source(),
             fmt::format("'{}' means nothing here; known: {}", key.str(), fmt::join(known, ", ")));
  }

  // An empty one when there is none. No copy: that would not know its place.
  const toml::table& table(const toml::table& parent, std::string_view name) const {
    const toml::node* node = parent.get(name);
    static const toml::table none;
    if (!node) return none;
    if (!node->is_table()) fail(node->source(), fmt::format("'{}' must be a table", name));
    return *node->as_table();
  }

  std::string text(const toml::node& node, std::string_view what) const {
    const std::optional<std::string> text = node.value_exact<std::string>();
    if (!text || text->empty())
      fail(node.source(), fmt::format("{} must be a string that is not empty", what));
    return *text;
  }

  // ASCII letters from `first` to `last` in their other case, as SQLite compares names.
  static std::string changed(std::string_view name, char first, char last) {
    std::string other(name);
    for (char& c : other)
      if (c >= first && c <= last) c = static_cast<char>(c ^ 0x20);
    return other;
  }

  MappedType mapped(const toml::node& node) const {
    const toml::table* table = node.as_table();
    if (!table) return {text(node, "a C++ type"), ""};
    refuse_unknown(*table, {"type", "include"});
    const toml::node* type = table->get("type");
    if (!type) fail(node.source(), "lacks its 'type'");
    const toml::node* include = table->get("include");
    return {text(*type, "a C++ type"), include ? header(*include) : ""};
  }

  // As it stands behind #include.
  std::string header(const toml::node& node) const {
    const std::string name = text(node, "an include");
    return name.front() == '<' ? name : '"' + name + '"';
  }

  fs::path beside(const std::string& name) const {
    return (fs::absolute(path_).parent_path() / name).lexically_normal();
  }

  void read_extensions(const toml::node& extensions) {
    if (!extensions.is_array()) fail(extensions.source(), "extensions are written as [[extensions]]");
    for (const toml::node& node : *extensions.as_array()) {
      if (!node.is_table()) fail(node.source(), "extensions are written as [[extensions]]");
      const toml::table& extension = *node.as_table();
      refuse_unknown(extension, {"path", "entry"});
      const toml::node* path = extension.get("path");
      if (!path) fail(node.source(), "the extension lacks its 'path'");
      const std::string name = text(*path, "a path");
      const toml::node* entry = extension.get("entry");
      config_.extensions.push_back({name.find('/') == std::string::npos ? name : beside(name).string(),
                                    entry ? text(*entry, "an entry point") : ""});
    }
  }

  const fs::path& path_;
  Config config_;
};

}  // namespace

Config read_config(const fs::path& path) {
  return Reader(path).read();
}

}  // namespace cairn::check
