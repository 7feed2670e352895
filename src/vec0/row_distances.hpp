// Distances of chosen slots of chunk after chunk, from memory or from the shadow tables. Reads a block that
// fits a core's cache, scores it, reads the next: a vector comes from memory once. What lies between chosen
// slots is passed over, but for small gaps.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "vec0/storage.hpp"
#include "vector/distance.hpp"

namespace cairn::vec0 {

class RowDistances {
 public:
  RowDistances(Storage& storage, std::size_t vector_column, vector::Vector query)
      : column_(storage.table().vectors[vector_column]),
        reader_(storage.vectors(vector_column)),
        distance_(column_.metric, std::move(query)),
        block_rows_(
            std::clamp<std::size_t>(kBlockBytes / column_.byte_size(), 1, storage.table().chunk_size)),
        gap_(std::max<std::size_t>(kGapBytes / column_.byte_size(), 1)),
        bytes_(block_rows_ * column_.byte_size()),
        distances_(block_rows_) {}

  // Calls sink(slots, distances) for one run after another of `slots`, which ascend. `vectors` are those of
  // the chunk, or null to read them.
  template <class Sink>
  void measure(std::int64_t chunk, const std::byte* vectors, std::span<const std::uint16_t> slots,
               Sink sink) {
    for (std::size_t next = 0; next < slots.size();) {
      const std::size_t first = slots[next];
      std::size_t end = next + 1;
      while (end < slots.size() && slots[end] < first + block_rows_ && slots[end] <= slots[end - 1] + gap_)
        ++end;
      const std::size_t count = slots[end - 1] + std::size_t{1} - first;
      distance_(bytes_of(chunk, vectors, first, count), count, distances_.data());
      const auto run = slots.subspan(next, end - next);
      if (run.size() != count)
        for (std::size_t i = 0; i < run.size(); ++i) distances_[i] = distances_[run[i] - first];
      sink(run, std::span<const float>(distances_).first(run.size()));
      next = end;
    }
  }

  float measure(std::int64_t chunk, const std::byte* vectors, std::size_t slot) {
    float distance = 0;
    distance_(bytes_of(chunk, vectors, slot, 1), 1, &distance);
    return distance;
  }

 private:
  static constexpr std::size_t kBlockBytes = 96 * 1024;
  static constexpr std::size_t kGapBytes = 8 * 1024;

  const std::byte* bytes_of(std::int64_t chunk, const std::byte* vectors, std::size_t first,
                            std::size_t count) {
    const std::size_t size = column_.byte_size();
    if (vectors) return vectors + first * size;
    reader_->read(chunk, first, count, bytes_.data());
    return bytes_.data();
  }

  const VectorColumn& column_;
  std::unique_ptr<VectorReader> reader_;
  vector::DistanceTo distance_;
  std::size_t block_rows_, gap_;
  std::vector<std::byte> bytes_;
  std::vector<float> distances_;
};

}  // namespace cairn::vec0
