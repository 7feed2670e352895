#include "vec0/search.hpp"

#include <algorithm>

#include "vec0/counters.hpp"
#include "vec0/resident_lists.hpp"
#include "vec0/row_filter.hpp"
#include "vec0/thresholds.hpp"

namespace cairn::vec0 {
namespace {

// A stream finds so many rows first, then four times as many, and so on.
constexpr std::size_t kFirstRows = 128;
constexpr std::size_t kGrowth = 4;
// Bounds pay if there are so many times more rows than are wanted, and at most so many times more codes than
// rows: a code is passed in a thirtieth of the time that a distance takes.
constexpr std::size_t kRowsPerWanted = 8;
constexpr std::size_t kCodesPerRow = 32;

// With k, SQLite's own check comes too late to find replacements, so text and numbers are compared strictly.
MixedTypes mixed_types(const SearchRequest& request) {
  return request.k ? MixedTypes::compare : MixedTypes::keep;
}

}  // namespace

Search::Search(Storage& storage, SearchRequest request)
    : storage_(storage),
      request_(std::move(request)),
      memory_(storage.residency(request_.vector_column).current()),
      distances_(storage, request_.vector_column, request_.query),
      ties_by_rowid_(storage.table().index() == Index::cairn) {
  counters().searches += 1;
  report_.recall = request_.recall;
  const std::uint64_t read_before = storage.bytes_read;
  if (request_.k != 0) start();
  report_.bytes_read = storage.bytes_read - read_before;
  storage.last_search = report_;
}

void Search::start() {
  // The vectors of a stream's later rows could have changed when they are read.
  if (memory_ && memory_->kept != Kept::vectors && !request_.k && !storage_.writes_vectors_once())
    memory_ = nullptr;
  counters().resident_searches += memory_ != nullptr;
  for (const Condition& condition : request_.conditions)
    if (condition.column.kind == ColumnKind::distance)
      by_distance_.emplace_back(storage_.db(), condition, mixed_types(request_));

  const std::size_t wanted = request_.k.value_or(kFirstRows);
  if (memory_ && try_lists(wanted)) return;
  if (memory_ && memory_->kept == Kept::places) {
    memory_ = nullptr;
    chunks_.clear();  // which try_lists() may have chosen from it
    rows_ = 0;
  }
  report_.from_memory = memory_ != nullptr;
  if (memory_) {
    if (chunks_.empty()) choose_candidates();
    if (!try_bounds(wanted)) measure_all();
  } else {
    scan();
  }
}

// What measured rows come to: the k nearest of them, or all.
class Search::Measured {
 public:
  Measured(Search& search, std::optional<std::size_t> k) : search_(search) {
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
  Search& search_;
  std::optional<vector::TopK> nearest_;
  std::vector<vector::Scored> all_;
};

// Chunk by chunk, so that pages which lie together are read together, with the count of rows at the end:
// where the file is not in memory, going to and fro in it costs more than all of its vectors.
void Search::scan() {
  RowFilter filter(storage_, request_.conditions, mixed_types(request_));
  const std::unique_ptr<CodeScan> codes = make_code_scan();
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
    report_.plan = "codes";
  }
  report_.rows = report_.scanned = rows_;
  order_ = measured.take();
  storage_.residency(request_.vector_column).saw(filter.live_rows());
}

// For the first rows of a search, if there are codes that tell which these are. A stream goes on to measure
// the others later, which in a write transaction could have been rolled back by then.
std::unique_ptr<CodeScan> Search::make_code_scan() const {
  auto* const table = dynamic_cast<CairnStorage*>(&storage_);
  const VectorColumn& column = storage_.table().vectors[request_.vector_column];
  const auto wanted = static_cast<double>(request_.k.value_or(kFirstRows));
  if (!table || !has_code_packs(column) || !by_distance_.empty() ||
      wanted * static_cast<double>(kRowsPerWanted) > storage_.estimated_rows() ||
      (!request_.k && sqlite3_txn_state(storage_.db(), storage_.table().schema.c_str()) == SQLITE_TXN_WRITE))
    return nullptr;
  const std::vector<float> center = table->center(request_.vector_column);
  if (center.empty()) return nullptr;
  auto codes = std::make_unique<CodeScan>(*table, request_.vector_column, center, request_.query,
                                          request_.k.value_or(kFirstRows));
  return codes->is_usable() ? std::move(codes) : nullptr;
}

vector::Scored Search::scored(float distance, std::size_t block, std::size_t slot) {
  ++report_.candidates;
  const std::uint64_t place = vector::place_of(block, slot);
  if (!ties_by_rowid_) return {distance, place, place};
  constexpr std::uint64_t kSign = std::uint64_t{1} << 63;
  return {distance, static_cast<std::uint64_t>(chunk_at(block).rowids[slot]) ^ kSign, place};
}

void Search::choose_candidates() {
  if (request_.conditions.size() == by_distance_.size()) {
    for (const ResidentChunk& chunk : memory_->chunks)
      if (!chunk.live->empty()) chunks_.push_back({chunk.rows, chunk.vectors.get(), chunk.live});
    rows_ = memory_->rows;
    return;
  }
  RowFilter filter(storage_, request_.conditions, mixed_types(request_), memory_);
  std::vector<std::uint16_t> slots;
  while (auto chunk = filter.next(slots)) {
    if (slots.empty()) continue;
    rows_ += slots.size();
    chunks_.push_back({std::move(chunk), memory_->chunks[filter.position()].vectors.get(),
                       std::make_shared<std::vector<std::uint16_t>>(slots)});
  }
}

// Whether the first rows could be found by lists, with the recall that is asked for. With conditions that
// leave few rows, those are found as soon exactly.
bool Search::try_lists(std::size_t wanted) {
  constexpr std::size_t kFewRows = 20;  // one in so many
  if (request_.recall >= 1 || !memory_->lists || request_.vector_column != 0 || !by_distance_.empty() ||
      wanted > memory_->rows / kRowsPerWanted)
    return false;
  const VectorColumn& column = storage_.table().vectors[0];
  // Without a chunk that is large enough for codes there is no center, and any will do.
  const std::vector<float> center =
      memory_->center.empty() ? std::vector<float>(column.dims) : memory_->center;
  bounds_ = std::make_unique<vector::CodeBounds>(column.metric, center, request_.query);
  if (!bounds_->is_usable()) return false;
  if (!request_.conditions.empty()) {
    choose_candidates();
    if (rows_ * kFewRows < memory_->rows || wanted > rows_ / kRowsPerWanted) return false;
    wanted_.resize(memory_->chunks.size());
    for (const Candidates& chunk : chunks_) {
      std::vector<bool>& slots =
          wanted_[static_cast<std::size_t>(find_chunk(*memory_, chunk.chunk->id) - memory_->chunks.data())];
      slots.resize(chunk.chunk->slots());
      for (const std::uint16_t slot : *chunk.slots) slots[slot] = true;
    }
    chunks_.clear();
  }
  by_lists_ = true;
  is_partial_ = !request_.k;
  find_in_lists(wanted);
  counters().list_searches += by_lists_;
  report_.from_memory = true;
  return true;
}

// The rows that entries of lists name, as far as they are there still and satisfy the conditions.
class Search::ListedRows : public vector::ListSearch::Rows {
 public:
  explicit ListedRows(Search& search)
      : search_(search),
        bytes_(search.storage_.table().vectors[0].byte_size()),
        per_key_(search.storage_.table().vectors[0].metric == vector::Metric::l2 ? 1.0f : 2.0f) {}

