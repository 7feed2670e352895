#include "vec0/code_scan.hpp"

namespace cairn::vec0 {

CodeScan::CodeScan(CairnStorage& storage, std::size_t column, std::span<const float> center,
                   const vector::Vector& query, std::size_t k)
    : codes_(storage, code_packs(storage.table(), column)),
      bounds_(storage.table().vectors[column].metric, center, query),
      highs_(k),
      planes_(vector::CodedRows::byte_size(storage.table().chunk_size, center.size())),
      dims_(center.size()) {}

void CodeScan::add(std::size_t block, const Chunk& chunk, std::span<const std::uint16_t> slots) {
  records_.resize(chunk.used * codes_.table().record);
  codes_.read_live(chunk, 0, chunk.used, records_.data());
  const vector::CodedRows rows(dims_, chunk.slots(), chunk.used, planes_.data(), 0, records_.data());
  lower_.resize(chunk.used);
  bounds_.lower(rows, lower_.data());
  for (const std::uint16_t slot : slots) {
    if (lower_[slot] > bounds_.reach_of_key(highs_.reach())) continue;
    const auto key = bounds_.interval(rows, slot);
    if (key.low > bounds_.reach_of_key(highs_.reach())) continue;
    const std::uint64_t place = vector::place_of(block, slot);
    candidates_.push_back({key.low, place});
    highs_.push({key.high, place, place});
  }
}

}  // namespace cairn::vec0
