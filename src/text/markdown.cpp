// Markdown's block structure by one pass over the lines, after CommonMark 0.30, section 4.
//
// Why not md4c: it reports no offset for a heading, a fence, a table or a comment (only for the text runs
// inside them, and none for an empty one), so exact ranges would have to be found again in the source; and
// we need nothing of its inline parsing. What matters here (a '#' inside a fence is no heading) takes
// fewer lines than the callbacks would. Lists and quotes count as paragraphs: a heading inside a list item
// or a quotation opens no section.
#include <algorithm>

#include "text/builder.hpp"
#include "text/lines.hpp"
#include "text/parsers.hpp"

namespace cairn::text {

namespace {

using Kind = DocumentBuilder::BlockKind;

// "```" or "~~~": the number of fence characters, or 0.
std::size_t fence_length(std::string_view text) noexcept {
  if (text.empty() || (text[0] != '`' && text[0] != '~')) return 0;
  const std::size_t length = std::min(text.find_first_not_of(text[0]), text.size());
  if (length < 3) return 0;
  // The info string of a backquote fence has no backquote: "```a```" is inline code.
  if (text[0] == '`' && text.find('`', length) != std::string_view::npos) return 0;
  return length;
}

// What a list item's first line holds after its marker; the whole line if it is no list item.
std::string_view after_list_marker(std::string_view text) noexcept {
  std::size_t at = 0;
  while (at < text.size() && at < 9 && is_digit(text[at])) ++at;
  const bool ordered = at > 0 && at < text.size() && (text[at] == '.' || text[at] == ')');
  const bool bullet = at == 0 && (text[0] == '-' || text[0] == '*' || text[0] == '+');
  if ((!ordered && !bullet) || at + 1 >= text.size() || !is_space(text[at + 1])) return text;
  return trimmed(text.substr(at + 1));
}

int atx_level(const Line& line) noexcept {
  if (line.indent > 3 || line.text[0] != '#') return 0;
  const std::size_t level = std::min(line.text.find_first_not_of('#'), line.text.size());
  if (level > 6 || (level < line.text.size() && !is_space(line.text[level]))) return 0;
  return static_cast<int>(level);
}

std::string_view atx_title(std::string_view text, int level) noexcept {
  text = trimmed(text.substr(static_cast<std::size_t>(level)));
  const std::size_t last = text.find_last_not_of('#');
  if (last == std::string_view::npos) return {};
  if (last + 1 < text.size() && is_space(text[last])) text = trimmed(text.substr(0, last));
  return text;
}

// A line of '=' or '-' under a paragraph: level 1 or 2, otherwise 0.
int setext_level(const Line& line) noexcept {
  if (line.blank() || line.indent > 3 || (line.text[0] != '=' && line.text[0] != '-')) return 0;
  if (line.text.find_first_not_of(line.text[0]) != std::string_view::npos) return 0;
  return line.text[0] == '=' ? 1 : 2;
}

bool is_rule(const Line& line) noexcept {
  if (line.indent > 3 || (line.text[0] != '-' && line.text[0] != '*' && line.text[0] != '_')) return false;
  const char mark = line.text[0];
  std::size_t count = 0;
  for (const char c : line.text) {
    if (c == mark) {
      ++count;
    } else if (!is_space(c)) {
      return false;
    }
  }
  return count >= 3;
}

// List items, quotes and tables cannot be setext headings.
bool may_be_setext_title(std::string_view text) noexcept {
  if (text[0] == '>' || text[0] == '|') return false;
  if ((text[0] == '-' || text[0] == '*' || text[0] == '+') && (text.size() == 1 || is_space(text[1])))
    return false;
  return true;
}

class MarkdownParser {
 public:
  explicit MarkdownParser(std::string_view source) : source_(source), at_(text_start(source)) {}

  Document parse() {
    front_matter();
    while (at_ < source_.size()) {
      const Line line = read_line(source_, at_);
      if (line.blank()) {
        at_ = line.next;
      } else if (fence_length(after_list_marker(line.text)) > 0) {
        fence(line);
      } else if (const int level = atx_level(line); level > 0) {
        builder_.heading(line.begin, line.next, level, plain_heading(atx_title(line.text, level)));
        at_ = line.next;
        introduces_ = false;
      } else if (is_rule(line)) {
        builder_.block(line.begin, line.next, Kind::silent);
        at_ = line.next;
        introduces_ = false;
      } else if (!raw_html(line)) {
        paragraph(line);
      }
    }
    return builder_.finish();
  }