  void prefetch(std::uint64_t place) override {
    const ResidentChunk* const chunk = find_chunk(*search_.memory_, chunk_of_place(place));
    if (!chunk || slot_of_place(place) >= chunk->vectors->slots()) return;
    const std::size_t slot = slot_of_place(place);
    if (chunk->vectors->codes())
      search_.bounds_->prefetch(*chunk->vectors->codes(), slot);
    else if (const std::byte* const vectors = chunk->vectors->vectors())
      for (std::size_t b = 0; b < bytes_; b += kCacheLine) __builtin_prefetch(vectors + slot * bytes_ + b);
  }

  float lower_bound(std::uint64_t place) override {
    const ResidentChunk* const chunk = wanted_chunk(place);
    if (!chunk) return std::numeric_limits<float>::infinity();
    if (!chunk->vectors->codes()) return -std::numeric_limits<float>::infinity();
    return per_key_ * search_.bounds_->interval(*chunk->vectors->codes(), slot_of_place(place)).low;
  }

  std::optional<vector::Scored> measure(std::uint64_t place) override {
    const ResidentChunk* const chunk = wanted_chunk(place);
    if (!chunk) return std::nullopt;
    const std::size_t slot = slot_of_place(place);
    return search_.scored(search_.distances_.measure(chunk->rows->id, chunk->vectors->vectors(), slot),
                          static_cast<std::size_t>(chunk - search_.memory_->chunks.data()), slot);
  }

