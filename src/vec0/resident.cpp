#include "vec0/resident.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "cairn/error.hpp"
#include "cairn/sqlite/connection_ref.hpp"
#include "vec0/resident_lists.hpp"
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

bool has_codes(const VectorColumn& column) {
  return vector::has_codes(column.type, column.metric, column.dims);
}

// With what the allocator adds.
std::size_t byte_size(const VectorColumn& column, const ResidentChunk& chunk, Kept kept) {
  constexpr std::size_t kAllocations = 10, kPerAllocation = 16;
  const std::size_t slots = chunk.rows->rowids.size();
  std::size_t fixed = sizeof(ResidentChunk) + sizeof(Chunk) + sizeof(ResidentVectors) + slots / 8 +
                      sizeof(*chunk.live) + kAllocations * kPerAllocation;
  for (const Value& partition : chunk.rows->partitions) fixed += sizeof partition + partition.bytes.size();
  return fixed + LargeBuffer::allocated(ResidentVectors::byte_size(column, chunk.kept_slots(), kept)) +
         slots * (sizeof(std::int64_t) + sizeof(std::uint16_t));
}

}  // namespace

// Up to the last live slot.
std::size_t ResidentChunk::used_slots() const noexcept {
  return live->empty() ? 0 : live->back() + std::size_t{1};
}

const ResidentChunk* find_chunk(const ResidentColumn& column, std::int64_t chunk) {
  if (column.chunks.empty() || chunk < column.chunks.front().rows->id) return nullptr;
  // Ids ascend, mostly by one, so that the place they would have without gaps is right or too far.
  const auto without_gaps =
      static_cast<std::uint64_t>(chunk) - static_cast<std::uint64_t>(column.chunks.front().rows->id);
  const auto last = column.chunks.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(
                                                without_gaps, column.chunks.size() - 1));
  if (last->rows->id == chunk) return &*last;
  const auto found =
      std::lower_bound(column.chunks.begin(), last, chunk,
                       [](const ResidentChunk& c, std::int64_t id) { return c.rows->id < id; });
  return found->rows->id == chunk ? &*found : nullptr;
}

std::size_t ResidentVectors::byte_size(const VectorColumn& column, std::size_t slots, Kept kept) noexcept {
  const bool with_codes = kept != Kept::places && has_codes(column);
  return (with_codes ? vector::CodedRows::byte_size(slots, column.dims) : 0) +
         (kept == Kept::vectors ? slots * column.byte_size() : 0);
}

ResidentVectors::ResidentVectors(const VectorColumn& column, std::span<const float> center,
                                 std::span<const std::byte> vectors, bool with_vectors)
    : slots_(vectors.size() / column.byte_size()),
      memory_(std::make_shared<LargeBuffer>(
          byte_size(column, slots_, with_vectors ? Kept::vectors : Kept::codes))) {
  if (with_vectors) {
    vectors_ = memory_->data() + byte_size(column, slots_, Kept::codes);
    std::memcpy(vectors_, vectors.data(), vectors.size());
  }
  if (has_codes(column))
    codes_.emplace(column.type, column.metric, center, vectors.data(), slots_, memory_->data());
}

Residency::Residency(Storage& storage, std::size_t column) : storage_(storage), column_(column) {}

Residency::~Residency() {
  budget_->drop(this);
}

void Residency::forget() noexcept {
  budget_->drop(this);
  version_.reset();
  declined_ = 0;
  is_small_ = true;
}

void Residency::saw(std::size_t rows) noexcept {
  is_small_ = rows * column().byte_size() < thresholds().resident_bytes;
}

bool Residency::reserve(ResidentColumn& made, Kept least) {
  const VectorColumn& definition = column();
  const std::size_t fixed = made.lists ? made.lists->byte_size() : 0;
  for (made.kept = Kept::vectors;; made.kept = static_cast<Kept>(static_cast<int>(made.kept) - 1)) {
    std::size_t bytes = fixed;
    for (const ResidentChunk& chunk : made.chunks) bytes += byte_size(definition, chunk, made.kept);
    const bool is_of_use = made.kept != Kept::codes || has_codes(definition);
    if (is_of_use && budget_->reserve(this, bytes)) return true;
    if (made.kept == least) {
      declined_ = bytes;
      return false;
    }
  }
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
    declined_ = 0;
    auto now = bring_up(std::move(kept), *version);
    version_ = version;
    if (now)
      budget_->keep(this, now);
    else
      budget_->drop(this);
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

}  // namespace cairn::vec0
