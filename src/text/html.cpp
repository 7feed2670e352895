// HTML to visible text by one pass over its tags.
//
// Why not gumbo (or any parser that builds the tree): 100,000 nested <div>, half a megabyte, keep it busy for
// more than a minute, and 6,000 times "<a><div>" for a second. A guard in front of it would be a tag scanner like
// this one. What we want from a page, its text in order with the source offset of every piece, its headings and
// its blocks, is a flat stream of events that needs no tree.
//
// Follows the tokenizer of the HTML standard
// (https://html.spec.whatwg.org/multipage/parsing.html#tokenization) in where tags, comments and raw text
// end.
#include <algorithm>
#include <array>

#include "base/utf8.hpp"
#include "text/builder.hpp"
#include "text/html_entities.hpp"
#include "text/lines.hpp"
#include "text/parsers.hpp"

namespace cairn::text {

namespace {

using Kind = DocumentBuilder::BlockKind;

// What stands between two pieces of visible text, weakest first.
enum class Gap { none, space, cell, line, paragraph };

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& list, std::string_view word) noexcept {
  return std::find(list.begin(), list.end(), word) != list.end();
}

constexpr std::array<std::string_view, 27> kParagraphElements = {
    "address", "article",  "aside",  "blockquote", "body", "center",  "details", "dialog", "div",
    "dl",      "fieldset", "figure", "footer",     "form", "header",  "hgroup",  "hr",     "html",
    "main",    "menu",     "ol",     "p",          "pre",  "section", "table",   "ul",     "title"};
constexpr std::array<std::string_view, 14> kLineElements = {
    "br",     "caption", "dd",    "dt",    "figcaption", "legend", "li",
    "option", "summary", "tbody", "tfoot", "thead",      "tr",     "optgroup"};
// Not text of the page. The raw ones end at their own end tag whatever stands between.
constexpr std::array<std::string_view, 5> kRawSkipped = {"script", "style", "iframe", "noembed", "noframes"};
constexpr std::array<std::string_view, 4> kSkipped = {"nav", "template", "noscript", "svg"};

class HtmlParser {
 public:
  explicit HtmlParser(std::string_view source) : source_(source), at_(text_start(source)) {}

  Document parse() {
    scan();
    if (!skipping_.empty()) {
      // The element that we skip is never closed: the page goes on as if it were an ordinary one. That
      // happens once, so the whole stays linear.
      skipping_.clear();
      no_skipping_ = true;
      at_ = skip_begin_;
      scan();
    }
    close_heading();
    close_block();
    Document document = builder_.finish();
    document.extracted = std::move(out_);
    document.spans = std::move(spans_);
    document.is_extracted = true;
    return document;
  }

 private:
  struct Tag {
    std::string_view name;  // in lower case
    std::string_view attributes;
    bool closing = false;
  };

  void scan() {
    while (at_ < source_.size()) {
      if (source_[at_] == '<' && markup()) continue;
      text();
    }
  }

  // Consumes the markup at '<'; false if it is only a character.
  bool markup() {
    const std::string_view rest = source_.substr(at_);
    if (rest.starts_with("<!--")) {
      // "<!-->" and "<!--->" are whole comments.
      const std::size_t end = rest.starts_with("<!-->")    ? 2
                              : rest.starts_with("<!--->") ? 3
                                                           : rest.find("-->", 4);
      at_ = end == std::string_view::npos ? source_.size() : at_ + end + 3;
      return true;
    }
    if (rest.size() < 2) return false;
    if (rest[1] == '!' || rest[1] == '?') {
      const std::size_t end = rest.find('>');
      at_ = end == std::string_view::npos ? source_.size() : at_ + end + 1;
      return true;
    }
    const bool closing = rest[1] == '/';
    const std::size_t name_at = closing ? 2 : 1;
    if (rest.size() <= name_at || !is_letter(rest[name_at])) return false;
    const Tag tag = read_tag(name_at, closing);
    if (!skipping_.empty()) {
      while_skipping(tag);
    } else if (tag.closing) {
      end_tag(tag.name);
    } else {
      start_tag(tag);
    }
    return true;
  }

