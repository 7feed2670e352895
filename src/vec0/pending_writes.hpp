// Changes to chunks that the shadow tables do not have yet.
//
// A chunk's vectors are one blob of some megabytes, and SQLite walks to a place inside it page by page. So
// the rows of one transaction are collected, and storage_flush.cpp writes each chunk's share at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "vec0/value.hpp"

namespace cairn::vec0 {

// What is to be written to slots of one blob, in the order of arrival: of two values for a slot the later
// counts.
class SlotValues {
 public:
  explicit SlotValues(std::size_t slot_size) : slot_size_(slot_size) {}

  // REQUIRES: value.size() is the slot size.
  void set(std::size_t slot, std::span<const std::byte> value) {
    entries_.push_back({slot, bytes_.size()});
    bytes_.insert(bytes_.end(), value.begin(), value.end());
  }
  // Sets the slot to zeros.
  void clear(std::size_t slot) { entries_.push_back({slot, kZeros}); }

  bool empty() const noexcept { return entries_.empty(); }
  // What the values take, zeros not counted.
  std::size_t bytes() const noexcept { return bytes_.size(); }
  // Forgets everything but the memory, for the next chunk.
  void reset() noexcept {
    entries_.clear();
    bytes_.clear();
  }

  // A whole new blob with these values and zeros elsewhere. Rows that came in slot order, as into a new
  // chunk, are that blob already; others are put in order in `scratch`. The view dies with the next change of
  // either.
  std::span<const std::byte> as_blob(std::size_t size, std::vector<std::byte>& scratch) {
    bool in_order = true;
    for (std::size_t i = 0; i < entries_.size(); ++i)
      in_order &= entries_[i].slot == i && entries_[i].offset == i * slot_size_;
    if (in_order) {
      bytes_.resize(size);
      return bytes_;
    }
    scratch.assign(size, std::byte{0});
    for_each_run([&](std::size_t slot, std::span<const std::byte> bytes) {
      std::memcpy(scratch.data() + slot * slot_size_, bytes.data(), bytes.size());
    });
    return scratch;
  }

  // Calls write(first slot, bytes) in the order of arrival, once for neighbours that came one after the
  // other.
  template <class Write>
  void for_each_run(Write write) const {
    const std::vector<std::byte> zeros(slot_size_);
    for (std::size_t i = 0; i < entries_.size();) {
      const Entry first = entries_[i++];
      if (first.offset == kZeros) {
        write(first.slot, std::span<const std::byte>(zeros));
        continue;
      }
      std::size_t count = 1;
      while (i < entries_.size() && entries_[i].slot == first.slot + count &&
             entries_[i].offset == first.offset + count * slot_size_) {
        ++count;
        ++i;
      }
      write(first.slot, std::span(bytes_).subspan(first.offset, count * slot_size_));
    }
  }

 private:
  static constexpr std::size_t kZeros = static_cast<std::size_t>(-1);
  struct Entry {
    std::size_t slot;
    std::size_t offset;  // into bytes_
  };

  std::size_t slot_size_;
  std::vector<Entry> entries_;
  std::vector<std::byte> bytes_;
};

struct ChunkChanges {
  bool is_new = false;    // it has a row in _chunks, but no blobs in the other tables
  std::size_t bytes = 0;  // that the changes take, about
  // Of a cairn() table (cairn_storage.hpp):
  std::size_t used = 0;         // slots that a row was ever written to, as it will be
  std::size_t stored_used = 0;  // and as it is
  std::size_t stored_slots = 0;
  bool is_filed = false;
  std::vector<Value> partitions;
  std::vector<std::byte> validity;  // as it will be
  SlotValues rowids{sizeof(std::int64_t)};
  std::vector<SlotValues> columns;  // the vector columns, then those of metadata; a boolean is a byte here

  void reset() noexcept {
    bytes = 0;
    rowids.reset();
    for (SlotValues& column : columns) column.reset();
  }
};

using PendingWrites = std::map<std::int64_t, ChunkChanges>;  // by chunk

// Orders tuples of partition values.
struct PartitionLess {
  bool operator()(const std::vector<Value>& a, const std::vector<Value>& b) const noexcept {
    for (std::size_t i = 0; i < a.size(); ++i)
      if (const int order = compare(a[i], b[i]); order != 0) return order < 0;
    return false;
  }
};

inline bool same_partitions(const std::vector<Value>& a, const std::vector<Value>& b) noexcept {
  const PartitionLess less;
  return !less(a, b) && !less(b, a);
}

// Bits, least significant first, as in a chunk's validity.
inline bool get_bit(std::span<const std::byte> bits, std::size_t i) noexcept {
  return (std::to_integer<unsigned>(bits[i / 8]) >> (i % 8)) & 1u;
}
inline void set_bit(std::span<std::byte> bits, std::size_t i, bool value) noexcept {
  const auto mask = static_cast<std::byte>(1u << (i % 8));
  bits[i / 8] = value ? bits[i / 8] | mask : bits[i / 8] & ~mask;
}
inline bool any_bit(std::span<const std::byte> bits) noexcept {
  for (const std::byte b : bits)
    if (b != std::byte{0}) return true;
  return false;
}
// Index of the first zero bit, or nothing.
inline std::optional<std::size_t> first_zero_bit(std::span<const std::byte> bits) noexcept {
  for (std::size_t i = 0; i < bits.size(); ++i)
    if (const auto byte = std::to_integer<unsigned>(bits[i]); byte != 0xFF)
      return i * 8 + static_cast<std::size_t>(__builtin_ctz(~byte));
  return std::nullopt;
}

}  // namespace cairn::vec0
