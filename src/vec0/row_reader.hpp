// Cells of single rows, read on demand: a column that a query does not use is not read.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "vec0/storage.hpp"

namespace cairn::vec0 {

struct Row {
  std::int64_t rowid = 0;
  Location at{};
  std::optional<float> distance;
};

// Keeps one open blob per column, since walking inside a chunk is cheap only while its blob stays open, and
// the values of one row that come together. Belongs to one cursor.
class RowReader {
 public:
  explicit RowReader(Storage& storage) : storage_(storage) {}

  void vector(std::size_t column, const Row& row, std::vector<std::byte>& out);
  Value metadata(std::size_t column, const Row& row);
  const Value& partition(std::size_t column, const Row& row);
  const Value& auxiliary(std::size_t column, const Row& row);
  Value key(const Row& row);

  // Closes what is open and forgets what was read.
  void reset();
  // Forgets the values that were read, but leaves blobs open.
  void forget_values() noexcept {
    partitions_of_.reset();
    auxiliaries_of_.reset();
  }

 private:
  void forget_if_written() noexcept;

  Storage& storage_;
  std::vector<std::unique_ptr<VectorReader>> vectors_;     // by column
  std::vector<std::unique_ptr<MetadataReader>> metadata_;  // by column
  std::uint64_t writes_ = 0;                               // of the storage, when the values were read
  std::optional<std::int64_t> partitions_of_, auxiliaries_of_;
  std::vector<Value> partitions_, auxiliaries_;
};

}  // namespace cairn::vec0
