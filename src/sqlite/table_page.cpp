#include "sqlite/table_page.hpp"

#include <cassert>

#include "sqlite/big_endian.hpp"

namespace cairn::sqlite {
namespace {

constexpr std::byte interior{0x05};
constexpr std::byte leaf{0x0d};

// Reads the number at `at` and moves behind it; nothing at the end of the bytes.
std::optional<std::uint64_t> take_varint(std::span<const std::byte> bytes, std::size_t& at) {
  std::uint64_t value = 0;
  for (int i = 0; i < 9; ++i) {
    if (at >= bytes.size()) return std::nullopt;
    const auto byte = std::to_integer<std::uint64_t>(bytes[at++]);
    if (i == 8) return value << 8 | byte;  // the ninth byte counts in full
    value = value << 7 | (byte & 0x7f);
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

// The documented formula, by the names it has there.
std::uint32_t local_payload(std::uint64_t payload, std::uint32_t u) {
  const std::uint32_t x = u - 35;
  if (payload <= x) return static_cast<std::uint32_t>(payload);
  const std::uint32_t m = (u - 12) * 32 / 255 - 23;
  const std::uint32_t k = m + static_cast<std::uint32_t>((payload - m) % (u - 4));
  return k <= x ? k : m;
}

std::optional<TableCell> parse_cell(std::span<const std::byte> bytes, std::size_t at) {
  const std::optional<std::uint64_t> payload = take_varint(bytes, at);
  if (!payload) return std::nullopt;
  const std::optional<std::uint64_t> rowid = take_varint(bytes, at);
  if (!rowid) return std::nullopt;
  TableCell cell{.rowid = static_cast<std::int64_t>(*rowid), .payload_bytes = *payload};
  cell.local_offset = static_cast<std::uint32_t>(at);
  cell.local_bytes = local_payload(*payload, static_cast<std::uint32_t>(bytes.size()));
  at += cell.local_bytes;
  const bool overflows = cell.local_bytes < *payload;
  if (at + (overflows ? 4 : 0) > bytes.size()) return std::nullopt;
  if (overflows) {
    cell.overflow_page = big_endian_32(&bytes[at]);
    if (cell.overflow_page == 0) return std::nullopt;
  }
  return cell;
}

}  // namespace

std::optional<TablePage> parse_table_page(std::span<const std::byte> bytes, std::uint32_t usable_bytes) {
  assert(usable_bytes >= 480 && usable_bytes <= bytes.size());
  bytes = bytes.first(usable_bytes);
  if (bytes[0] != interior && bytes[0] != leaf) return std::nullopt;
  const bool is_leaf = bytes[0] == leaf;
  const std::size_t header_bytes = is_leaf ? 8 : 12;
  const std::size_t count = big_endian_16(&bytes[3]);
  const std::size_t cells_begin = header_bytes + 2 * count;
  if (cells_begin > bytes.size()) return std::nullopt;
  TablePage page;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = big_endian_16(&bytes[header_bytes + 2 * i]);
    if (at < cells_begin) return std::nullopt;
    if (is_leaf) {
      const std::optional<TableCell> cell = parse_cell(bytes, at);
      if (!cell) return std::nullopt;
      page.cells.push_back(*cell);
    } else {
      if (at + 4 > bytes.size()) return std::nullopt;
      page.children.push_back(big_endian_32(&bytes[at]));
    }
  }
  if (!is_leaf) page.children.push_back(big_endian_32(&bytes[8]));
  return page;
}

}  // namespace cairn::sqlite
