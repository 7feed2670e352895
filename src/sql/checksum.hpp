// The checksum of a migration, as sqlx computes it: SHA-384 of the whole file.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace cairn::sql {

using Checksum = std::array<std::byte, 48>;

Checksum checksum_of(std::string_view text);

// Whether `applied` is that of `text`, or of `text` with its line ends all written as LF or all as CRLF:
// what a version control system makes of a file on another machine.
bool is_checksum_of(std::span<const std::byte> applied, std::string_view text);

std::string to_hex(std::span<const std::byte> bytes);

}  // namespace cairn::sql
