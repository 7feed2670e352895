// reStructuredText's block structure by one pass over the lines, after docutils' specification
// (https://docutils.sourceforge.io/docs/ref/rst/restructuredtext.html): section adornments, explicit
// markup with its indented body, and literal blocks. Everything else is a paragraph.
#include <algorithm>
#include <vector>

#include "text/builder.hpp"
#include "text/lines.hpp"
#include "text/parsers.hpp"

namespace cairn::text {

namespace {

using Kind = DocumentBuilder::BlockKind;

constexpr bool is_adornment_char(char c) noexcept {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

// A line of one punctuation character, repeated, from the first column.
bool is_adornment(const Line& line) noexcept {
  return line.indent == 0 && !line.blank() && is_adornment_char(line.text[0]) &&
         line.text.find_first_not_of(line.text[0]) == std::string_view::npos;
}

// docutils takes an adornment that is shorter than its title for a heading, with a warning, from four
// characters on.
bool long_enough(std::string_view adornment, std::string_view title) noexcept {
  if (adornment.size() >= 4) return true;
  const auto starts_code_point = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  return adornment.size() >=
         static_cast<std::size_t>(std::count_if(title.begin(), title.end(), starts_code_point));
}

// Directives that show a reader nothing, and ".. comments".
Kind markup_kind(std::string_view text) noexcept {
  if (text.size() <= 3) return Kind::silent;
  text = trimmed(text.substr(3));
  if (text.starts_with('_')) return Kind::label;
  if (text.starts_with('|') || text.starts_with('[')) return Kind::body;
  const std::size_t colons = text.find("::");
  const std::string_view name = text.substr(0, colons);
  if (colons == std::string_view::npos || name.find(' ') != std::string_view::npos) return Kind::silent;
  if (name == "index") return Kind::label;
  for (const std::string_view silent : {"highlight", "contents", "toctree", "module", "currentmodule",
                                        "sectionauthor", "moduleauthor", "testsetup", "testcleanup"}) {
    if (name == silent) return Kind::silent;
  }
  return Kind::body;
}

class RestructuredTextParser {
 public:
  explicit RestructuredTextParser(std::string_view source) : source_(source), at_(text_start(source)) {}

  Document parse() {
    while (at_ < source_.size()) {
      const Line line = read_line(source_, at_);
      if (line.blank()) {
        at_ = line.next;
      } else if (line.text == ".." || line.text.starts_with(".. ") || line.text.starts_with("__ ")) {
        at_ = end_of_indented(line.next, line.indent);
        builder_.block(line.begin, at_, markup_kind(line.text));
      } else if (line.indent != 0 || (!overlined_heading(line) && !underlined_heading(line))) {
        paragraph(line);
      }
    }
    return builder_.finish();
  }

 private:
  // The end of the last line after `at` that is indented by more than `indent`; blank lines between count.
  std::size_t end_of_indented(std::size_t at, std::size_t indent) const noexcept {
    std::size_t end = at;
    while (at < source_.size()) {
      const Line line = read_line(source_, at);
      if (!line.blank()) {
        if (line.indent <= indent) break;
        end = line.next;
      }
      at = line.next;
    }
    return end;
  }

  bool overlined_heading(const Line& over) {
    if (!is_adornment(over)) return false;
    const Line title = read_line(source_, over.next);
    if (!title.blank() && long_enough(over.text, title.text)) {
      const Line under = read_line(source_, title.next);
      if (is_adornment(under) && under.text[0] == over.text[0]) {
        builder_.heading(over.begin, under.next, level_of(over.text[0], true), plain_heading(title.text));
        at_ = under.next;
        return true;
      }
    }
    constexpr std::size_t kShortestTransition = 4;
    if (!title.blank() || over.text.size() < kShortestTransition) return false;
    builder_.block(over.begin, over.next, Kind::silent);  // a transition
    at_ = over.next;
    return true;
  }

  bool underlined_heading(const Line& title) {
    const Line under = read_line(source_, title.next);
    if (!is_adornment(under) || !long_enough(under.text, title.text) || is_adornment(title)) return false;
    builder_.heading(title.begin, under.next, level_of(under.text[0], false), plain_heading(title.text));
    at_ = under.next;
    return true;
  }

  // A style's level is the order in which styles first appear in the file.
  int level_of(char adornment, bool overlined) {
    const int style = adornment * 2 + (overlined ? 1 : 0);
    const auto found = std::find(styles_.begin(), styles_.end(), style);
    const auto index = found - styles_.begin();
    if (found == styles_.end()) styles_.push_back(style);
    return static_cast<int>(index) + 1;
  }

  // A paragraph that ends with "::" has the indented text after it for its literal block.
  void paragraph(const Line& first) {
    Line last = first;
    at_ = first.next;
    while (at_ < source_.size()) {
      const Line line = read_line(source_, at_);
      if (line.blank()) break;
      last = line;
      at_ = line.next;
    }
    if (last.text.ends_with("::")) at_ = end_of_indented(at_, std::min(first.indent, last.indent));
    builder_.block(first.begin, at_, Kind::body);
  }

  std::string_view source_;
  std::size_t at_;
  DocumentBuilder builder_;
  std::vector<int> styles_;
};

}  // namespace

Document parse_restructured_text(std::string_view source) {
  return RestructuredTextParser(source).parse();
}

}  // namespace cairn::text
