#include "cli/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace cairn::cli {
namespace {

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value && *value;
}

bool continues(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

// Bytes of the code point at `at`, or 0 where there is none. Lets surrogates and overlong forms through:
// a terminal shows those as replacement characters.
std::size_t code_point_length(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  if (at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if (!continues(text[at + i])) return 0;
  return length;
}

bool is_control(std::string_view code_point) {
  const auto first = static_cast<unsigned char>(code_point[0]);
  if (code_point.size() == 1) return first < 0x20 || first == 0x7F;
  return first == 0xC2 && static_cast<unsigned char>(code_point[1]) < 0xA0;
}

std::string without_controls(std::string_view text, bool keep_lines) {
  std::string safe;
  safe.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = code_point_length(text, at);
    const std::string_view code_point = text.substr(at, length ? length : 1);
    at += code_point.size();
    const bool white = code_point == "\n" || code_point == "\t" || code_point == "\r";
    if (white && !keep_lines) {
      safe += ' ';
    } else if (code_point == "\n" || code_point == "\t") {
      safe += code_point;
    } else if (length == 0 || is_control(code_point)) {
      if (code_point != "\r") safe += "\uFFFD";  // a carriage return ends lines of foreign files
    } else {
      safe += code_point;
    }
  }
  return safe;
}

}  // namespace

Terminal Terminal::detect() {
  Terminal terminal;
  const char* term = std::getenv("TERM");
  const bool capable = term && *term && std::string_view(term) != "dumb";
  terminal.out = isatty(STDOUT_FILENO) == 1;
  terminal.colour = terminal.out && capable && !is_set("NO_COLOR");
  terminal.progress = capable && isatty(STDERR_FILENO) == 1;
  winsize size{};
  if (terminal.progress && ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    terminal.columns = size.ws_col;
  return terminal;
}

std::string printable(std::string_view text) {
  return without_controls(text, true);
}

std::string one_line(std::string_view text) {
  return without_controls(text, false);
}

std::string shortened(std::string_view text, std::size_t columns) {
  std::size_t count = 0;
  std::size_t last_start = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (continues(text[at])) continue;
    if (++count == columns) last_start = at;
    if (count > columns) return std::string(text.substr(0, last_start)) + "…";
  }
  return std::string(text);
}

std::string Style::wrap(std::string_view code, std::string_view text) const {
  if (!on || text.empty()) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

}  // namespace cairn::cli