  // Reads to the '>' that ends the tag; a quote counts only where an attribute's value begins.
  Tag read_tag(std::size_t name_at, bool closing) {
    std::size_t at = at_ + name_at;
    std::size_t length = 0;
    for (; at < source_.size() && !is_space(source_[at]) && source_[at] != '>' && source_[at] != '/'; ++at) {
      if (length < name_.size()) name_[length++] = lower(source_[at]);
    }
    const std::size_t attributes = at;
    bool value = false;  // directly after '='
    for (; at < source_.size() && source_[at] != '>'; ++at) {
      const char c = source_[at];
      if (value && (c == '"' || c == '\'')) {
        at = std::min(source_.find(c, at + 1), source_.size() - 1);
      }
      value = c == '=' || (value && is_space(c));
    }
    at_ = std::min(at + 1, source_.size());
    return {{name_.data(), length},
            source_.substr(attributes, std::min(at, source_.size()) - attributes),
            closing};
  }

  void start_tag(const Tag& tag) {
    const std::string_view name = tag.name;
    if (name == "title" || name == "textarea" || name == "xmp" || contains(kRawSkipped, name)) {
      raw_element(name);
    } else if (contains(kSkipped, name) ||
               (!no_skipping_ && tag.attributes.find("role=\"navigation\"") != std::string_view::npos)) {
      // <svg/> and the like hold nothing.
      if (no_skipping_ || tag.attributes.ends_with('/')) return;
      skipping_ = name;
      skip_depth_ = 1;
      skip_begin_ = at_;
    } else if (name.size() == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6') {
      close_heading();
      close_block();
      widen(Gap::paragraph);
      heading_level_ = name[1] - '0';
    } else {
      separate(name);
      if (name == "pre") {
        ++pre_depth_;
        // A line end directly after <pre> is not shown.
        if (source_.substr(at_, 2) == "\r\n") {
          at_ += 2;
        } else if (at_ < source_.size() && source_[at_] == '\n') {
          ++at_;
        }
      }
    }
  }

  void end_tag(std::string_view name) {
    if (name.size() == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6') {
      close_heading();
      return;
    }
    if (name == "pre" && pre_depth_ > 0) --pre_depth_;
    separate(name);
  }

  void separate(std::string_view name) {
    if (name == "td" || name == "th") {
      widen(Gap::cell);
    } else if (contains(kLineElements, name)) {
      widen(heading_level_ > 0 ? Gap::space : Gap::line);
    } else if (contains(kParagraphElements, name)) {
      // A heading that is never closed ends where the next block begins; <div> may stand inside one.
      if (heading_level_ > 0 && name != "div") close_heading();
      if (heading_level_ == 0) close_block();
      widen(heading_level_ > 0 ? Gap::space : Gap::paragraph);
    }
  }

  // Only nesting of the element itself counts until its end tag.
  void while_skipping(const Tag& tag) {
    if (tag.name != skipping_ || (!tag.closing && tag.attributes.ends_with('/'))) return;
    skip_depth_ = tag.closing ? skip_depth_ - 1 : skip_depth_ + 1;
    if (skip_depth_ == 0) skipping_.clear();
  }

  // Elements whose content holds no tags.
  void raw_element(std::string_view name) {
    const std::string element(name);
    std::size_t end = at_;
    while (true) {
      end = source_.find("</", end);
      if (end == std::string_view::npos) break;
      if (equals_ignoring_case(source_.substr(end + 2, element.size()), element)) break;
      end += 2;
    }
    const std::size_t content_end = std::min(end, source_.size());
    if (element == "title") {
      if (heading_level_ == 0) builder_.title(plain_heading(decoded(source_.substr(at_, content_end - at_))));
      at_ = content_end;
    } else if (element == "textarea" || element == "xmp") {
      separate("pre");
      while (at_ < content_end) run(content_end, true);
    } else {
      at_ = content_end;
    }
  }

