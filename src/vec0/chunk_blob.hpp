// The blob of one vector or metadata column, moved from chunk to chunk. Its size is checked at each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "sqlite/blob.hpp"
#include "vec0/storage.hpp"

namespace cairn::vec0 {

class ChunkBlob {
 public:
  static ChunkBlob of_vectors(Storage& storage, std::size_t column);
  static ChunkBlob of_metadata(Storage& storage, std::size_t column);

  // Open for reading; valid until the next call or write.
  const sqlite::Blob& at(std::int64_t chunk);

 private:
  ChunkBlob(Storage& storage, std::string suffix, const char* column, std::size_t size)
      : storage_(&storage), suffix_(std::move(suffix)), column_(column), size_(size) {}
  bool reopen(std::int64_t chunk);

  Storage* storage_;
  std::string suffix_;
  const char* column_;
  std::size_t size_;
  std::optional<sqlite::Blob> blob_;
  std::int64_t chunk_ = 0;    // of blob_
  std::uint64_t writes_ = 0;  // of the storage, when blob_ was opened: a write makes it expire
};

}  // namespace cairn::vec0
