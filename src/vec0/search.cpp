#include "vec0/search.hpp"

#include <algorithm>
#include <limits>

#include "vec0/chunk_blob.hpp"
#include "vec0/counters.hpp"
#include "vec0/row_filter.hpp"

namespace cairn::vec0 {
namespace {

// Rank orders ties: chunks as they were read, and within one the higher slot first.
constexpr unsigned kSlotBits = 12;  // a chunk has at most 4096 slots
constexpr std::uint64_t kSlotMask = (1u << kSlotBits) - 1;

std::uint64_t rank_of(std::size_t chunk, std::size_t slot) {
  return (chunk << kSlotBits) | (kSlotMask - slot);
}
std::size_t chunk_of(std::uint64_t rank) {
  return static_cast<std::size_t>(rank >> kSlotBits);
}
std::size_t slot_of(std::uint64_t rank) {
  return static_cast<std::size_t>(kSlotMask - (rank & kSlotMask));
}

// Distances of chosen slots of chunk after chunk. Reads a block that fits a core's cache, scores it,
// reads the next: a vector comes from memory once. Blocks without a chosen slot are not read.
class BlockScorer {
 public:
  BlockScorer(Storage& storage, const SearchRequest& request)
      : storage_(storage),
        column_(storage.table().vectors[request.vector_column]),
        vectors_(ChunkBlob::of_vectors(storage, request.vector_column)),
        distance_(column_.metric, request.query),
        block_rows_(
            std::clamp<std::size_t>(kBlockBytes / column_.byte_size(), 1, storage.table().chunk_size)),
        bytes_(block_rows_ * column_.byte_size()),
        distances_(block_rows_) {}

  template <class Sink>
  void score(std::int64_t chunk, const std::vector<std::uint16_t>& slots, Sink sink) {
    const sqlite::Blob& blob = vectors_.at(chunk);
    std::size_t next = 0;
    while (next < slots.size()) {
      const std::size_t first = slots[next] / block_rows_ * block_rows_;
      const std::size_t count = std::min(block_rows_, storage_.table().chunk_size - first);
      blob.read(std::span(bytes_).first(count * column_.byte_size()), first * column_.byte_size());
      distance_(bytes_.data(), count, distances_.data());
      for (; next < slots.size() && slots[next] < first + count; ++next)
        sink(slots[next], distances_[slots[next] - first]);
    }
  }

 private:
  static constexpr std::size_t kBlockBytes = 96 * 1024;

  Storage& storage_;
  const VectorColumn& column_;
  ChunkBlob vectors_;
  vector::DistanceTo distance_;
  std::size_t block_rows_;
  std::vector<std::byte> bytes_;
  std::vector<float> distances_;
};

bool distance_holds(std::vector<Predicate>& predicates, float distance) {
  return std::all_of(predicates.begin(), predicates.end(), [&](Predicate& predicate) {
    return predicate(Value::of_real(static_cast<double>(distance)));
  });
}

}  // namespace

template <class Sink>
void Search::scan(Storage& storage, const SearchRequest& request, Sink sink) {
  // With k, SQLite's own check comes too late to find replacements, so text and numbers are compared
  // strictly.
  const MixedTypes mixed = request.k ? MixedTypes::compare : MixedTypes::keep;
  RowFilter filter(storage, request.conditions, mixed);
  std::vector<Predicate> by_distance;
  for (const Condition& condition : request.conditions)
    if (condition.column.kind == ColumnKind::distance)
      by_distance.emplace_back(storage.db(), condition, mixed);

  BlockScorer scorer(storage, request);
  Chunk chunk;
  std::vector<std::uint16_t> slots;
  while (filter.next(chunk, slots)) {
    if (slots.empty()) continue;
    const std::size_t ordinal = chunks_.size();
    scorer.score(chunk.id, slots, [&](std::size_t slot, float distance) {
      if (distance_holds(by_distance, distance)) sink(vector::Scored{distance, rank_of(ordinal, slot)});
    });
    chunks_.push_back({chunk.id, std::move(chunk.rowids)});
  }
}

Search::Search(Storage& storage, SearchRequest request) {
  counters().searches += 1;
  if (request.k) {
    vector::TopK nearest(*request.k);
    if (*request.k > 0) scan(storage, request, [&](const vector::Scored& entry) { nearest.push(entry); });
    order_ = vector::Ascending(nearest.take_sorted());
  } else {
    std::vector<vector::Scored> all;
    // Room at once: growing would move the entries and give fresh memory back to the kernel each time.
    all.reserve(static_cast<std::size_t>(storage.estimated_rows()));
    scan(storage, request, [&](const vector::Scored& entry) { all.push_back(entry); });
    order_ = vector::Ascending(std::move(all));
  }
}

Row Search::row_of(const vector::Scored& entry) const {
  const ChunkRows& chunk = chunks_[chunk_of(entry.rank)];
  const std::size_t slot = slot_of(entry.rank);
  return {chunk.rowids[slot], {chunk.id, slot}, entry.distance};
}

std::optional<Row> Search::row(std::size_t place) {
  const vector::Scored* entry = order_.at(place);
  if (!entry) return std::nullopt;
  counters().rows_handed += 1;
  return row_of(*entry);
}

std::optional<Row> Search::find(std::int64_t rowid) {
  if (by_rowid_.empty()) {
    for (const vector::Scored& entry : order_.entries()) by_rowid_.emplace_back(row_of(entry).rowid, entry);
    std::sort(by_rowid_.begin(), by_rowid_.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
  }
  const auto found = std::lower_bound(by_rowid_.begin(), by_rowid_.end(), rowid,
                                      [](const auto& entry, std::int64_t id) { return entry.first < id; });
  if (found == by_rowid_.end() || found->first != rowid) return std::nullopt;
  return row_of(found->second);
}

}  // namespace cairn::vec0
