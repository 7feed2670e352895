// Sections are gathered into groups (a section, or small neighbours), and a group that is too long is cut
// into pieces of nearly equal length at the best places that it offers.
#include "text/chunk.hpp"

#include <algorithm>
#include <cassert>

#include "base/utf8.hpp"
#include "text/document.hpp"
#include "text/lines.hpp"

namespace cairn::text {

namespace {

// Unicode's White_Space and the invisible marks that are as good as it (PropList.txt).
bool is_visible(char32_t c) noexcept {
  if (c < 0x80) return !(c == ' ' || (c >= '\t' && c <= '\r'));
  return !(c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200F) ||
           (c >= 0x2028 && c <= 0x202F) || c == 0x205F || c == 0x2060 || c == 0x3000 || c == 0xFEFF);
}

bool has_visible(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    const utf8::Decoded d = utf8::decode(text, at);
    if (is_visible(d.code_point)) return true;
    at += d.length;
  }
  return false;
}

// Where text [begin, …) may be cut, at least `least` and at most `most` bytes on, best near `aim`.
class Cutter {
 public:
  Cutter(std::string_view text, const std::vector<Block>& blocks) : text_(text), blocks_(blocks) {}

  // REQUIRES: begin + most <= text size, least < aim <= most. Successive calls with ascending `begin`.
  std::size_t cut(std::size_t begin, std::size_t least, std::size_t aim, std::size_t most) {
    begin_ = begin;
    aim_ = begin + aim;
    best_ = 0;
    best_score_ = 0;
    offer_blocks(begin + least, begin + most);
    offer_lines(begin + least, begin + most);
    if (best_score_ == 0) offer_words(begin + least, begin + most);
    if (best_score_ > 0) return best_;
    return std::max(utf8::floor_boundary(text_, begin + most), begin + 1);
  }

 private:
  static constexpr int kBlock = 500, kBlankLine = 400, kLine = 200, kSentence = 100, kSpace = 50;

  // Of equally good places the one nearest to the aim wins.
  void offer(std::size_t at, int score) noexcept {
    const std::size_t distance = at > aim_ ? at - aim_ : aim_ - at;
    if (score < best_score_ || (score == best_score_ && distance >= best_distance_)) return;
    best_ = at;
    best_score_ = score;
    best_distance_ = distance;
  }

  // Before a block, unless that would leave its heading behind.
  void offer_blocks(std::size_t first, std::size_t last) {
    while (next_block_ < blocks_.size() && blocks_[next_block_].begin < first) ++next_block_;
    for (std::size_t i = next_block_; i < blocks_.size() && blocks_[i].begin <= last; ++i) {
      if (i > 0 && blocks_[i - 1].body && blocks_[i].begin > begin_) offer(blocks_[i].begin, kBlock);
    }
  }

  // After a blank line, rather where the text then stands far left (between two functions, not inside
  // one), or after any line.
  void offer_lines(std::size_t first, std::size_t last) {
    constexpr std::size_t kDeepest = 60;
    // Only the window: the line that it ends in may be long.
    const std::string_view window = text_.substr(0, last);
    const std::size_t newline = window.find('\n', first - 1);
    if (newline == std::string_view::npos) return;
    bool after_blank = read_line(window, line_begin(newline)).blank();
    for (std::size_t at = newline + 1; at < last;) {
      const Line line = read_line(window, at);
      if (!line.blank()) {
        const int indent = static_cast<int>(std::min(line.indent, kDeepest));
        offer(at, after_blank ? kBlankLine - indent : kLine);
      }
      after_blank = line.blank();
      at = line.next;
    }
  }

  std::size_t line_begin(std::size_t newline) const noexcept {
    std::size_t at = newline;
    while (at > begin_ && text_[at - 1] != '\n') --at;
    return at;
  }

  // In one long line: after a sentence, otherwise after a word.
  void offer_words(std::size_t first, std::size_t last) {
    for (std::size_t at = first; at < last; ++at) {
      if (!is_space(text_[at])) continue;
      const char before = text_[at - 1];
      offer(at + 1, before == '.' || before == '!' || before == '?' ? kSentence : kSpace);
    }
  }

  std::string_view text_;
  const std::vector<Block>& blocks_;
  std::size_t next_block_ = 0;
  std::size_t begin_ = 0, aim_ = 0, best_ = 0, best_distance_ = 0;
  int best_score_ = 0;
};

using Path = std::vector<std::string_view>;

std::size_t common_length(const Path& a, const Path& b) noexcept {
  const auto [end, unused] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return static_cast<std::size_t>(end - a.begin());
}

class Chunker {
 public:
  Chunker(std::string_view source, Document document, const ChunkOptions& options)
      : source_(source),
        document_(std::move(document)),
        text_(document_.text_of(source)),
        options_(options),
        cutter_(text_, document_.blocks) {}

