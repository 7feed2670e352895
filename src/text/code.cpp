// Source code in any language: paragraphs (runs of lines without a blank one) and the definitions that
// enclose them. Definitions are told by a keyword ("class", "def", "fn" …) or by the shape of a C function's
// head; nesting by indentation, which people keep right in every language. No grammar: a wrong guess costs a
// heading, never text.
#include <algorithm>
#include <array>

#include "text/builder.hpp"
#include "text/lines.hpp"
#include "text/parsers.hpp"

namespace cairn::text {

namespace {

using Kind = DocumentBuilder::BlockKind;

constexpr std::array<std::string_view, 30> kModifiers = {
    "public",   "private",  "protected", "internal", "static",  "export",  "default", "async",
    "abstract", "final",    "pub",       "inline",   "unsafe",  "extern",  "virtual", "constexpr",
    "open",     "override", "sealed",    "partial",  "declare", "const",   "data",    "suspend",
    "local",    "typedef",  "template",  "explicit", "mut",     "readonly"};
constexpr std::array<std::string_view, 25> kDefinitions = {
    "class", "struct",   "enum",   "union",     "interface", "trait",     "impl", "namespace", "module",
    "mod",   "def",      "func",   "fn",        "function",  "sub",       "fun",  "object",    "type",
    "proc",  "protocol", "record", "extension", "contract",  "defmodule", "defp"};
constexpr std::array<std::string_view, 16> kControl = {
    "if",  "for",  "while", "switch", "catch",  "return", "else", "do",
    "try", "elif", "with",  "until",  "assert", "throw",  "case", "sizeof"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& list, std::string_view word) noexcept {
  return std::find(list.begin(), list.end(), word) != list.end();
}

constexpr bool is_name_char(char c) noexcept {
  return is_letter(c) || is_digit(c) || c == '_' || c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

std::string_view leading_name(std::string_view s) noexcept {
  std::size_t end = 0;
  while (end < s.size() && is_name_char(s[end])) ++end;
  return s.substr(0, end);
}

// "foo", "Foo::bar", "~Foo" directly before `end`.
std::string_view name_before(std::string_view s, std::size_t end) noexcept {
  while (end > 0 && is_space(s[end - 1])) --end;
  std::size_t begin = end;
  while (begin > 0 && (is_name_char(s[begin - 1]) || s[begin - 1] == ':' || s[begin - 1] == '~')) --begin;
  return s.substr(begin, end - begin);
}

constexpr bool is_comment(std::string_view s) noexcept {
  return s.starts_with('#') || s.starts_with("//") || s.starts_with('*') || s.starts_with("/*") ||
         s.starts_with("--") || s.starts_with(';') || s.starts_with('"') || s.starts_with('\'') ||
         s.starts_with('@');
}

// `static int foo(struct bar *x)` at the first column, or `foo(x) {` anywhere: "foo".
std::string function_name(std::string_view s, std::size_t indent) {
  const std::size_t paren = s.find('(');
  if (paren == std::string_view::npos || paren == 0 || s.ends_with(';')) return {};
  const std::string_view head = s.substr(0, paren);
  if (head.find_first_of("=.\"'#<>[{}") != std::string_view::npos) return {};
  const std::string_view name = name_before(s, paren);
  if (name.empty() || is_digit(name[0]) || contains(kControl, leading_name(s)) || contains(kControl, name))
    return {};
  const bool typed = trimmed(head).size() > name.size();
  const bool opens = s.ends_with('{') && s.find("=>") == std::string_view::npos &&
                     s.find_first_of("\"'") == std::string_view::npos;
  const bool c_head = indent == 0 && typed && (s.ends_with(')') || s.ends_with(',') || opens);
  return c_head || opens ? std::string(name) : std::string();
}

// The name under which a definition that begins on this line is shown, or nothing.
std::string definition(std::string_view line, std::size_t indent) {
  constexpr std::size_t kLongestHead = 400;
  if (line.size() > kLongestHead || is_comment(line)) return {};
  std::string_view rest = line;
  std::string_view word = leading_name(rest);
  while (contains(kModifiers, word)) {
    rest.remove_prefix(word.size());
    if (rest.starts_with("(crate)")) rest.remove_prefix(7);
    rest = trimmed(rest);
    word = leading_name(rest);
  }
  if (!contains(kDefinitions, word)) return function_name(line, indent);
  if (line.ends_with(';')) return {};
  const std::string_view keyword = word;
  const std::string_view word_and_rest = rest;
  rest.remove_prefix(word.size());
  if (word == "impl") return std::string(trimmed(word_and_rest.substr(0, word_and_rest.find('{'))));
  if (rest.empty() || (!is_space(rest[0]) && rest[0] != '*')) return {};
  rest = trimmed(rest);
  if (rest.starts_with("class ") || rest.starts_with("struct ")) rest = trimmed(rest.substr(rest.find(' ')));
  if (keyword == "func" && rest.starts_with('(')) {  // a Go method's receiver
    const std::size_t close = rest.find(')');
    rest = close == std::string_view::npos ? std::string_view() : trimmed(rest.substr(close + 1));
  }
  if (keyword == "struct" || keyword == "enum" || keyword == "union") {
    if (std::string name = function_name(line, indent); !name.empty()) return name;
    if (rest.find('=') != std::string_view::npos) return {};
  }
  std::size_t end = 0;
  while (end < rest.size() && (is_name_char(rest[end]) || rest[end] == ':' || rest[end] == '.')) ++end;
  while (end > 0 && (rest[end - 1] == ':' || rest[end - 1] == '.')) --end;
  if (end == 0 || is_digit(rest[0])) return {};
  return std::string(keyword) + ' ' + std::string(rest.substr(0, end));
}

class CodeParser {
 public:
  explicit CodeParser(std::string_view source) : source_(source), at_(text_start(source)) {}

  Document parse() {
    while (at_ < source_.size()) {
      const Line line = read_line(source_, at_);
      if (line.blank()) {
        at_ = line.next;
      } else {
        run(line);
      }
    }
    Document document = builder_.finish();
    document.title.clear();  // the first function's name is not what the file is about
    return document;
  }

 private:
  // Lines up to a blank one. Comments and decorators above a definition belong to it.
  void run(const Line& first) {
    std::size_t begin = first.begin;
    bool defined = false;
    for (Line line = first; !line.blank(); line = read_line(source_, at_)) {
      at_ = line.next;
      std::string name = definition(line.text, line.indent);
      if (name.empty()) continue;
      if (defined && begin < line.begin) builder_.block(begin, line.begin, Kind::body);
      if (defined) begin = line.begin;
      builder_.heading(begin, line.next, static_cast<int>(line.indent) + 1, std::move(name), Kind::body);
      begin = line.next;
      defined = true;
    }
    if (!defined && leaves(first)) builder_.close(static_cast<int>(first.indent) + 1);
    if (begin < at_) builder_.block(begin, at_, Kind::body);
  }

  // Whether a paragraph that begins with this line stands outside the definitions before it that are
  // indented as much. Preprocessor lines, comments and closing brackets do not say so.
  static bool leaves(const Line& line) noexcept {
    constexpr std::string_view kNeutral = "#})]";
    return kNeutral.find(line.text[0]) == std::string_view::npos;
  }

  std::string_view source_;
  std::size_t at_;
  DocumentBuilder builder_;
};

}  // namespace

Document parse_code(std::string_view source) {
  return CodeParser(source).parse();
}

}  // namespace cairn::text
