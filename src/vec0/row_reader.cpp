#include "vec0/row_reader.hpp"

#include <fmt/format.h>

#include "vec0/metadata.hpp"
#include "vec0/shadow.hpp"

namespace cairn::vec0 {

void RowReader::reset() {
  blobs_.clear();
  forget_values();
  writes_ = storage_.writes();
}

void RowReader::read(const std::string& suffix, const char* column, std::int64_t chunk,
                     std::size_t expected_size, std::span<std::byte> out, std::size_t offset) {
  if (writes_ != storage_.writes()) reset();  // a write makes open blobs expire
  auto found = blobs_.find(suffix);
  if (found != blobs_.end() && found->second.chunk != chunk) {
    blobs_.erase(found);
    found = blobs_.end();
  }
  if (found == blobs_.end()) {
    found =
        blobs_
            .emplace(suffix, OpenBlob{storage_.open(suffix, column, chunk, sqlite::Blob::Mode::read), chunk})
            .first;
    if (found->second.blob.size() != expected_size) {
      const std::size_t size = found->second.blob.size();
      blobs_.erase(found);
      storage_.throw_corrupt(suffix, chunk,
                             fmt::format("the blob holds {} bytes instead of {}", size, expected_size));
    }
  }
  found->second.blob.read(out, offset);
}

void RowReader::vector(std::size_t column, const Row& row, std::vector<std::byte>& out) {
  const std::size_t size = storage_.table().vectors[column].byte_size();
  out.resize(size);
  read(vector_chunks(column), "vectors", row.at.chunk, size * storage_.table().chunk_size, out,
       row.at.slot * size);
}

Value RowReader::metadata(std::size_t column, const Row& row) {
  const MetadataType type = storage_.table().metadata[column].type;
  const CellRange range = metadata_cell(type, row.at.slot);
  std::array<std::byte, 16> cell{};
  const std::span<std::byte> bytes(cell.data(), range.size);
  read(metadata_chunks(column), "data", row.at.chunk, metadata_blob_size(type, storage_.table().chunk_size),
       bytes, range.offset);
  MetadataCell decoded = decode_metadata(type, bytes, row.at.slot);
  if (decoded.is_long) decoded.value.bytes = storage_.long_text(column, row.rowid);
  return std::move(decoded.value);
}

const Value& RowReader::partition(std::size_t column, const Row& row) {
  if (partitions_of_ != row.at.chunk) {
    partitions_ = storage_.partitions_of(row.at.chunk);
    partitions_of_ = row.at.chunk;
  }
  return partitions_[column];
}

const Value& RowReader::auxiliary(std::size_t column, const Row& row) {
  if (writes_ != storage_.writes()) reset();
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
