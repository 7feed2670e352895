#include "text/builder.hpp"

#include <algorithm>

#include "base/utf8.hpp"
#include "text/lines.hpp"

namespace cairn::text {

void DocumentBuilder::open_section(std::string heading, int level, std::size_t first_block) {
  while (!open_.empty() && document_.sections[open_.back()].level >= level) open_.pop_back();
  Section section;
  section.heading = std::move(heading);
  section.level = level;
  section.parent = open_.empty() ? Section::kNoParent : open_.back();
  section.first_block = first_block;
  // The part before the first heading encloses nothing.
  if (!document_.sections.empty() && document_.sections.back().first_block == first_block &&
      document_.sections.back().level == 0) {
    document_.sections.pop_back();
  }
  if (level > 0) open_.push_back(document_.sections.size());
  document_.sections.push_back(std::move(section));
}

void DocumentBuilder::block(std::size_t begin, std::size_t end, BlockKind kind) {
  if (document_.sections.empty()) open_section("", 0, 0);
  document_.blocks.push_back({begin, end, kind == BlockKind::body});
  labels_ = kind == BlockKind::label ? labels_ + 1 : 0;
}

void DocumentBuilder::heading(std::size_t begin, std::size_t end, int level, std::string heading,
                              BlockKind kind) {
  open_section(std::move(heading), level, document_.blocks.size() - labels_);
  document_.blocks.push_back({begin, end, kind == BlockKind::body});
  labels_ = 0;
}

void DocumentBuilder::close(int level) {
  if (open_.empty() || document_.sections[open_.back()].level < level) return;
  while (!open_.empty() && document_.sections[open_.back()].level >= level) open_.pop_back();
  // What follows belongs to the enclosing section: same path, so it takes that one's heading and parent.
  Section section;
  if (!open_.empty()) {
    const Section& outer = document_.sections[open_.back()];
    section.heading = outer.heading;
    section.level = outer.level;
    section.parent = outer.parent;
    open_.back() = document_.sections.size();
  }
  section.first_block = document_.blocks.size();
  document_.sections.push_back(std::move(section));
  labels_ = 0;
}

void DocumentBuilder::title(std::string title) {
  if (!document_.title.empty() || title.empty()) return;
  document_.title = std::move(title);
  document_.title_in_headings = false;
}

Document DocumentBuilder::finish() {
  std::vector<Section>& sections = document_.sections;
  const std::vector<Block>& blocks = document_.blocks;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    Section& section = sections[i];
    const std::size_t end_block = i + 1 < sections.size() ? sections[i + 1].first_block : blocks.size();
    section.block_count = end_block - section.first_block;
    if (section.block_count > 0) {
      section.begin = blocks[section.first_block].begin;
      section.end = blocks[end_block - 1].end;
    } else {
      section.begin = section.end = section.first_block < blocks.size() ? blocks[section.first_block].begin
                                    : blocks.empty()                    ? 0
                                                                        : blocks.back().end;
    }
  }
  if (document_.title.empty()) {
    const auto first =
        std::find_if(sections.begin(), sections.end(), [](const Section& s) { return s.level > 0; });
    if (first != sections.end()) document_.title = first->heading;
  }
  return std::move(document_);
}

std::string plain_heading(std::string_view text) {
  constexpr std::size_t kMaxBytes = 200;
  text = text.substr(0, utf8::floor_boundary(text, std::min<std::size_t>(text.size(), 4 * kMaxBytes)));
  if (text.ends_with('}')) {  // "Title {#anchor}"
    const std::size_t brace = text.rfind("{#");
    if (brace != std::string_view::npos) text = text.substr(0, brace);
  }
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const char following = i + 1 < text.size() ? text[i + 1] : '\0';
    if (c == '`' || (c == '*' && following == '*') || (c == '*' && i > 0 && text[i - 1] == '*')) continue;
    if (c == '\\' && following != '\0' && !is_letter(following) && !is_digit(following)) continue;
    if (c == ':' && is_letter(following)) {  // ":mod:`json`" -> "json"
      std::size_t end = i + 1;
      while (end < text.size() && (is_letter(text[end]) || text[end] == ':' || text[end] == '-')) ++end;
      if (end < text.size() && text[end] == '`' && text[end - 1] == ':') {
        i = end;
        continue;
      }
    }
    if (c == '[' || (c == '!' && following == '[')) {
      if (text.find("](", i) != std::string_view::npos) continue;
    }
    if (c == ']' && following == '(') {  // "[text](target)" -> "text"
      const std::size_t end = text.find(')', i);
      if (end != std::string_view::npos) {
        i = end;
        continue;
      }
    }
    if (is_space(c)) {
      if (!out.empty() && out.back() != ' ') out.push_back(' ');
    } else {
      out.push_back(c);
    }
  }
  out.resize(utf8::floor_boundary(out, std::min(out.size(), kMaxBytes)));
  while (!out.empty() && is_space(out.back())) out.pop_back();
  return out;
}

}  // namespace cairn::text
