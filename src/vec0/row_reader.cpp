#include "vec0/row_reader.hpp"

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
  if (!vectors_[column]) vectors_[column] = storage_.vectors(column);
  out.resize(storage_.table().vectors[column].byte_size());
  vectors_[column]->read(row.at.chunk, row.at.slot, 1, out.data());
}

Value RowReader::metadata(std::size_t column, const Row& row) {
  metadata_.resize(storage_.table().metadata.size());
  if (!metadata_[column]) metadata_[column] = storage_.metadata(column);
  MetadataCell decoded = metadata_[column]->read_one(row.at.chunk, row.at.slot);
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
