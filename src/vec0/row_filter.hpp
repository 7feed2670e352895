// Which rows of a chunk satisfy the conditions of a scan.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "vec0/condition.hpp"
#include "vec0/resident.hpp"
#include "vec0/storage.hpp"

namespace cairn::vec0 {

class RowFilter {
 public:
  // `conditions` must outlive this; those on the distance are not looked at. Chunks come from `memory` if
  // that is not null.
  RowFilter(Storage& storage, const std::vector<Condition>& conditions, MixedTypes mixed,
            std::shared_ptr<const ResidentColumn> memory = nullptr);
  RowFilter(const RowFilter&) = delete;  // wanted_ refers to this
  RowFilter& operator=(const RowFilter&) = delete;

  // Walks the chunks: the next one, and its live slots that satisfy every condition, ascending, into `slots`.
  // Null at the end, where it throws corrupt if the chunks do not hold as many rows as the table has.
  std::shared_ptr<const Chunk> next(std::vector<std::uint16_t>& slots);
  // Of the chunks so far, when they do not come from `memory`.
  std::size_t live_rows() const noexcept { return static_cast<std::size_t>(live_slots_); }
  // Of the chunk that next() gave, in `memory`.
  std::size_t position() const noexcept { return next_in_memory_ - 1; }

 private:
  std::shared_ptr<const Chunk> next_chunk();
  bool wants(const Chunk& chunk) const;
  void select(const Chunk& chunk, std::vector<std::uint16_t>& slots);
  struct MetadataTest {
    Predicate predicate;
    std::unique_ptr<MetadataReader> reader;
  };
  void keep_matching_metadata(MetadataTest& test, const Chunk& chunk, std::vector<std::uint16_t>& slots);
  Value cell(ColumnRef column, std::int64_t rowid);

  Storage& storage_;
  std::shared_ptr<const ResidentColumn> memory_;
  std::size_t next_in_memory_ = 0;
  std::vector<std::vector<std::int64_t>> rowid_sets_;  // each sorted; a row must be in all
  std::vector<Predicate> by_partition_, by_row_;
  std::vector<MetadataTest> by_metadata_;
  MetadataCells cells_;

  Storage::WantedChunks wanted_;
  bool sees_every_chunk_ = true;
  std::int64_t last_chunk_ = std::numeric_limits<std::int64_t>::min();
  std::int64_t live_slots_ = 0;  // of the chunks so far
  std::uint64_t writes_;         // of the storage, at the start
};

}  // namespace cairn::vec0
