#include "vec0/flat_resident.hpp"

#include <cmath>
#include <cstring>
#include <limits>

#include "cairn/error.hpp"
#include "vec0/counters.hpp"
#include "vec0/shadow.hpp"

namespace cairn::vec0 {
namespace {

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

}  // namespace

void FlatResidency::forget() noexcept {
  Residency::forget();
  wal_.reset();
  pages_.reset();
  read_ = std::vector<std::byte>();
}

std::shared_ptr<const ResidentColumn> FlatResidency::bring_up(std::shared_ptr<const ResidentColumn> kept,
                                                              unsigned version) {
  std::optional<std::set<std::int64_t>> changed;
  if (version_ == version)
    changed.emplace();
  else
    changed = changed_chunks();
  // What changes between any two searches, in a way that cannot be followed, is better read where it is, but
  // for what comparing can save.
  const bool pays = changed || !version_ || can_follow_ || (kept && kept->kept == Kept::vectors);
  auto now = pays ? read(kept.get(), changed) : nullptr;
  read_ = std::vector<std::byte>();
  return now;
}

// Chunks whose vectors may have changed since this was last asked; nothing if it cannot be told.
std::optional<std::set<std::int64_t>> FlatResidency::changed_chunks() {
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
void FlatResidency::map_pages(const std::vector<ResidentChunk>& chunks) {
  pages_ = sqlite::BlobPages::map(*wal_, shadow_name(storage_.table(), vector_chunks(column_)));
  if (!pages_ || chunks.empty()) return;
  // A file that is encrypted, or is not what it seems, shows here.
  const std::unique_ptr<VectorReader> reader = storage_.vectors(column_);
  read_.resize(storage_.table().chunk_size * column().byte_size());
  for (const ResidentChunk* chunk : {&chunks.front(), &chunks.back()}) {
    reader->read(chunk->rows->id, 0, storage_.table().chunk_size, read_.data());
    if (pages_ && !pages_->matches(*wal_, chunk->rows->id, read_)) pages_.reset();
  }
}

// Every chunk without its vectors.
ResidentColumn FlatResidency::read_rows() {
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

std::shared_ptr<const ResidentColumn> FlatResidency::read(
    const ResidentColumn* kept, const std::optional<std::set<std::int64_t>>& changed) {
  auto made = std::make_shared<ResidentColumn>(read_rows());
  if (!reserve(*made, has_codes(column()) ? Kept::codes : Kept::vectors)) return nullptr;

  const bool is_alike = kept && kept->kept == made->kept;
  if (is_alike) made->center = kept->center;
  const std::unique_ptr<VectorReader> reader = storage_.vectors(column_);
  for (ResidentChunk& chunk : made->chunks) {
    if (chunk.live->empty()) continue;
    const ResidentChunk* const before = is_alike ? find_chunk(*kept, chunk.rows->id) : nullptr;
    const bool covers = before && before->vectors && before->vectors->slots() >= chunk.used_slots();
    if (covers && changed && !changed->contains(chunk.rows->id))
      chunk.vectors = before->vectors;
    else
      chunk.vectors = read_vectors(chunk, *reader, *made, covers ? before->vectors : nullptr);
  }
  // A table that was never seen to change may stay as it is; then finding its pages would be for nothing.
  // Without the vectors, changes must be known.
  if (!pages_ && wal_ && (kept || made->kept != Kept::vectors)) map_pages(made->chunks);
  return made;
}

// Gives `kept` if that is what is read.
std::shared_ptr<const ResidentVectors> FlatResidency::read_vectors(
    const ResidentChunk& chunk, VectorReader& reader, ResidentColumn& made,
    std::shared_ptr<const ResidentVectors> kept) {
  const VectorColumn& definition = column();
  read_.resize(chunk.used_slots() * definition.byte_size());
  reader.read(chunk.rows->id, 0, chunk.used_slots(), read_.data());
  counters().chunks_kept += 1;
  if (kept && kept->vectors() && std::memcmp(kept->vectors(), read_.data(), read_.size()) == 0) return kept;
  if (made.center.empty() && has_codes(definition)) made.center = center_of(definition, chunk, read_);
  return std::make_shared<ResidentVectors>(definition, made.center, read_, made.kept == Kept::vectors);
}

}  // namespace cairn::vec0
