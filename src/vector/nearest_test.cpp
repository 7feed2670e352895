// BoundedSearch against a scan of all distances, over many generated tables.
#include "vector/nearest.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "vector/generated_rows.hpp"

namespace cairn::vector {
namespace {

constexpr unsigned kSeed = 20261124;
constexpr std::size_t kTables = 1000;

using Entry = std::pair<float, std::uint64_t>;

std::vector<Entry> entries(const std::vector<Scored>& scored) {
  std::vector<Entry> out;
  for (const Scored& s : scored) out.emplace_back(s.distance, s.rank);
  return out;
}

struct Table {
  Table(Metric metric, const testing::GeneratedRows& rows, std::size_t rows_per_block, std::mt19937& random)
      : made(rows), block_rows(rows_per_block), center(rows.dims) {
    if (random() % 2)
      for (std::size_t d = 0; d < made.dims; ++d)
        center[d] = std::isfinite(made.rows[d]) ? made.rows[d] : 0;  // the first row: any vector will do
    for (std::size_t first = 0; first < made.count; first += block_rows)
      blocks.push_back(std::make_unique<testing::OwnedCodes>(metric, center, made.row(first),
                                                             std::min(block_rows, made.count - first)));
    distances.resize(made.count);
    DistanceTo(metric, from_floats(made.query))(reinterpret_cast<const std::byte*>(made.rows.data()),
                                                made.count, distances.data());
  }

  Scored scored(std::size_t block, std::size_t slot) const {
    const std::uint64_t place = place_of(block, slot);
    return {distances[block * block_rows + slot], place, place};
  }

  std::vector<Scored> expected(std::size_t k, const std::vector<bool>& searched) const {
    std::vector<Scored> all;
    for (std::size_t i = 0; i < made.count; ++i)
      if (searched[i]) all.push_back(scored(i / block_rows, i % block_rows));
    std::sort(all.begin(), all.end());
    all.resize(std::min(all.size(), k));
    return all;
  }

  testing::GeneratedRows made;
  std::size_t block_rows;
  std::vector<float> center, distances;
  std::vector<std::unique_ptr<testing::OwnedCodes>> blocks;
};

TEST(BoundedSearch, FindsWhatAScanFinds) {
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  constexpr std::size_t kDims[] = {64, 65, 96, 127, 128, 200, 384, 768, 1024, 2048};
  std::size_t measured = 0, rows = 0;
  for (std::size_t t = 0; t < kTables; ++t) {
    const char* kind = testing::kKinds[t % std::size(testing::kKinds)];
    const std::size_t dims = kDims[random() % std::size(kDims)];
    const Metric metric = random() % 2 ? Metric::l2 : Metric::cosine;
    const std::size_t block_rows = 8 * (1 + random() % 16);
    const Table table(metric, testing::generate_rows(kind, dims, 1 + random() % 300, random), block_rows,
                      random);
    const CodeBounds bounds(metric, table.center, from_floats(table.made.query));
    if (!bounds.is_usable()) continue;
    BoundedSearch search(bounds);
    for (const auto& block : table.blocks) search.add(block->coded);
    search.bound(1 + random() % 3);

    std::vector<bool> searched(table.made.count, true);
    for (std::size_t b = 0; b < table.blocks.size(); ++b) {
      if (random() % 4 == 0) {
        std::vector<std::uint16_t> slots;
        for (std::size_t slot = 0; slot < table.blocks[b]->coded.count(); ++slot) {
          searched[b * block_rows + slot] = random() % 3 == 0;
          if (searched[b * block_rows + slot]) slots.push_back(static_cast<std::uint16_t>(slot));
        }
        search.keep_only(b, slots);
      }
      if (random() % 4 == 0) {
        const std::size_t slot = random() % table.blocks[b]->coded.count();
        searched[b * block_rows + slot] = false;
        search.exclude(b, slot);
      }
    }
    for (const std::size_t k :
         {std::size_t{1}, std::size_t{10}, std::size_t{random() % 100}, std::size_t{1000}}) {
      const auto found = search.nearest(k, [&](std::size_t block, std::size_t slot) {
        ++measured;
        return table.scored(block, slot);
      });
      rows += table.made.count;
      ASSERT_EQ(entries(found), entries(table.expected(k, searched)))
          << "table " << t << ": " << kind << ' ' << table.made.count << " x " << dims << ", k = " << k
          << ", metric " << static_cast<int>(metric);
    }
  }
  EXPECT_LT(measured, rows);  // it must exclude some rows without measuring them
}

TEST(BoundedSearch, MeasuresFewRows) {
  std::mt19937 random(kSeed);
  const Table table(Metric::l2, testing::generate_rows("unit", 384, 4000, random), 1024, random);
  const CodeBounds bounds(Metric::l2, table.center, from_floats(table.made.query));
  BoundedSearch search(bounds);
  for (const auto& block : table.blocks) search.add(block->coded);
  search.bound(1);
  std::size_t measured = 0;
  search.nearest(10, [&](std::size_t block, std::size_t slot) {
    ++measured;
    return table.scored(block, slot);
  });
  EXPECT_LT(measured, 400u);
}

TEST(BoundedSearch, OfNothingFindsNothing) {
  const CodeBounds bounds(Metric::l2, std::vector<float>(64), from_floats(std::vector<float>(64, 1.0f)));
  BoundedSearch search(bounds);
  search.bound(1);
  EXPECT_TRUE(search.nearest(5, [](std::size_t, std::size_t) { return Scored{}; }).empty());
}

}  // namespace
}  // namespace cairn::vector
