#include "vec0/row_reader.hpp"

#include <array>

#include "vec0/metadata.hpp"

namespace cairn::vec0 {

void RowReader::reset() {
  vectors_.clear();
  metadata_.clear();
  forget_values();
}

void RowReader::forget_if_written() noexcept {
  if (writes_ != storage_.writes()) forget_values();
  writes_ = storage_.writes();
}

void RowReader::vector(std::size_t column, const Row& row, std::vector<std::byte>& out) {
  vectors_.resize(storage_.table().vectors.size());
  if (!vectors_[column]) vectors_[column] = ChunkBlob::of_vectors(storage_, column);
  const std::size_t size = storage_.table().vectors[column].byte_size();
  out.resize(size);
  vectors_[column]->at(row.at.chunk).read(out, row.at.slot * size);
}

Value RowReader::metadata(std::size_t column, const Row& row) {
  metadata_.resize(storage_.table().metadata.size());
  if (!metadata_[column]) metadata_[column] = ChunkBlob::of_metadata(storage_, column);
  const MetadataType type = storage_.table().metadata[column].type;
  const CellRange range = metadata_cell(type, row.at.slot);
  std::array<std::byte, 16> cell{};
  const std::span<std::byte> bytes(cell.data(), range.size);
  metadata_[column]->at(row.at.chunk).read(bytes, range.offset);
  MetadataCell decoded = decode_metadata(type, bytes, row.at.slot);
  if (decoded.is_long) decoded.value.bytes = storage_.long_text(column, row.rowid);
  return std::move(decoded.value);
}

const Value& RowReader::partition(std::size_t column, const Row& row) {
  forget_if_written();
  if (partitions_of_ != row.at.chunk) {
    partitions_ = storage_.partitions_of(row.at.chunk);
    partitions_of_ = row.at.chunk;
  }
  return partitions_[column];
}

const Value& RowReader::auxiliary(std::size_t column, const Row& row) {
  forget_if_written();
  if (auxiliaries_of_ != row.rowid) {
    auxiliaries_ = storage_.auxiliaries_of(row.rowid);
    auxiliaries_of_ = row.rowid;
  }
  return auxiliaries_[column];
}

Value RowReader::key(const Row& row) {
  return storage_.table().has_text_key() ? Value::of_text(storage_.key_of(row.rowid))
                                         : Value::of_integer(row.rowid);
}

}  // namespace cairn::vec0
