#include "cli/dotenv.hpp"

#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "cli/exit_codes.hpp"

namespace cairn::cli {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  void skip_line() { rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size() - 1) + 1); }

  // "NAME =" at the start of a line, or nothing for a comment and whatever else is there.
  std::string name() {
    skip_spaces();
    if (rest_.starts_with("export ") || rest_.starts_with("export\t")) rest_.remove_prefix(6);
    skip_spaces();
    std::string name;
    while (!rest_.empty() &&
           (std::isalnum(static_cast<unsigned char>(rest_[0])) || rest_[0] == '_' || rest_[0] == '.'))
      name += take();
    skip_spaces();
    if (rest_.empty() || rest_[0] != '=') return "";
    take();
    skip_spaces();
    return name;
  }

  // Quotes may go over several lines, and may follow one another. `expands`: whether a $ was met that others
  // would expand.
  std::string value(bool& expands) {
    std::string value;
    while (!rest_.empty() && rest_[0] != '\n' && !is_comment(value)) {
      if (rest_[0] == '\'' || rest_[0] == '"') {
        value += quoted(take(), expands);
      } else {
        expands |= rest_[0] == '$';
        value += take();
        unquoted_end_ = value.size();
      }
    }
    // White space behind the value is no part of it, unless it was quoted.
    while (value.size() == unquoted_end_ && !value.empty() &&
           std::isspace(static_cast<unsigned char>(value.back()))) {
      value.pop_back();
      --unquoted_end_;
    }
    return value;
  }

 private:
  char take() {
    const char c = rest_[0];
    rest_.remove_prefix(1);
    return c;
  }
  void skip_spaces() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\t')) take();
  }
  bool is_comment(const std::string& before) const {
    return rest_[0] == '#' && (before.empty() || std::isspace(static_cast<unsigned char>(before.back())));
  }
  std::string quoted(char quote, bool& expands) {
    std::string text;
    while (!rest_.empty() && rest_[0] != quote) {
      char c = take();
      if (quote == '"' && c == '$') expands = true;
      if (quote == '"' && c == '\\' && !rest_.empty()) {
        c = take();
        if (c == 'n') c = '\n';
        if (c == 'r') c = '\r';
        if (c == 't') c = '\t';
      }
      text += c;
    }
    if (rest_.empty()) throw UsageError("the .env file has a quote that does not end");
    take();
    unquoted_end_ = 0;
    return text;
  }

  std::string_view rest_;
  std::size_t unquoted_end_ = 0;
};

}  // namespace

std::optional<std::string> find_in_dotenv(std::string_view text, std::string_view name) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  Reader reader(text);
  while (!reader.at_end()) {
    bool expands = false;
    if (const std::string found = reader.name(); !found.empty()) {
      std::string value = reader.value(expands);
      if (found == name && expands)
        throw UsageError("the .env file has a $ in " + found +
                         ", and cairn expands no variables; put the value in single quotes, or write it out");
      if (found == name) return value;
    }
    if (!reader.at_end()) reader.skip_line();
  }
  return std::nullopt;
}

std::optional<DotenvFile> find_dotenv_file() {
  std::error_code error;
  std::filesystem::path folder = std::filesystem::current_path(error);
  while (!error) {
    const std::filesystem::path path = folder / ".env";
    std::error_code ignored;
    if (std::filesystem::is_regular_file(path, ignored)) {
      std::ifstream file(path, std::ios::binary);
      if (!file)
        throw UsageError("cannot read " + path.string() + "; check its permissions, or use --no-dotenv");
      return DotenvFile{path.string(), std::string(std::istreambuf_iterator<char>(file), {})};
    }
    if (folder == folder.parent_path()) break;
    folder = folder.parent_path();
  }
  return std::nullopt;
}

}  // namespace cairn::cli
