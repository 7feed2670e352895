#include "base/fold.hpp"

#include <gtest/gtest.h>

namespace cairn::utf8 {
namespace {

TEST(Fold, CaseAndAccents) {
  EXPECT_EQ(fold("Hello, WORLD 42_x"), "hello, world 42_x");
  EXPECT_EQ(fold("Caf\u00e9 \u00c9T\u00c9 \u0141\u00f3d\u017a \u00d8re \u00df \u00d7"),
            "cafe ete lodz ore \u00df \u00d7");
  EXPECT_EQ(fold("\u03a3\u039f\u03a6\u039f\u03a3 \u03c3\u03bf\u03c6\u03cc\u03c2"),
            "\u03c3\u03bf\u03c6\u03bf\u03c3 \u03c3\u03bf\u03c6\u03bf\u03c3");
  EXPECT_EQ(fold("\u041c\u041e\u0421\u041a\u0412\u0410 \u0401"),
            "\u043c\u043e\u0441\u043a\u0432\u0430 \u0451");
  EXPECT_EQ(fold("\u65e5\u672c\u8a9e \U0001F600"), "\u65e5\u672c\u8a9e \U0001F600");
}

TEST(Fold, FoldedTwiceIsFoldedOnce) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) ASSERT_EQ(fold(fold(c)), fold(c)) << static_cast<std::uint32_t>(c);
}

}  // namespace
}  // namespace cairn::utf8
