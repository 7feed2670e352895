// Which rows of a chunk satisfy the conditions of a scan.
#pragma once

#include <cstdint>
#include <vector>

#include "vec0/condition.hpp"
#include "vec0/storage.hpp"

namespace cairn::vec0 {

class RowFilter {
 public:
  // `conditions` must outlive this; those on the distance are not looked at.
  RowFilter(Storage& storage, const std::vector<Condition>& conditions, MixedTypes mixed);

  // The live slots of `chunk` that satisfy every condition, ascending, into `slots`.
  void select(const Chunk& chunk, std::vector<std::uint16_t>& slots);

 private:
  bool partitions_hold(const Chunk& chunk) const;
  void keep_matching_metadata(const Condition& condition, const Chunk& chunk,
                              std::vector<std::uint16_t>& slots);
  Value cell(const Condition& condition, std::int64_t rowid);

  Storage& storage_;
  MixedTypes mixed_;
  std::vector<const Condition*> by_partition_, by_row_, by_metadata_;
  std::vector<std::byte> blob_;
};

}  // namespace cairn::vec0