  static std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
      const CharacterReference reference =
          text[i] == '&' ? character_reference(text.substr(i)) : CharacterReference{0, 0};
      if (reference.length > 0) {
        utf8::append(out, reference.code_point);
        i += reference.length;
      } else {
        out.push_back(text[i++]);
      }
    }
    return out;
  }

  // Text up to the next '<' that begins markup.
  void text() {
    std::size_t end = source_.find('<', at_ + 1);
    end = std::min(end, source_.size());
    if (!skipping_.empty()) {
      at_ = end;
      return;
    }
    // The sign that Sphinx puts beside headings as a link to them.
    if (source_.substr(at_, end - at_) == "\xC2\xB6") {
      at_ = end;
      return;
    }
    while (at_ < end) run(end, pre_depth_ > 0);
  }

  // One run of white space, one character reference, or visible text up to the next of them.
  void run(std::size_t end, bool verbatim) {
    const char c = source_[at_];
    if (c == '&') {
      const CharacterReference reference = character_reference(source_.substr(at_, end - at_));
      if (reference.length > 0) {
        emit_reference(reference, verbatim);
        at_ += reference.length;
        return;
      }
    }
    if (!verbatim && is_space(c)) {
      widen(Gap::space);
      ++at_;
      return;
    }
    std::size_t stop = at_ + 1;
    while (stop < end && source_[stop] != '&' && (verbatim || !is_space(source_[stop]))) ++stop;
    emit(at_, stop);
    at_ = stop;
  }

  void emit_reference(const CharacterReference& reference, bool verbatim) {
    constexpr char32_t kNoBreakSpace = 0xA0, kSoftHyphen = 0xAD;
    if (reference.code_point == kSoftHyphen) return;
    const bool space = reference.code_point == kNoBreakSpace || reference.code_point == ' ' ||
                       (reference.code_point >= '\t' && reference.code_point <= '\r');
    if (space && !verbatim) {
      widen(Gap::space);
      return;
    }
    write_gap();
    const std::size_t begin = out_.size();
    utf8::append(out_, space ? U' ' : reference.code_point);
    spans_.push_back({begin, out_.size() - begin, at_, reference.length});
  }

  void emit(std::size_t begin, std::size_t end) {
    // The usual single space between two words is part of the source: keep one span.
    if (gap_ == Gap::space && !spans_.empty() && !out_.empty() && source_[begin - 1] == ' ') {
      SourceSpan& last = spans_.back();
      if (last.text_size == last.source_size && last.source_begin + last.source_size == begin - 1 &&
          last.text_begin + last.text_size == out_.size()) {
        out_.append(source_, begin - 1, end - begin + 1);
        last.text_size += end - begin + 1;
        last.source_size = last.text_size;
        gap_ = Gap::none;
        return;
      }
    }
    write_gap();
    spans_.push_back({out_.size(), end - begin, begin, end - begin});
    out_.append(source_, begin, end - begin);
  }

  void widen(Gap gap) noexcept { gap_ = std::max(gap_, gap); }

  void write_gap() {
    static constexpr std::array<std::string_view, 5> kGaps = {"", " ", "\t", "\n", "\n\n"};
    // The last line of a <pre> brings its own line end.
    if (gap_ == Gap::paragraph && out_.ends_with('\n')) gap_ = Gap::line;
    if (!out_.empty()) out_ += kGaps[static_cast<std::size_t>(gap_)];
    gap_ = Gap::none;
    if (!block_open_) {
      block_open_ = true;
      block_begin_ = out_.size();
    }
  }

  void close_block() {
    if (!block_open_) return;
    block_open_ = false;
    builder_.block(block_begin_, out_.size(), Kind::body);
  }

  void close_heading() {
    if (heading_level_ == 0) return;
    const int level = heading_level_;
    heading_level_ = 0;
    widen(Gap::paragraph);
    if (!block_open_) return;  // nothing visible in it
    block_open_ = false;
    builder_.heading(block_begin_, out_.size(), level,
                     plain_heading(std::string_view(out_).substr(block_begin_)));
  }

  std::string_view source_;
  std::size_t at_;
  std::array<char, 16> name_{};  // of the tag being read; longer names are none that matter
  DocumentBuilder builder_;
  std::string out_;
  std::vector<SourceSpan> spans_;
  Gap gap_ = Gap::none;
  std::size_t pre_depth_ = 0;
  int heading_level_ = 0;  // of the heading that is open, or 0
  bool block_open_ = false;
  std::size_t block_begin_ = 0;
  std::string skipping_;  // the element whose content is being skipped
  std::size_t skip_depth_ = 0, skip_begin_ = 0;
  bool no_skipping_ = false;
};

}  // namespace

Document parse_html(std::string_view source) {
  return HtmlParser(source).parse();
}

}  // namespace cairn::text
