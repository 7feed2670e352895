#include "cli/text_output.hpp"

#include <fmt/format.h>

#include <array>
#include <ctime>

namespace cairn::cli {

std::string source_of(const Session& session, const Content& content) {
  if (content.path.empty()) return one_line(content.doc_type);
  const std::string path = session.shown_path(content.path);
  if (content.line_start == 0) return path;
  return fmt::format("{}:{}-{}", path, content.line_start, content.line_end);
}

std::string node_name(const Node& node) {
  return node.kind == NodeKind::document ? fmt::format("doc:{}", node.id) : fmt::format("{}", node.id);
}

std::string human_bytes(std::uint64_t bytes) {
  static constexpr std::array kUnits{"kB", "MB", "GB", "TB"};
  if (bytes < 1000) return fmt::format("{} bytes", bytes);
  double value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  for (; value >= 1000 && unit + 1 < kUnits.size(); ++unit) value /= 1000;
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string date_of(std::int64_t unix_seconds) {
  const auto time = static_cast<std::time_t>(unix_seconds);
  std::tm utc{};
  if (!gmtime_r(&time, &utc)) return "?";
  return fmt::format("{:04}-{:02}-{:02}", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday);
}

std::string counted(std::uint64_t n, const char* what) {
  return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

std::string indented(std::string_view text, std::string_view margin) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  std::string out(margin);
  for (const char c : text) {
    out += c;
    if (c == '\n') out += margin;
  }
  return out += '\n';
}

}  // namespace cairn::cli
