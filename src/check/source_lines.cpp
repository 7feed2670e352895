#include "check/source_lines.hpp"

#include <algorithm>

namespace cairn::check {

SourceLines::SourceLines(std::string_view source) : source_(source) {
  begins_.push_back(source.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
  for (std::size_t end = source.find('\n'); end != source.npos; end = source.find('\n', end + 1))
    begins_.push_back(end + 1);
}

Place SourceLines::place_of(std::size_t offset) const {
  const auto next = std::ranges::upper_bound(begins_, offset);
  return {static_cast<int>(next - begins_.begin()), static_cast<int>(offset - next[-1] + 1)};
}

std::string_view SourceLines::line(int number) const {
  if (number < 1 || static_cast<std::size_t>(number) > begins_.size()) return {};
  const std::string_view rest = source_.substr(begins_[static_cast<std::size_t>(number) - 1]);
  std::string_view line = rest.substr(0, rest.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace cairn::check
