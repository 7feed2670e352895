// One pass over the codes of a cairn() column as they lie in the file, for a search that finds nothing in
// memory: a fifth of the bytes that the vectors take. Bounds choose the rows that may be among the nearest;
// the caller measures them. Exact, like vector/nearest.hpp, which works on codes in memory.
#pragma once

#include <vector>

#include "base/large_buffer.hpp"
#include "vec0/cairn_storage.hpp"
#include "vector/codes.hpp"
#include "vector/order.hpp"

namespace cairn::vec0 {

class CodeScan {
 public:
  // For the k nearest. `center`: CairnStorage::center().
  CodeScan(CairnStorage& storage, std::size_t column, std::span<const float> center,
           const vector::Vector& query, std::size_t k);

  // False for a query that has no bounds: then nothing else may be called.
  bool is_usable() const noexcept { return bounds_.is_usable(); }
  // Whether the chunk's rows have codes.
  static bool has_codes(const Chunk& chunk) noexcept { return chunk.slots() >= kCodedSlots; }
  // Takes the rows in `slots` into account.
  void add(std::size_t block, const Chunk& chunk, std::span<const std::uint16_t> slots);

  // Measures rows until no other can be among the k nearest, and pushes them. `measure(block, slot)` gives a
  // vector::Scored.
  template <class Measure>
  void push_nearest(vector::TopK& nearest, Measure measure) {
    std::sort(candidates_.begin(), candidates_.end(),
              [](const Candidate& a, const Candidate& b) { return a.low < b.low; });
    for (const Candidate& candidate : candidates_) {
      if (candidate.low > bounds_.reach(nearest.reach())) break;
      nearest.push(measure(vector::block_of(candidate.place), vector::slot_of(candidate.place)));
    }
  }

 private:
  struct Candidate {
    float low;
    std::uint64_t place;
  };

  PackReader codes_;
  vector::CodeBounds bounds_;
  vector::TopK highs_;  // upper bounds: as many as are wanted lie below the last
  std::vector<Candidate> candidates_;
  std::vector<std::byte> records_;
  LargeBuffer planes_;  // of one chunk
  std::vector<float> lower_;
  std::size_t dims_;
};

}  // namespace cairn::vec0
