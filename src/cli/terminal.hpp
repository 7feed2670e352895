// What standard output and standard error are connected to, and text that is safe to show there.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cairn::cli {

struct Terminal {
  bool out = false;       // standard output is a terminal
  bool colour = false;    // and wants colours (NO_COLOR, TERM)
  bool progress = false;  // standard error is a terminal that can redraw a line
  std::size_t columns = 80;

  static Terminal detect();
};

// Stored text is other people's: a terminal would obey the escape sequences in it. These replace control
// characters, C1 included, and what is not UTF-8. `printable` keeps line feeds and tabs, `one_line` makes
// spaces of them.
std::string printable(std::string_view text);
std::string one_line(std::string_view text);

// `text` cut to at most `columns` code points, with "…" where it was cut.
std::string shortened(std::string_view text, std::size_t columns);

// Colours when `on`, otherwise the text as it is.
struct Style {
  bool on = false;

  std::string bold(std::string_view text) const { return wrap("1", text); }
  std::string dim(std::string_view text) const { return wrap("2", text); }
  std::string path(std::string_view text) const { return wrap("36", text); }
  std::string match(std::string_view text) const { return wrap("1;33", text); }

 private:
  std::string wrap(std::string_view code, std::string_view text) const;
};

}  // namespace cairn::cli
