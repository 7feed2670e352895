#include "cli/standard_input.hpp"

#include <array>
#include <cstdio>

#include "cairn/error.hpp"

namespace cairn::cli {

std::string read_standard_input() {
  std::string text;
  std::array<char, 1 << 16> block;
  while (const std::size_t got = std::fread(block.data(), 1, block.size(), stdin))
    text.append(block.data(), got);
  if (std::ferror(stdin))
    throw Error(ErrorCode::io, "standard input cannot be read; pipe the text into the command");
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace cairn::cli
