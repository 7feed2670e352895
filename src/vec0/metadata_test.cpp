#include "vec0/metadata.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace cairn::vec0 {
namespace {

// Every slot of a chunk written, then read back.
void round_trip(MetadataType type, const std::vector<Value>& values) {
  constexpr std::size_t chunk_size = 16;
  std::vector<std::byte> blob(metadata_blob_size(type, chunk_size), std::byte{0xAA});
  for (std::size_t slot = 0; slot < chunk_size; ++slot) {
    const CellRange range = metadata_cell(type, slot);
    ASSERT_LE(range.offset + range.size, blob.size());
    encode_metadata(type, values[slot % values.size()], std::span(blob).subspan(range.offset, range.size),
                    slot);
  }
  for (std::size_t slot = 0; slot < chunk_size; ++slot) {
    const CellRange range = metadata_cell(type, slot);
    const MetadataCell cell = decode_metadata(type, std::span(blob).subspan(range.offset, range.size), slot);
    const Value& expected = values[slot % values.size()];
    EXPECT_EQ(cell.is_long, expected.bytes.size() > kInlineText);
    if (cell.is_long)
      EXPECT_EQ(cell.value.bytes, expected.bytes.substr(0, kInlineText));
    else
      EXPECT_EQ(compare(cell.value, expected), 0) << slot;
  }
}

TEST(Metadata, RoundTrips) {
  round_trip(MetadataType::boolean, {Value::of_integer(1), Value::of_integer(0), Value::of_integer(1)});
  round_trip(MetadataType::integer,
             {Value::of_integer(-5), Value::of_integer(INT64_MAX), Value::of_integer(0)});
  round_trip(MetadataType::real, {Value::of_real(-0.5), Value::of_real(1e300)});
  round_trip(MetadataType::text,
             {Value::of_text(""), Value::of_text("exactly12byt"), Value::of_text("exactly12byte")});
}

TEST(Metadata, AForeignNaNIsNull) {
  std::vector<std::byte> cell(8, std::byte{0xFF});
  EXPECT_TRUE(decode_metadata(MetadataType::real, cell, 0).value.is_null());
}

TEST(Metadata, ForeignLengthsAreHarmless) {
  std::vector<std::byte> cell(16, std::byte{0xFF});
  EXPECT_EQ(decode_metadata(MetadataType::text, cell, 0).value.bytes, "");  // length -1
  cell[3] = std::byte{0x7F};
  EXPECT_TRUE(decode_metadata(MetadataType::text, cell, 0).is_long);
}

}  // namespace
}  // namespace cairn::vec0
