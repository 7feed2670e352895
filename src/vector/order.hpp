// The order in which a search hands rows out: ascending distance, ties by rank.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace cairn::vector {

// The place of a row as a number. As a rank it has blocks as they come, and within one the higher slot first,
// which is sqlite-vec's order of ties.
inline constexpr unsigned kSlotBits = 12;  // a block has at most 4096 slots
inline constexpr std::uint64_t kSlotMask = (1u << kSlotBits) - 1;

constexpr std::uint64_t place_of(std::size_t block, std::size_t slot) noexcept {
  return (block << kSlotBits) | (kSlotMask - slot);
}
constexpr std::size_t block_of(std::uint64_t place) noexcept {
  return static_cast<std::size_t>(place >> kSlotBits);
}
constexpr std::size_t slot_of(std::uint64_t place) noexcept {
  return static_cast<std::size_t>(kSlotMask - (place & kSlotMask));
}

struct Scored {
  float distance;
  std::uint64_t rank;   // unique within a search; the lower comes first where distances are equal
  std::uint64_t place;  // where the row is: place_of() or what the caller likes
};

constexpr bool operator<(const Scored& a, const Scored& b) noexcept {
  return a.distance != b.distance ? a.distance < b.distance : a.rank < b.rank;
}

// Keeps the k first of what is pushed. It buffers up to twice k and then drops the worse half, so a push
// costs O(1) on average whatever k is.
class TopK {
 public:
  explicit TopK(std::size_t k) : k_(k) {}

  void push(Scored entry) {
    if (full_ && !(entry < worst_)) return;
    if (k_ == 0) return;
    kept_.push_back(entry);
    if (kept_.size() >= capacity()) shrink();
  }

  // An entry at a greater distance is not among the k first.
  float reach() const noexcept { return full_ ? worst_.distance : std::numeric_limits<float>::infinity(); }
  std::size_t k() const noexcept { return k_; }
  // What is kept so far, the k first among it, in no order.
  const std::vector<Scored>& entries() const noexcept { return kept_; }
  // The k first in order. Leaves this empty.
  std::vector<Scored> take_sorted();

 private:
  // Small k gets room as well, so that shrinking stays rare.
  std::size_t capacity() const noexcept {
    return k_ > kUnbounded ? std::numeric_limits<std::size_t>::max() : 2 * k_ + 64;
  }
  void shrink();

  static constexpr std::size_t kUnbounded = std::size_t{1} << 40;  // beyond any table: keep everything
  std::size_t k_;
  bool full_ = false;  // k entries were seen, and worst_ is the k-th of those at the last shrink
  Scored worst_{};
  std::vector<Scored> kept_;
};

// Every entry in order, lazily: the first batch costs one selection over all, each further one a selection
// over the rest, and batches grow, so that a reader who stops early never pays for a full sort.
class Ascending {
 public:
  Ascending() = default;
  explicit Ascending(std::vector<Scored> entries) : entries_(std::move(entries)) {}

  // The entry at that place in the order, or null behind the last. Valid until the next call.
  // Meant for readers that start at 0 and go on from place to place.
  const Scored* at(std::size_t place);
  // In no order that the caller may rely on.
  const std::vector<Scored>& entries() const noexcept { return entries_; }

 private:
  static constexpr std::size_t kFirstBatch = 128;

  std::vector<Scored> entries_;
  std::size_t sorted_ = 0;  // entries_[0, sorted_) are the first ones, in order
  std::size_t batch_ = kFirstBatch;
};

}  // namespace cairn::vector
