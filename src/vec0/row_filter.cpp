#include "vec0/row_filter.hpp"

#include <algorithm>

#include "vec0/metadata.hpp"
#include "vec0/shadow.hpp"

namespace cairn::vec0 {

RowFilter::RowFilter(Storage& storage, const std::vector<Condition>& conditions, MixedTypes mixed)
    : storage_(storage), mixed_(mixed) {
  for (const Condition& condition : conditions) {
    switch (condition.column.kind) {
      case ColumnKind::partition:
        by_partition_.push_back(&condition);
        break;
      case ColumnKind::metadata:
        by_metadata_.push_back(&condition);
        break;
      case ColumnKind::primary_key:
      case ColumnKind::auxiliary:
        by_row_.push_back(&condition);
        break;
      default:
        break;
    }
  }
}

bool RowFilter::partitions_hold(const Chunk& chunk) const {
  return std::all_of(by_partition_.begin(), by_partition_.end(), [&](const Condition* condition) {
    return holds(*condition, chunk.partitions[condition->column.index], mixed_);
  });
}

Value RowFilter::cell(const Condition& condition, std::int64_t rowid) {
  if (condition.column.kind == ColumnKind::auxiliary)
    return storage_.auxiliaries_of(rowid)[condition.column.index];
  return storage_.table().has_text_key() ? Value::of_text(storage_.key_of(rowid)) : Value::of_integer(rowid);
}

void RowFilter::keep_matching_metadata(const Condition& condition, const Chunk& chunk,
                                       std::vector<std::uint16_t>& slots) {
  const std::size_t column = condition.column.index;
  const MetadataType type = storage_.table().metadata[column].type;
  {
    const sqlite::Blob blob =
        storage_.open(metadata_chunks(column), "data", chunk.id, sqlite::Blob::Mode::read);
    if (blob.size() != metadata_blob_size(type, storage_.table().chunk_size))
      storage_.throw_corrupt(metadata_chunks(column), chunk.id, "the metadata blob has the wrong size");
    blob_.resize(blob.size());
    blob.read(blob_, 0);
  }
  std::erase_if(slots, [&](std::uint16_t slot) {
    const CellRange range = metadata_cell(type, slot);
    MetadataCell decoded = decode_metadata(type, std::span(blob_).subspan(range.offset, range.size), slot);
    if (decoded.is_long) decoded.value.bytes = storage_.long_text(column, chunk.rowids[slot]);
    return !holds(condition, decoded.value, mixed_);
  });
}

void RowFilter::select(const Chunk& chunk, std::vector<std::uint16_t>& slots) {
  slots.clear();
  if (!partitions_hold(chunk)) return;
  for (std::size_t slot = 0; slot < chunk.rowids.size(); ++slot)
    if (chunk.is_live(slot)) slots.push_back(static_cast<std::uint16_t>(slot));
  for (const Condition* condition : by_metadata_)
    if (!slots.empty()) keep_matching_metadata(*condition, chunk, slots);
  for (const Condition* condition : by_row_)
    std::erase_if(slots, [&](std::uint16_t slot) {
      return !holds(*condition, cell(*condition, chunk.rowids[slot]), mixed_);
    });
}

}  // namespace cairn::vec0