 private:
  // "---" or "+++" on the first line up to the same again: metadata, of which we read the title.
  void front_matter() {
    const Line first = read_line(source_, at_);
    if (first.text != "---" && first.text != "+++") return;
    std::string title;
    for (std::size_t at = first.next; at < source_.size();) {
      const Line line = read_line(source_, at);
      at = line.next;
      if (line.text == first.text && line.indent == 0) {
        builder_.block(first.begin, line.next, Kind::silent);
        builder_.title(plain_heading(title));
        at_ = line.next;
        return;
      }
      if (title.empty() && (line.text.starts_with("title:") || line.text.starts_with("title ="))) {
        std::string_view value = trimmed(line.text.substr(line.text.find_first_of(":=") + 1));
        if (value.size() >= 2 && (value[0] == '"' || value[0] == '\'') && value.back() == value[0]) {
          value = value.substr(1, value.size() - 2);
        }
        title = value;
      }
    }
  }

  // An unclosed fence reaches to the end, as CommonMark has it.
  void fence(const Line& opening) {
    const std::string_view marks = after_list_marker(opening.text);
    const std::size_t length = fence_length(marks);
    std::size_t end = source_.size();
    for (std::size_t at = opening.next; at < source_.size();) {
      const Line line = read_line(source_, at);
      at = line.next;
      if (line.text.size() >= length && line.text[0] == marks[0] &&
          line.text.find_first_not_of(marks[0]) == std::string_view::npos) {
        end = line.next;
        break;
      }
    }
    if (introduces_) {
      builder_.extend_last(end);  // "For example:" stays with its listing
    } else {
      builder_.block(opening.begin, end, Kind::body);
    }
    introduces_ = false;
    at_ = end;
  }

  // Comments and <pre>, <script>, <style>, <textarea> may hold blank lines and '#'.
  bool raw_html(const Line& line) {
    if (line.indent > 3 || line.text[0] != '<') return false;
    std::string_view close;
    if (line.text.starts_with("<!--")) {
      close = "-->";
    } else {
      for (const auto& [tag, end] : {std::pair{"<pre", "</pre>"},
                                     {"<script", "</script>"},
                                     {"<style", "</style>"},
                                     {"<textarea", "</textarea>"}}) {
        const std::string_view name(tag);
        if (equals_ignoring_case(line.text.substr(0, name.size()), name) &&
            (line.text.size() == name.size() || line.text[name.size()] == '>' ||
             is_space(line.text[name.size()]))) {
          close = end;
        }
      }
    }
    if (close.empty()) return false;
    const std::size_t found = source_.find(close, line.begin);
    const std::size_t end = found == std::string_view::npos ? source_.size() : read_line(source_, found).next;
    builder_.block(line.begin, end, close == "-->" ? Kind::silent : Kind::body);
    introduces_ = false;
    at_ = end;
    return true;
  }

  void paragraph(const Line& first) {
    const bool title_possible = first.indent <= 3 && may_be_setext_title(first.text);
    Line last = first;
    at_ = first.next;
    while (at_ < source_.size()) {
      const Line line = read_line(source_, at_);
      if (line.blank() || fence_length(line.text) > 0 || atx_level(line) > 0) break;
      if (const int level = setext_level(line); level > 0 && title_possible) {
        builder_.heading(first.begin, line.next, level,
                         plain_heading(source_.substr(first.begin, last.next - first.begin)));
        at_ = line.next;
        introduces_ = false;
        return;
      }
      last = line;
      at_ = line.next;
    }
    builder_.block(first.begin, at_, Kind::body);
    introduces_ = last.text.ends_with(':');
  }

  std::string_view source_;
  std::size_t at_;
  DocumentBuilder builder_;
  bool introduces_ = false;  // the last block is a paragraph that ends with a colon
};

}  // namespace

Document parse_markdown(std::string_view source) {
  return MarkdownParser(source).parse();
}

}  // namespace cairn::text
