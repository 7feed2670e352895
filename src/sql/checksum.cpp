#include "sql/checksum.hpp"

#include <fmt/format.h>

// libmd's header has no extern "C" of its own everywhere it ships.
extern "C" {
#include <sha512.h>
}

#include <algorithm>

namespace cairn::sql {

namespace {

std::string with_line_ends(std::string_view text, std::string_view line_end) {
  std::string written;
  written.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.substr(at, 2) == "\r\n") ++at;
    if (text[at] == '\n') {
      written += line_end;
    } else {
      written += text[at];
    }
  }
  return written;
}

}  // namespace

Checksum checksum_of(std::string_view text) {
  static_assert(std::tuple_size_v<Checksum> == SHA384_DIGEST_LENGTH);
  SHA2_CTX context;
  SHA384Init(&context);
  SHA384Update(&context, reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  Checksum digest;
  SHA384Final(reinterpret_cast<std::uint8_t*>(digest.data()), &context);
  return digest;
}

bool is_checksum_of(std::span<const std::byte> applied, std::string_view text) {
  return std::ranges::equal(applied, checksum_of(text)) ||
         std::ranges::equal(applied, checksum_of(with_line_ends(text, "\n"))) ||
         std::ranges::equal(applied, checksum_of(with_line_ends(text, "\r\n")));
}

std::string to_hex(std::span<const std::byte> bytes) {
  std::string hex;
  for (const std::byte byte : bytes) hex += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
  return hex;
}

}  // namespace cairn::sql
