#include "vec0/chunk_blob.hpp"

#include <fmt/format.h>

#include "cairn/error.hpp"
#include "vec0/metadata.hpp"
#include "vec0/shadow.hpp"

namespace cairn::vec0 {

ChunkBlob ChunkBlob::of_vectors(Storage& storage, std::size_t column) {
  const TableDefinition& table = storage.table();
  return {storage, vector_chunks(column), "vectors", table.vectors[column].byte_size() * table.chunk_size};
}

ChunkBlob ChunkBlob::of_metadata(Storage& storage, std::size_t column) {
  const TableDefinition& table = storage.table();
  return {storage, metadata_chunks(column), "data",
          metadata_blob_size(table.metadata[column].type, table.chunk_size)};
}

// False if it has to be opened anew, which also says best what is wrong.
bool ChunkBlob::reopen(std::int64_t chunk) {
  if (!blob_ || writes_ != storage_->writes()) return false;
  if (chunk == chunk_) return true;
  try {
    blob_->reopen(chunk);
  } catch (const Error&) {
    return false;
  }
  return true;
}

const sqlite::Blob& ChunkBlob::at(std::int64_t chunk) {
  if (!reopen(chunk)) {
    blob_.reset();
    blob_.emplace(storage_->open(suffix_, column_, chunk, sqlite::Blob::Mode::read));
    writes_ = storage_->writes();
  }
  chunk_ = chunk;
  if (blob_->size() != size_) {
    const std::size_t size = blob_->size();
    blob_.reset();
    storage_->throw_corrupt(suffix_, chunk,
                            fmt::format("the blob holds {} bytes instead of {}", size, size_));
  }
  return *blob_;
}

}  // namespace cairn::vec0
