#include "vec0/resident.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <new>

#include "cairn/error.hpp"
#include "cairn/sqlite/connection_ref.hpp"
#include "vec0/chunk_blob.hpp"
#include "vec0/counters.hpp"
#include "vec0/shadow.hpp"
#include "vec0/thresholds.hpp"

namespace cairn::vec0 {
namespace {

// A connection that shares its cache may read what others have not committed, of which nothing tells. Who
// may not ask, or gets no answer, is taken to do so.
bool reads_uncommitted(sqlite3* db) {
  try {
    return sqlite::ConnectionRef(db).query_optional<bool>("PRAGMA read_uncommitted").value_or(true);
  } catch (const Error&) {
    return true;
  }
}

std::optional<unsigned> data_version(sqlite3* db, const char* schema) {
  unsigned version = 0;
  if (sqlite3_file_control(db, schema, SQLITE_FCNTL_DATA_VERSION, &version) != SQLITE_OK) return std::nullopt;
  return version;
}

// Up to the last live slot.
std::size_t used_slots(const ResidentChunk& chunk) {
  return chunk.live->empty() ? 0 : chunk.live->back() + std::size_t{1};
}

// The mean of a chunk's rows. Any vector would do; this one leaves little of vectors that all point the same
// way, as those of many embedders do.
std::vector<float> center_of(const VectorColumn& column, const ResidentChunk& chunk,
                             std::span<const std::byte> vectors) {
  std::vector<float> center(column.dims);
  for (const std::uint16_t slot : *chunk.live) {
    const auto row = vectors.subspan(slot * column.byte_size(), column.byte_size());
    const std::vector<float> floats = vector::to_floats({column.type, column.dims, {row.begin(), row.end()}});
    for (std::size_t d = 0; d < column.dims; ++d) center[d] += floats[d];
  }
  for (float& x : center) x = std::isfinite(x) ? x / static_cast<float>(chunk.live->size()) : 0.0f;
  return center;
}

bool has_codes(const VectorColumn& column) {
  return vector::has_codes(column.type, column.metric, column.dims);
}

// With what the allocator adds.
std::size_t byte_size(const VectorColumn& column, const ResidentChunk& chunk, bool with_vectors) {
  constexpr std::size_t kAllocations = 10, kPerAllocation = 16;
  const std::size_t slots = chunk.rows->rowids.size();
  std::size_t fixed = sizeof(ResidentChunk) + sizeof(Chunk) + sizeof(ResidentVectors) + slots / 8 +
                      sizeof(*chunk.live) + kAllocations * kPerAllocation;
  for (const Value& partition : chunk.rows->partitions) fixed += sizeof partition + partition.bytes.size();
  return fixed + LargeBuffer::allocated(ResidentVectors::byte_size(column, used_slots(chunk), with_vectors)) +
         slots * (sizeof(std::int64_t) + sizeof(std::uint16_t));
}

const ResidentChunk* find(const ResidentColumn& column, std::int64_t chunk) {
  const auto found =
      std::lower_bound(column.chunks.begin(), column.chunks.end(), chunk,
                       [](const ResidentChunk& c, std::int64_t id) { return c.rows->id < id; });
  return found != column.chunks.end() && found->rows->id == chunk ? &*found : nullptr;
}

}  // namespace

std::size_t ResidentVectors::byte_size(const VectorColumn& column, std::size_t slots,
                                       bool with_vectors) noexcept {
  return (has_codes(column) ? vector::CodedRows::byte_size(slots, column.dims) : 0) +
         (with_vectors ? slots * column.byte_size() : 0);
}

ResidentVectors::ResidentVectors(const VectorColumn& column, std::span<const float> center,
                                 std::span<const std::byte> vectors, bool with_vectors)
    : slots_(vectors.size() / column.byte_size()), memory_(byte_size(column, slots_, with_vectors)) {
  if (with_vectors) {
    vectors_ = memory_.data() + byte_size(column, slots_, false);
    std::memcpy(vectors_, vectors.data(), vectors.size());
  }
  if (has_codes(column))
    codes_.emplace(column.type, column.metric, center, vectors.data(), slots_, memory_.data());
}

Residency::Residency(Storage& storage, std::size_t column) : storage_(storage), column_(column) {}

Residency::~Residency() {
  budget_->drop(this);
}

void Residency::forget() noexcept {
  budget_->drop(this);
  version_.reset();
  wal_.reset();
  pages_.reset();
  declined_ = 0;
  is_small_ = true;
  read_ = std::vector<std::byte>();
}

void Residency::saw(std::size_t rows) noexcept {
  is_small_ = rows * column().byte_size() < thresholds().resident_bytes;
}

std::shared_ptr<const ResidentColumn> Residency::current() {
  sqlite3* const db = storage_.db();
  const char* const schema = storage_.table().schema.c_str();
  if (sqlite3_txn_state(db, schema) != SQLITE_TXN_READ) return nullptr;
  std::shared_ptr<const ResidentColumn> kept = budget_->get(this);
  if (!kept && is_small_) return nullptr;
  const auto version = data_version(db, schema);
  if (!version || reads_uncommitted(db)) return nullptr;
  if (version_ == version && kept) return kept;
  if (version_ == version && declined_ > 0 && !budget_->has_room(this, declined_)) return nullptr;
  try {
    auto now = bring_up(std::move(kept), *version);
    read_ = std::vector<std::byte>();
    return now;
  } catch (const Error& e) {
    forget();
    // A scan may not come to the damage, and says best what it is.
    if (e.code() == ErrorCode::corrupt) return nullptr;
    throw;
  } catch (const std::bad_alloc&) {
    forget();
    return nullptr;
  } catch (...) {
    forget();
    throw;
  }
}

std::shared_ptr<const ResidentColumn> Residency::bring_up(std::shared_ptr<const ResidentColumn> kept,
                                                          unsigned version) {
  std::optional<std::set<std::int64_t>> changed;
  if (version_ == version)
    changed.emplace();
  else
    changed = changed_chunks();
  // What changes between any two searches, in a way that cannot be followed, is better read where it is, but
  // for what comparing can save.
  const bool pays = changed || !version_ || can_follow_ || (kept && kept->has_vectors);
  declined_ = 0;
  auto now = pays ? read(kept.get(), changed) : nullptr;
  version_ = version;
  if (now)
    budget_->keep(this, now);
  else
    budget_->drop(this);
  return now;
}

// Chunks whose vectors may have changed since this was last asked; nothing if it cannot be told.
std::optional<std::set<std::int64_t>> Residency::changed_chunks() {
  if (!wal_) wal_.emplace(storage_.db(), storage_.table().schema);
  const auto changed_pages = wal_->advance();
  can_follow_ = changed_pages.has_value();
  const auto rows = changed_pages && pages_ ? pages_->update(*wal_, *changed_pages) : std::nullopt;
  if (!rows) {
    pages_.reset();
    return std::nullopt;
  }
  return std::set<std::int64_t>(rows->read_again.begin(), rows->read_again.end());
}

// Learns on which pages the chunks lie, so that the next change can be followed.
void Residency::map_pages(const std::vector<ResidentChunk>& chunks) {
  pages_ = sqlite::BlobPages::map(*wal_, shadow_name(storage_.table(), vector_chunks(column_)));
  if (!pages_ || chunks.empty()) return;
  // A file that is encrypted, or is not what it seems, shows here.
  ChunkBlob blob = ChunkBlob::of_vectors(storage_, column_);
  read_.resize(storage_.table().chunk_size * column().byte_size());
  for (const ResidentChunk* chunk : {&chunks.front(), &chunks.back()}) {
    blob.at(chunk->rows->id).read(read_, 0);
    if (pages_ && !pages_->matches(*wal_, chunk->rows->id, read_)) pages_.reset();
  }
}

// Every chunk without its vectors.
ResidentColumn Residency::read_rows() {
  ResidentColumn column;
  Storage::WantedChunks every_chunk;
  every_chunk.equal.resize(storage_.table().partitions.size());
  std::int64_t last = std::numeric_limits<std::int64_t>::min();
  for (auto chunk = std::make_shared<Chunk>(); storage_.next_chunk(last, *chunk, every_chunk);
       chunk = std::make_shared<Chunk>()) {
    last = chunk->id;
    auto live = std::make_shared<std::vector<std::uint16_t>>();
    live_slots(*chunk, *live);
    column.rows += live->size();
    column.chunks.push_back({std::move(chunk), std::move(live), nullptr});
  }
  storage_.check_row_count(static_cast<std::int64_t>(column.rows));
  return column;
}

std::shared_ptr<const ResidentColumn> Residency::read(const ResidentColumn* kept,
                                                      const std::optional<std::set<std::int64_t>>& changed) {
  const VectorColumn& definition = column();
  auto made = std::make_shared<ResidentColumn>(read_rows());
  const auto bytes = [&](bool with_vectors) {
    std::size_t sum = 0;
    for (const ResidentChunk& chunk : made->chunks) sum += byte_size(definition, chunk, with_vectors);
    return sum;
  };
  made->has_vectors = budget_->reserve(this, bytes(true));
  if (!made->has_vectors && !(has_codes(definition) && budget_->reserve(this, bytes(false)))) {
    declined_ = bytes(!has_codes(definition));
    return nullptr;
  }

  const bool is_alike = kept && kept->has_vectors == made->has_vectors;
  if (is_alike) made->center = kept->center;
  ChunkBlob blob = ChunkBlob::of_vectors(storage_, column_);
  for (ResidentChunk& chunk : made->chunks) {
    if (chunk.live->empty()) continue;
    const ResidentChunk* const before = is_alike ? find(*kept, chunk.rows->id) : nullptr;
    const bool covers = before && before->vectors && before->vectors->slots() >= used_slots(chunk);
    if (covers && changed && !changed->contains(chunk.rows->id))
      chunk.vectors = before->vectors;
    else
      chunk.vectors = read_vectors(chunk, blob, *made, covers ? before->vectors : nullptr);
  }
  // A table that was never seen to change may stay as it is; then finding its pages would be for nothing.
  // Without the vectors, changes must be known.
  if (!pages_ && wal_ && (kept || !made->has_vectors)) map_pages(made->chunks);
  return made;
}

// Gives `kept` if that is what is read.
std::shared_ptr<const ResidentVectors> Residency::read_vectors(const ResidentChunk& chunk, ChunkBlob& blob,
                                                               ResidentColumn& made,
                                                               std::shared_ptr<const ResidentVectors> kept) {
  const VectorColumn& definition = column();
  read_.resize(used_slots(chunk) * definition.byte_size());
  blob.at(chunk.rows->id).read(read_, 0);
  counters().chunks_kept += 1;
  if (kept && kept->vectors() && std::memcmp(kept->vectors(), read_.data(), read_.size()) == 0) return kept;
  if (made.center.empty() && has_codes(definition)) made.center = center_of(definition, chunk, read_);
  return std::make_shared<ResidentVectors>(definition, made.center, read_, made.has_vectors);
}

}  // namespace cairn::vec0
