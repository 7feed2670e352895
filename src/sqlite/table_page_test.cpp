#include "sqlite/table_page.hpp"

#include <gtest/gtest.h>

#include <random>

namespace cairn::sqlite {
namespace {

// A leaf of 512 bytes with one cell of 3 bytes at 500: rowid 300, payload 1, 2, 3.
std::vector<std::byte> small_leaf() {
  std::vector<std::byte> page(512);
  page[0] = std::byte{0x0d};
  page[4] = std::byte{1};
  page[8] = std::byte{500 >> 8};
  page[9] = std::byte{500 & 0xff};
  const int cell[] = {3, 0x82, 0x2c, 1, 2, 3};
  for (std::size_t i = 0; i < std::size(cell); ++i) page[500 + i] = static_cast<std::byte>(cell[i]);
  return page;
}

TEST(TablePageTest, ALeafHasCells) {
  const auto page = parse_table_page(small_leaf(), 512);
  ASSERT_TRUE(page);
  ASSERT_EQ(page->cells.size(), 1u);
  EXPECT_EQ(page->cells[0].rowid, 300);
  EXPECT_EQ(page->cells[0].payload_bytes, 3u);
  EXPECT_EQ(page->cells[0].local_offset, 503u);
  EXPECT_EQ(page->cells[0].local_bytes, 3u);
  EXPECT_EQ(page->cells[0].overflow_page, 0u);
}

TEST(TablePageTest, ACellEndsWithinTheUsableBytes) {
  EXPECT_TRUE(parse_table_page(small_leaf(), 506));
  for (std::uint32_t usable = 480; usable < 506; ++usable)
    EXPECT_FALSE(parse_table_page(small_leaf(), usable));
}

TEST(TablePageTest, AnInteriorPageHasOneChildMoreThanCells) {
  std::vector<std::byte> page(512);
  page[0] = std::byte{0x05};
  page[4] = std::byte{1};
  page[11] = std::byte{9};  // the last child
  page[12] = std::byte{500 >> 8};
  page[13] = std::byte{500 & 0xff};
  page[503] = std::byte{7};
  const auto parsed = parse_table_page(page, 512);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->children, (std::vector<std::uint32_t>{7, 9}));
  EXPECT_TRUE(parsed->cells.empty());
  EXPECT_FALSE(parse_table_page(page, 503));
}

TEST(TablePageTest, OtherPagesAreNone) {
  for (int type = 0; type < 256; ++type) {
    std::vector<std::byte> page = small_leaf();
    page[0] = static_cast<std::byte>(type);
    EXPECT_EQ(parse_table_page(page, 512).has_value(), type == 0x0d) << type;
  }
}

TEST(TablePageTest, RandomBytesDoNoHarm) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 20000; ++i) {
    std::vector<std::byte> page = small_leaf();
    const auto changes = 1 + random() % 200;
    for (std::size_t c = 0; c < changes; ++c)
      page[random() % (c < 20 ? 12 : 512)] = static_cast<std::byte>(random());
    page[0] = random() % 2 == 0 ? std::byte{0x0d} : std::byte{0x05};
    const auto parsed = parse_table_page(page, static_cast<std::uint32_t>(512 - random() % 33));
    if (!parsed) continue;
    for (const TableCell& cell : parsed->cells) {
      EXPECT_LE(cell.local_offset + cell.local_bytes, 512u);
      EXPECT_EQ(cell.local_bytes < cell.payload_bytes, cell.overflow_page != 0);
    }
  }
}

}  // namespace
}  // namespace cairn::sqlite
