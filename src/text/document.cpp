#include "text/document.hpp"

#include <algorithm>

#include "text/builder.hpp"
#include "text/lines.hpp"
#include "text/parsers.hpp"

namespace cairn::text {

Document::Range Document::source_range(std::size_t begin, std::size_t end) const noexcept {
  if (!is_extracted) return {begin, end};
  // The span that holds text offset `at`; text between spans (white space that we put there) belongs to
  // the span before it.
  const auto span_at = [this](std::size_t at) {
    auto after = std::upper_bound(spans.begin(), spans.end(), at,
                                  [](std::size_t t, const SourceSpan& s) { return t < s.text_begin; });
    return after == spans.begin() ? *after : *std::prev(after);
  };
  if (spans.empty()) return {0, 0};
  const SourceSpan first = span_at(begin);
  const SourceSpan last = span_at(end - 1);
  const auto offset_in = [](const SourceSpan& s, std::size_t at) {
    return s.text_size == s.source_size ? std::min(at - std::min(at, s.text_begin), s.source_size) : 0;
  };
  const bool verbatim = last.text_size == last.source_size;
  return {first.source_begin + offset_in(first, begin),
          last.source_begin + (verbatim ? offset_in(last, end) : last.source_size)};
}

Document parse(std::string_view source, Format format) {
  switch (format) {
    case Format::markdown:
      return parse_markdown(source);
    case Format::restructured_text:
      return parse_restructured_text(source);
    case Format::html:
      return parse_html(source);
    case Format::code:
      return parse_code(source);
    case Format::plain:
      break;
  }
  return parse_plain(source);
}

std::vector<std::string_view> heading_path(const Document& document, const Section& section) {
  std::vector<std::string_view> path;
  const Section* s = &section;
  while (true) {
    if (!s->heading.empty()) path.push_back(s->heading);
    if (s->parent == Section::kNoParent) break;
    s = &document.sections[s->parent];
  }
  std::reverse(path.begin(), path.end());
  if (path.size() > kMaxHeadingDepth) path.resize(kMaxHeadingDepth);
  return path;
}

// Plain text is one block; the chunker finds paragraphs by itself.
Document parse_plain(std::string_view source) {
  DocumentBuilder builder;
  const std::size_t start = text_start(source);
  if (start < source.size()) builder.block(start, source.size(), DocumentBuilder::BlockKind::body);
  return builder.finish();
}

}  // namespace cairn::text
