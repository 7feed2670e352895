// Shows which words of a snippet the query asked for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/terminal.hpp"

namespace cairn::cli {

class Emphasis {
 public:
  Emphasis(std::string_view query, Style style);

  // `text` with the words of the query marked; unchanged without colours. Words match whatever their case,
  // and with another short ending ("rotate", "rotates").
  std::string operator()(std::string_view text) const;

 private:
  bool wanted(std::string_view word) const;

  std::vector<std::string> words_;
  Style style_;
};

}  // namespace cairn::cli
