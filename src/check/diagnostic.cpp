#include "check/diagnostic.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.hpp"
#include "check/source_lines.hpp"

namespace cairn::check {
namespace {

bool continues_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// On one line, and fit for a terminal: control characters become spaces, but for tabs.
std::string printable(std::string_view text) {
  std::string shown = utf8::sanitize(text);
  for (char& c : shown)
    if ((c >= 0 && c < ' ' && c != '\t') || c == '\x7F') c = ' ';
  return shown;
}

// As wide as `text` is on the screen, tabs included.
std::string blank(std::string_view text) {
  std::string spaces;
  for (std::size_t at = 0; at < text.size(); at += utf8::decode(text, at).length)
    spaces += text[at] == '\t' ? '\t' : ' ';
  return spaces;
}

// A line, or the piece of a long one, with marks below: ^~~~ under the word that begins at `at`.
struct Excerpt {
  std::string text;
  std::string marks;
};

Excerpt excerpt(std::string_view line, std::size_t at) {
  constexpr std::size_t most_before = 70;
  constexpr std::size_t most_behind = 50;
  const std::size_t begin = at <= most_before ? 0 : utf8::floor_boundary(line, at - most_before);
  const std::size_t end =
      line.size() - at <= most_behind ? line.size() : utf8::floor_boundary(line, at + most_behind);
  std::size_t word_end = at;
  while (word_end < end && continues_word(line[word_end])) ++word_end;

  const std::string_view before = line.substr(begin, at - begin);
  std::string marks = blank(line.substr(at, word_end - at));
  std::ranges::fill(marks, '~');
  marks.resize(std::max<std::size_t>(marks.size(), 1));
  marks[0] = '^';
  return {
      (begin > 0 ? "…" : "") + printable(line.substr(begin, end - begin)) + (end < line.size() ? "…" : ""),
      (begin > 0 ? " " : "") + blank(before) + marks};
}

}  // namespace

std::string to_string(const Diagnostic& diagnostic, std::string_view source) {
  const std::string where =
      fmt::format("{}:{}:{}", diagnostic.file, diagnostic.place.line, diagnostic.place.column);
  std::string out =
      fmt::format("{}: {}: {}\n", where, diagnostic.severity == Severity::error ? "error" : "warning",
                  printable(diagnostic.message));
  if (!source.empty()) {
    const std::string_view line = SourceLines(source).line(diagnostic.place.line);
    const auto column = static_cast<std::size_t>(std::max(diagnostic.place.column, 1));
    const Excerpt shown = excerpt(line, std::min(column - 1, line.size()));
    out += fmt::format("{:5} | {}\n      | {}\n", diagnostic.place.line, shown.text, shown.marks);
  }
  if (!diagnostic.help.empty()) out += fmt::format("{}: note: {}\n", where, printable(diagnostic.help));
  return out;
}

}  // namespace cairn::check
