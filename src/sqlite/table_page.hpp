// One page of a rowid table's b-tree: https://sqlite.org/fileformat2.html, section 1.6. The bytes are
// hostile: whatever does not lie within the page makes the page unreadable.
//
//   const std::optional<TablePage> page = parse_table_page(bytes, usable_bytes);
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace cairn::sqlite {

struct TableCell {
  std::int64_t rowid = 0;
  std::uint64_t payload_bytes = 0;
  // The part of the payload that lies in the page itself.
  std::uint32_t local_offset = 0;
  std::uint32_t local_bytes = 0;
  std::uint32_t overflow_page = 0;  // the first; 0 if the payload ends here
};

// Either a leaf with cells or an interior page with children, both in the order of the rowids.
struct TablePage {
  std::vector<TableCell> cells;
  std::vector<std::uint32_t> children;
};

// Nothing if the page is no sound page of a table (page 1, which has another header, is none).
// REQUIRES: usable_bytes (the page without its reserved end) is 480 or more, and not more than bytes.size().
std::optional<TablePage> parse_table_page(std::span<const std::byte> bytes, std::uint32_t usable_bytes);

}  // namespace cairn::sqlite
