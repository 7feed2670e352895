#include "vec0/search.hpp"

#include <algorithm>

#include "vec0/counters.hpp"
#include "vec0/row_filter.hpp"
#include "vec0/thresholds.hpp"

namespace cairn::vec0 {
namespace {

// A stream finds so many rows first, then four times as many, and so on.
constexpr std::size_t kFirstRows = 128;
constexpr std::size_t kGrowth = 4;
// Bounds pay if there are so many times more rows than are wanted, and at most so many times more codes than
// rows.
constexpr std::size_t kRowsPerWanted = 8;

// With k, SQLite's own check comes too late to find replacements, so text and numbers are compared strictly.
MixedTypes mixed_types(const SearchRequest& request) {
  return request.k ? MixedTypes::compare : MixedTypes::keep;
}

}  // namespace

Search::Search(Storage& storage, SearchRequest request)
    : request_(std::move(request)),
      memory_(storage.residency(request_.vector_column).current()),
      distances_(storage, request_.vector_column, request_.query),
      ties_by_rowid_(storage.table().index() == Index::cairn) {
  counters().searches += 1;
  if (request_.k == 0) return;
  // The vectors of a stream's later rows could have changed when they are read.
  if (memory_ && !memory_->has_vectors && !request_.k && !storage.writes_vectors_once()) memory_ = nullptr;
  counters().resident_searches += memory_ != nullptr;
  for (const Condition& condition : request_.conditions)
    if (condition.column.kind == ColumnKind::distance)
      by_distance_.emplace_back(storage.db(), condition, mixed_types(request_));

  if (memory_) {
    choose_candidates(storage);
    if (!try_bounds(storage, request_.k.value_or(kFirstRows))) measure_all();
  } else {
    scan(storage);
  }
}

// What measured rows come to: the k nearest of them, or all.
class Search::Measured {
 public:
  Measured(const Search& search, std::optional<std::size_t> k) : search_(search) {
    if (k) nearest_.emplace(*k);
  }

  void add(std::size_t block, std::span<const std::uint16_t> slots, std::span<const float> distances) {
    if (!nearest_) {
      for (std::size_t i = 0; i < slots.size(); ++i)
        all_.push_back(search_.scored(distances[i], block, slots[i]));
      return;
    }
    float reach = nearest_->reach();
    for (std::size_t i = 0; i < slots.size(); ++i) {
      if (distances[i] > reach) continue;
      nearest_->push(search_.scored(distances[i], block, slots[i]));
      reach = nearest_->reach();
    }
  }
  vector::TopK& nearest() { return *nearest_; }
  vector::Ascending take() { return vector::Ascending(nearest_ ? nearest_->take_sorted() : std::move(all_)); }