 private:
  static constexpr std::size_t kCacheLine = 64;

  const ResidentChunk* wanted_chunk(std::uint64_t place) const {
    const ResidentChunk* const chunk = find_chunk(*search_.memory_, chunk_of_place(place));
    const std::size_t slot = slot_of_place(place);
    if (!chunk || !chunk->rows->is_filed || slot >= chunk->rows->used || !chunk->rows->is_live(slot))
      return nullptr;
    if (search_.wanted_.empty()) return chunk;
    const auto& slots = search_.wanted_[static_cast<std::size_t>(chunk - search_.memory_->chunks.data())];
    return !slots.empty() && slots[slot] ? chunk : nullptr;
  }

  Search& search_;
  std::size_t bytes_;
  float per_key_;  // ListSearch's bounds for those of CodeBounds
};

void Search::find_in_lists(std::size_t k) {
  const ResidentLists& lists = *memory_->lists;
  const std::vector<float> query = vector::to_floats(request_.query);
  std::vector<float> point(query.size());
  lists.space().point_of(query.data(), point.data());
  vector::TopK nearest(k);
  add_unfiled(nearest);
  ListedRows rows(*this);
  const vector::ListOutcome outcome =
      vector::ListSearch(lists.rotation(), lists.space().metric, point, lists.views(), lists.centroids())
          .run(request_.recall, nearest, rows, bytes_worth_lists());
  if (outcome.gave_up) return find_exactly(k);
  report_.plan = "lists";
  report_.rows = wanted_.empty() ? memory_->rows : rows_;
  report_.lists += outcome.lists;
  report_.scanned += outcome.scanned;
  report_.expected_recall = outcome.expected_recall;
  std::vector<vector::Scored> found = nearest.take_sorted();
  // Lists that name a row twice are damaged.
  if (std::adjacent_find(found.begin(), found.end(),
                         [](const auto& a, const auto& b) { return a.place == b.place; }) != found.end())
    return find_exactly(k);
  order_ = vector::Ascending(std::move(found));
  found_ = k;
}

// What a search may read in lists before it is done without them.
double Search::bytes_worth_lists() const {
  if (memory_->kept == Kept::places) return std::numeric_limits<double>::infinity();
  const VectorColumn& column = storage_.table().vectors[0];
  const bool has_codes = vector::has_codes(column.type, column.metric, column.dims);
  const std::size_t bytes = has_codes ? vector::CodedRows::byte_size(1, column.dims) / 2 : column.byte_size();
  return static_cast<double>(thresholds().given_up_percent) / 100 *
         static_cast<double>(memory_->rows * bytes);
}

// Where lists do not help, or are damaged.
void Search::find_exactly(std::size_t k) {
  by_lists_ = false;
  chunks_.clear();
  rows_ = 0;
  choose_candidates();
  if (!try_bounds(k)) measure_all();
}

// Rows that no list has yet: all that may be among the nearest.
void Search::add_unfiled(vector::TopK& nearest) {
  vector::BoundedSearch search(*bounds_);
  std::vector<std::size_t> blocks;  // of memory_, by those of `search`
  std::vector<std::uint16_t> slots;
  for (std::size_t i = 0; i < memory_->chunks.size(); ++i) {
    const ResidentChunk& chunk = memory_->chunks[i];
    if (chunk.rows->is_filed || chunk.live->empty()) continue;
    blocks.push_back(i);
    if (chunk.vectors->codes())
      search.add(*chunk.vectors->codes());
    else
      search.add_uncoded(chunk.vectors->slots());
  }
  search.bound(1);
  for (const std::size_t i : blocks) report_.scanned += memory_->chunks[i].live->size();
  for (std::size_t n = 0; n < blocks.size(); ++n) {
    const ResidentChunk& chunk = memory_->chunks[blocks[n]];
    slots.clear();
    for (const std::uint16_t slot : *chunk.live)
      if (wanted_.empty() || (!wanted_[blocks[n]].empty() && wanted_[blocks[n]][slot])) slots.push_back(slot);
    search.keep_only(n, slots);
  }
  for (const vector::Scored& row : search.nearest(nearest.k(), [&](std::size_t n, std::size_t slot) {
         const ResidentChunk& chunk = memory_->chunks[blocks[n]];
         return scored(distances_.measure(chunk.rows->id, chunk.vectors->vectors(), slot), blocks[n], slot);
       }))
    nearest.push(row);
}

// Whether the first rows could be found by bounds.
bool Search::try_bounds(std::size_t wanted) {
  const VectorColumn& column = storage_.table().vectors[request_.vector_column];
  const bool has_codes = vector::has_codes(column.type, column.metric, column.dims);
  if (!has_codes || memory_->center.empty() || !by_distance_.empty() || rows_ < thresholds().bounded_rows ||
      wanted > rows_ / kRowsPerWanted)
    return false;
  std::size_t slots = 0;  // a pass over the codes goes over those of other rows too
  for (const Candidates& chunk : chunks_) slots += chunk.memory->slots();
  if (rows_ < slots / kCodesPerRow) return false;
  if (!bounds_)
    bounds_ = std::make_unique<vector::CodeBounds>(column.metric, memory_->center, request_.query);
  if (!bounds_->is_usable()) return false;
  bounded_ = std::make_unique<vector::BoundedSearch>(*bounds_);
  for (const Candidates& chunk : chunks_) {
    if (chunk.memory->codes())
      bounded_->add(*chunk.memory->codes());
    else
      bounded_->add_uncoded(chunk.memory->slots());
  }
  bounded_->bound(storage_.threads);
  for (std::size_t i = 0; i < chunks_.size(); ++i)
    if (chunks_[i].slots->size() != chunks_[i].memory->slots()) bounded_->keep_only(i, *chunks_[i].slots);
  find_nearest(wanted);
  if (request_.k) bounded_.reset();
  is_partial_ = !request_.k;
  report_.plan = "codes";
  report_.rows = rows_;
  report_.scanned = slots;
  counters().bounded_searches += 1;
  return true;
}

void Search::find_nearest(std::size_t k) {
  order_ = vector::Ascending(bounded_->nearest(k, [&](std::size_t block, std::size_t slot) {
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
  report_.plan = "vectors";
  report_.rows = report_.scanned = rows_;
  Measured measured(*this, request_.k);
  for (std::size_t block = 0; block < chunks_.size(); ++block) {
    const Candidates& chunk = chunks_[block];
    measure(block, chunk.chunk->id, vectors_of(chunk), *chunk.slots, measured);
  }
  order_ = measured.take();
}

Row Search::row_of(const vector::Scored& entry) const {
  const std::size_t block = vector::block_of(entry.place), slot = vector::slot_of(entry.place);
  const Chunk& chunk = chunk_at(block);
  return {chunk.rowids[slot], {chunk.id, slot}, entry.distance};
}

const Chunk& Search::chunk_at(std::size_t block) const {
  return by_lists_ ? *memory_->chunks[block].rows : *chunks_[block].chunk;
}

std::optional<Row> Search::row(std::size_t place) {
  if (place < given_.size()) return given_[place];
  const bool by_lists = by_lists_ || !given_.empty();
  while (is_partial_ && place - base_ >= order_.entries().size()) find_more(place + 1);
  const vector::Scored* entry = order_.at(place - base_);
  if (!entry) return std::nullopt;
  counters().rows_handed += 1;
  const Row row = row_of(*entry);
  if (by_lists) {
    given_.push_back(row);
    last_ = *entry;
  }
  return row;
}

void Search::find_more(std::size_t least) {
  const std::size_t wanted = std::max(found_ * kGrowth, least);
  const std::size_t rows = by_lists_ && wanted_.empty() ? memory_->rows : rows_;
  const bool by_lists = by_lists_ || !given_.empty(), are_many = wanted > rows / kRowsPerWanted;
  if (by_lists_)
    are_many ? find_exactly(wanted) : find_in_lists(wanted);
  else if (are_many || !bounded_)
    measure_all();
  else
    find_nearest(wanted);
  if (by_lists) leave_out_what_came();
  storage_.last_search = report_;
}

// Rows that now come before the last one handed out were handed out, or are found too late: out of order they
// would be of no use to anybody who reads in order.
void Search::leave_out_what_came() {
  std::vector<vector::Scored> behind;
  for (const vector::Scored& entry : order_.entries())
    if (last_ < entry) behind.push_back(entry);
  base_ = given_.size();
  const std::size_t came = order_.entries().size() - behind.size();
  if (came > base_) report_.left_out += came - base_;
  order_ = vector::Ascending(std::move(behind));
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
