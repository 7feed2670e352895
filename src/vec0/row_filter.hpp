// Which rows of a chunk satisfy the conditions of a scan.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "vec0/chunk_blob.hpp"
#include "vec0/condition.hpp"
#include "vec0/storage.hpp"

namespace cairn::vec0 {

class RowFilter {
 public:
  // `conditions` must outlive this; those on the distance are not looked at.
  RowFilter(Storage& storage, const std::vector<Condition>& conditions, MixedTypes mixed);

  // Walks the chunks: the next one into `chunk`, and its live slots that satisfy every condition, ascending,
  // into `slots`. False at the end, where it throws corrupt if the chunks do not hold as many rows as the
  // table has.
  bool next(Chunk& chunk, std::vector<std::uint16_t>& slots);

 private:
  bool take_partition(const Condition& condition);
  void select(const Chunk& chunk, std::vector<std::uint16_t>& slots);
  struct MetadataTest {
    Predicate predicate;
    ChunkBlob blob;
  };
  void keep_matching_metadata(MetadataTest& test, const Chunk& chunk, std::vector<std::uint16_t>& slots);
  Value cell(ColumnRef column, std::int64_t rowid);

  Storage& storage_;
  std::vector<std::vector<std::int64_t>> rowid_sets_;  // each sorted; a row must be in all
  std::vector<Value> partitions_;                      // by column: the value that `=` wants, or NULL
  bool skips_chunks_ = false;
  std::vector<Predicate> by_partition_, by_row_;
  std::vector<MetadataTest> by_metadata_;
  std::vector<std::byte> cells_;

  std::int64_t last_chunk_ = std::numeric_limits<std::int64_t>::min();
  std::int64_t live_slots_ = 0;  // of the chunks so far
  std::uint64_t writes_;         // of the storage, at the start
};

}  // namespace cairn::vec0