 private:
  const Search& search_;
  std::optional<vector::TopK> nearest_;
  std::vector<vector::Scored> all_;
};

// Chunk by chunk, so that pages which lie together are read together, with the count of rows at the end:
// where the file is not in memory, going to and fro in it costs more than all of its vectors.
void Search::scan(Storage& storage) {
  RowFilter filter(storage, request_.conditions, mixed_types(request_));
  const std::unique_ptr<CodeScan> codes = make_code_scan(storage);
  const std::optional<std::size_t> wanted = codes && !request_.k ? kFirstRows : request_.k;
  Measured measured(*this, wanted);
  std::vector<std::uint16_t> slots;
  while (auto chunk = filter.next(slots)) {
    if (slots.empty()) continue;
    const std::size_t block = chunks_.size();
    chunks_.push_back(
        {chunk, nullptr, codes ? std::make_shared<const std::vector<std::uint16_t>>(slots) : nullptr});
    rows_ += slots.size();
    if (codes && CodeScan::has_codes(*chunk))
      codes->add(block, *chunk, slots);
    else
      measure(block, chunk->id, nullptr, slots, measured);
  }
  if (codes) {
    codes->push_nearest(measured.nearest(), [&](std::size_t block, std::size_t slot) {
      return scored(distances_.measure(chunks_[block].chunk->id, nullptr, slot), block, slot);
    });
    is_partial_ = !request_.k;
    found_ = *wanted;
  }
  order_ = measured.take();
  storage.residency(request_.vector_column).saw(filter.live_rows());
}

// For the first rows of a search, if there are codes that tell which these are. A stream goes on to measure
// the others later, which in a write transaction could have been rolled back by then.
std::unique_ptr<CodeScan> Search::make_code_scan(Storage& storage) const {
  auto* const table = dynamic_cast<CairnStorage*>(&storage);
  const VectorColumn& column = storage.table().vectors[request_.vector_column];
  const auto wanted = static_cast<double>(request_.k.value_or(kFirstRows));
  if (!table || !has_code_packs(column) || !by_distance_.empty() ||
      wanted * static_cast<double>(kRowsPerWanted) > storage.estimated_rows() ||
      (!request_.k && sqlite3_txn_state(storage.db(), storage.table().schema.c_str()) == SQLITE_TXN_WRITE))
    return nullptr;
  const std::vector<float> center = table->center(request_.vector_column);
  if (center.empty()) return nullptr;
  auto codes = std::make_unique<CodeScan>(*table, request_.vector_column, center, request_.query,
                                          request_.k.value_or(kFirstRows));
  return codes->is_usable() ? std::move(codes) : nullptr;
}

vector::Scored Search::scored(float distance, std::size_t block, std::size_t slot) const {
  const std::uint64_t place = vector::place_of(block, slot);
  if (!ties_by_rowid_) return {distance, place, place};
  constexpr std::uint64_t kSign = std::uint64_t{1} << 63;
  return {distance, static_cast<std::uint64_t>(chunks_[block].chunk->rowids[slot]) ^ kSign, place};
}

void Search::choose_candidates(Storage& storage) {
  if (request_.conditions.size() == by_distance_.size()) {
    for (const ResidentChunk& chunk : memory_->chunks)
      if (!chunk.live->empty()) chunks_.push_back({chunk.rows, chunk.vectors.get(), chunk.live});
    rows_ = memory_->rows;
    return;
  }
  RowFilter filter(storage, request_.conditions, mixed_types(request_), memory_);
  std::vector<std::uint16_t> slots;
  while (auto chunk = filter.next(slots)) {
    if (slots.empty()) continue;
    rows_ += slots.size();
    chunks_.push_back({std::move(chunk), memory_->chunks[filter.position()].vectors.get(),
                       std::make_shared<std::vector<std::uint16_t>>(slots)});
  }
}

// Whether the first rows could be found by bounds.
bool Search::try_bounds(Storage& storage, std::size_t wanted) {
  const VectorColumn& column = storage.table().vectors[request_.vector_column];
  const bool has_codes = vector::has_codes(column.type, column.metric, column.dims);
  if (!has_codes || memory_->center.empty() || !by_distance_.empty() || rows_ < thresholds().bounded_rows ||
      wanted > rows_ / kRowsPerWanted)
    return false;
  std::size_t slots = 0;  // a pass over the codes goes over those of other rows too
  for (const Candidates& chunk : chunks_) slots += chunk.memory->slots();
  if (rows_ < slots / kRowsPerWanted) return false;
  bounded_ = std::make_unique<Bounded>(*memory_, column, request_.query);
  if (!bounded_->bounds.is_usable()) {
    bounded_.reset();
    return false;
  }
  for (const Candidates& chunk : chunks_) {
    if (chunk.memory->codes())
      bounded_->search.add(*chunk.memory->codes());
    else
      bounded_->search.add_uncoded(chunk.memory->slots());
  }
  bounded_->search.bound(storage.threads);
  for (std::size_t i = 0; i < chunks_.size(); ++i)
    if (chunks_[i].slots->size() != chunks_[i].memory->slots())
      bounded_->search.keep_only(i, *chunks_[i].slots);
  find_nearest(wanted);
  if (request_.k) bounded_.reset();
  is_partial_ = !request_.k;
  counters().bounded_searches += 1;
  return true;
}

void Search::find_nearest(std::size_t k) {
  order_ = vector::Ascending(bounded_->search.nearest(k, [&](std::size_t block, std::size_t slot) {
    const Candidates& chunk = chunks_[block];
    return scored(distances_.measure(chunk.chunk->id, vectors_of(chunk), slot), block, slot);
  }));
  found_ = k;
}

void Search::measure(std::size_t block, std::int64_t chunk, const std::byte* vectors,
                     std::span<const std::uint16_t> slots, Measured& measured) {
  distances_.measure(chunk, vectors, slots,
                     [&](std::span<const std::uint16_t> run, std::span<const float> distances) {
                       if (by_distance_.empty()) return measured.add(block, run, distances);
                       for (std::size_t i = 0; i < run.size(); ++i) {
                         const Value distance = Value::of_real(static_cast<double>(distances[i]));
                         if (std::all_of(by_distance_.begin(), by_distance_.end(),
                                         [&](Predicate& p) { return p(distance); }))
                           measured.add(block, run.subspan(i, 1), distances.subspan(i, 1));
                       }
                     });
}

void Search::measure_all() {
  bounded_.reset();
  is_partial_ = false;
  Measured measured(*this, request_.k);
  for (std::size_t block = 0; block < chunks_.size(); ++block) {
    const Candidates& chunk = chunks_[block];
    measure(block, chunk.chunk->id, vectors_of(chunk), *chunk.slots, measured);
  }
  order_ = measured.take();
}

Row Search::row_of(const vector::Scored& entry) const {
  const Chunk& chunk = *chunks_[vector::block_of(entry.place)].chunk;
  const std::size_t slot = vector::slot_of(entry.place);
  return {chunk.rowids[slot], {chunk.id, slot}, entry.distance};
}

std::optional<Row> Search::row(std::size_t place) {
  if (is_partial_ && place >= found_) {
    const std::size_t wanted = std::max(found_ * kGrowth, place + 1);
    if (bounded_ && wanted <= rows_ / kRowsPerWanted)
      find_nearest(wanted);
    else
      measure_all();
  }
  const vector::Scored* entry = order_.at(place);
  if (!entry) return std::nullopt;
  counters().rows_handed += 1;
  return row_of(*entry);
}

std::optional<Row> Search::find(std::int64_t rowid) {
  if (is_partial_) measure_all();
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
