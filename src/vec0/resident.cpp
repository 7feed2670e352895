#include "vec0/resident.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "cairn/sqlite/connection_ref.hpp"
#include "vec0/chunk_blob.hpp"
#include "vec0/memory_budget.hpp"

namespace cairn::vec0 {
namespace {

// Reading less than this out of SQLite's pages is as good.
constexpr std::size_t kLeastBytes = 256 << 10;

// Whether what the connection sees is a state that was committed, so that its data version stands for it.
bool sees_a_committed_state(sqlite3* db, const char* schema) {
  if (sqlite3_txn_state(db, schema) != SQLITE_TXN_READ) return false;
  if (sqlite3_compileoption_used("OMIT_SHARED_CACHE")) return true;
  // A connection that shares its cache may read what others have not committed.
  return !sqlite::ConnectionRef(db).query_one<bool>("PRAGMA read_uncommitted");
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

std::size_t byte_size(const VectorColumn& column, const ResidentChunk& chunk, bool with_vectors) {
  const std::size_t slots = chunk.rows->rowids.size();
  return LargeBuffer::allocated(ResidentVectors::byte_size(column, used_slots(chunk), with_vectors)) +
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
    codes_.emplace(column.type, column.metric, center, vectors.data(), slots_,
                   memory_.data());
}

Residency::Residency(Storage& storage, std::size_t column) : storage_(storage), column_(column) {}

Residency::~Residency() {
  MemoryBudget::of_process().drop(this);
}

void Residency::forget() noexcept {
  MemoryBudget::of_process().drop(this);
  version_.reset();
}

std::shared_ptr<const ResidentColumn> Residency::current() {
  const char* const schema = storage_.table().schema.c_str();
  if (!sees_a_committed_state(storage_.db(), schema)) return nullptr;
  const auto version = data_version(storage_.db(), schema);
  if (!version) return nullptr;
  MemoryBudget& budget = MemoryBudget::of_process();
  std::shared_ptr<const ResidentColumn> kept = budget.get(this);
  const bool is_same = version_ == version;
  if (kept && is_same) return kept;
  try {
    const auto changed = is_same ? std::set<std::int64_t>() : changed_chunks(kept.get());
    version_ = version;
    // Whether this connection searches again is not known before it does. And a table that changes between
    // any two searches, in a way that cannot be followed, is better read where it is, but for what comparing
    // can save.
    const bool can_compare = kept && kept->has_vectors;
    if (!changed && !can_compare) {
      budget.drop(this);
      return nullptr;
    }
    auto column = read(kept.get(), changed);
    if (column)
      budget.keep(this, column);
    else
      budget.drop(this);
    return column;
  } catch (...) {
    forget();
    throw;
  }
}

std::optional<std::set<std::int64_t>> Residency::changed_chunks(const ResidentColumn*) {
  return std::nullopt;
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
  const VectorColumn& definition = storage_.table().vectors[column_];
  auto column = std::make_shared<ResidentColumn>(read_rows());
  const auto bytes = [&](bool with_vectors) {
    std::size_t sum = 0;
    for (const ResidentChunk& chunk : column->chunks) sum += byte_size(definition, chunk, with_vectors);
    return sum;
  };
  MemoryBudget& budget = MemoryBudget::of_process();
  if (bytes(true) < kLeastBytes) return nullptr;
  column->has_vectors = budget.reserve(this, bytes(true));
  if (!column->has_vectors && !(has_codes(definition) && budget.reserve(this, bytes(false)))) return nullptr;

  const bool is_alike = kept && kept->has_vectors == column->has_vectors;
  if (is_alike) column->center = kept->center;
  ChunkBlob blob = ChunkBlob::of_vectors(storage_, column_);
  for (ResidentChunk& chunk : column->chunks) {
    if (chunk.live->empty()) continue;
    const ResidentChunk* const before = is_alike ? find(*kept, chunk.rows->id) : nullptr;
    const bool covers = before && before->vectors && before->vectors->slots() >= used_slots(chunk);
    if (covers && changed && !changed->contains(chunk.rows->id))
      chunk.vectors = before->vectors;
    else
      chunk.vectors = read_vectors(chunk, blob, *column, covers ? before->vectors : nullptr);
  }
  return column;
}

// Gives `kept` if that is what is read.
std::shared_ptr<const ResidentVectors> Residency::read_vectors(const ResidentChunk& chunk, ChunkBlob& blob,
                                                               ResidentColumn& column,
                                                               std::shared_ptr<const ResidentVectors> kept) {
  const VectorColumn& definition = storage_.table().vectors[column_];
  read_.resize(used_slots(chunk) * definition.byte_size());
  blob.at(chunk.rows->id).read(read_, 0);
  if (kept && kept->vectors() && std::memcmp(kept->vectors(), read_.data(), read_.size()) == 0) return kept;
  if (column.center.empty() && has_codes(definition)) column.center = center_of(definition, chunk, read_);
  return std::make_shared<ResidentVectors>(definition, column.center, read_, column.has_vectors);
}

}  // namespace cairn::vec0
