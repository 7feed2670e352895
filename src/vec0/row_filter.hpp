// Which rows of a chunk satisfy the conditions of a scan.
#pragma once

#include <cstdint>
#include <vector>

#include "vec0/chunk_blob.hpp"
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
  struct MetadataTest {
    Predicate predicate;
    ChunkBlob blob;
  };
  bool partitions_hold(const Chunk& chunk);
  void keep_matching_metadata(MetadataTest& test, const Chunk& chunk, std::vector<std::uint16_t>& slots);
  Value cell(ColumnRef column, std::int64_t rowid);

  Storage& storage_;
  std::vector<std::vector<std::int64_t>> rowid_sets_;  // each sorted; a row must be in all
  std::vector<Predicate> by_partition_, by_row_;
  std::vector<MetadataTest> by_metadata_;
  std::vector<std::byte> cells_;
};

}  // namespace cairn::vec0