  ChunkedDocument run() {
    for (const Section& section : document_.sections) {
      if (section.block_count == 0) continue;
      Path path = heading_path(document_, section);
      const bool body = has_body(section);
      if (group_.open && !joins(section, path, body)) close_group();
      add_to_group(section, std::move(path), body);
    }
    close_group();
    result_.title = std::move(document_.title);
    return std::move(result_);
  }

 private:
  // Neighbouring sections that will be one chunk, or one section that may become several.
  struct Group {
    bool open = false;
    bool has_body = false;
    std::size_t begin = 0, end = 0;
    Path path;   // what the paths of the sections with body have in common
    Path first;  // the path of the first of them
  };

  bool has_body(const Section& section) const noexcept {
    const auto first = document_.blocks.begin() + static_cast<std::ptrdiff_t>(section.first_block);
    return std::any_of(first, first + static_cast<std::ptrdiff_t>(section.block_count),
                       [](const Block& b) { return b.body; });
  }

  bool joins(const Section& section, const Path& path, bool body) const noexcept {
    const std::size_t group_size = group_.end - group_.begin;
    const std::size_t small = options_.target_bytes / 4;
    // A heading by itself stays with what follows it.
    if (!group_.has_body) return group_size <= small;
    if (!body || section.end - group_.begin > options_.target_bytes) return false;
    if (group_size >= small && section.end - section.begin >= small) return false;
    const std::size_t shorter = std::min(path.size(), group_.path.size());
    return common_length(path, group_.path) + 1 >= shorter;
  }

  void add_to_group(const Section& section, Path path, bool body) {
    if (!group_.open) {
      group_ = Group();
      group_.open = true;
      group_.begin = section.begin;
    }
    group_.end = section.end;
    if (body && group_.has_body) {
      group_.path.resize(common_length(path, group_.path));
    } else if (body || !group_.has_body) {
      group_.first = path;
      group_.path = std::move(path);
    }
    group_.has_body |= body;
  }

  void close_group() {
    if (!group_.open) return;
    group_.open = false;
    const std::string heading = heading_text(group_.path.empty() ? group_.first : group_.path);
    std::size_t begin = group_.begin;
    while (group_.end - begin > (options_.target_bytes + options_.max_bytes) / 2) {
      const std::size_t rest = group_.end - begin;
      const std::size_t pieces = (rest + options_.target_bytes - 1) / options_.target_bytes;
      const std::size_t aim = rest / pieces;
      const std::size_t end = cutter_.cut(begin, aim / 3, aim, std::min(options_.max_bytes, rest));
      emit(begin, end, heading);
      begin = end;
    }
    emit(begin, group_.end, heading);
  }

  std::string heading_text(const Path& path) const {
    std::string heading;
    // A page's <title> usually repeats its first heading ("Sets - Manual").
    if (!document_.title_in_headings &&
        (path.empty() || document_.title.find(path[0]) == std::string::npos)) {
      heading = document_.title;
    }
    for (const std::string_view part : path) {
      if (!heading.empty()) heading += " > ";
      heading += part;
    }
    return heading;
  }

  // Without blank lines at the start and white space at the end; the first line keeps its indentation.
  void emit(std::size_t begin, std::size_t end, const std::string& heading) {
    while (end > begin && is_space(text_[end - 1])) --end;
    std::size_t first = begin;
    while (first < end && is_space(text_[first])) {
      ++first;
      if (text_[first - 1] == '\n') begin = first;
    }
    if (first == end || !has_visible(text_.substr(first, end - first))) return;
    // An extracted text's indentation has no place in the source that a range could begin with.
    if (document_.is_extracted) begin = first;

    const Document::Range range = document_.source_range(begin, end);
    Chunk chunk;
    chunk.text = text_.substr(begin, end - begin);
    chunk.heading = heading;
    chunk.byte_begin = range.begin;
    chunk.byte_end = range.end;
    chunk.line_begin = line_at(range.begin);
    chunk.line_end = line_at(range.end - 1);
    chunk.index = result_.chunks.size();
    result_.chunks.push_back(std::move(chunk));
  }

  // Offsets are asked for in ascending order, so the source is counted through once.
  std::size_t line_at(std::size_t offset) noexcept {
    line_ +=
        static_cast<std::size_t>(std::count(source_.begin() + static_cast<std::ptrdiff_t>(counted_),
                                            source_.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
    counted_ = offset;
    return line_;
  }

  std::string_view source_;
  Document document_;
  std::string_view text_;
  ChunkOptions options_;
  Cutter cutter_;
  Group group_;
  ChunkedDocument result_;
  std::size_t line_ = 1, counted_ = 0;
};

}  // namespace

ChunkedDocument chunk_document(std::string_view source, Format format, const ChunkOptions& options) {
  assert(options.target_bytes >= 64 && options.target_bytes <= options.max_bytes);
  return Chunker(source, parse(source, format), options).run();
}

}  // namespace cairn::text
