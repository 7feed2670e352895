#include "vec0/cairn_resident.hpp"

#include <algorithm>
#include <cstring>

#include "vec0/counters.hpp"
#include "vec0/lists.hpp"
#include "vec0/problems.hpp"
#include "vec0/resident_lists.hpp"
#include "vec0/shadow.hpp"
#include "vector/codes.hpp"

namespace cairn::vec0 {

std::shared_ptr<const ResidentColumn> CairnResidency::bring_up(std::shared_ptr<const ResidentColumn> kept,
                                                               unsigned) {
  std::shared_ptr<ResidentColumn> made = read_rows(kept.get());
  if (!made) return kept;
  if (column_ == 0 && has_code_packs(column())) {
    std::size_t filed = 0;
    for (const ResidentChunk& chunk : made->chunks)
      if (chunk.rows->is_filed) filed += chunk.live->size();
    made->lists = read_lists(filed, kept ? kept->lists : nullptr);
  }
  // Without codes and vectors, what is kept serves a search of the lists.
  if (!reserve(*made, made->lists ? Kept::places : Kept::codes)) return nullptr;
  made->center = has_code_packs(column()) ? table_.center(column_) : std::vector<float>(column().dims);
  if (made->center.empty() && std::any_of(made->chunks.begin(), made->chunks.end(), [&](const auto& chunk) {
        return !chunk.live->empty() && has_codes(*chunk.rows);
      }))
    storage_.throw_corrupt(kInfo, 0, "the center of the codes is missing");
  if (!vectors_) vectors_ = storage_.vectors(column_);
  if (!codes_) codes_.emplace(storage_, code_packs(storage_.table(), column_));
  // Codes are relative to the center, and vectors may have been left out.
  const bool is_alike = kept && kept->kept == made->kept && kept->center == made->center;
  for (ResidentChunk& chunk : made->chunks) {
    if (is_alike && chunk.vectors) continue;
    const ResidentChunk* const before = is_alike ? find_chunk(*kept, chunk.rows->id) : nullptr;
    chunk.vectors = read_vectors(chunk, made->kept, before);
  }
  vectors_.reset();
  codes_.reset();
  records_ = std::vector<std::byte>();
  return made;
}

// Null if they are damaged, too: every search can do without.
std::shared_ptr<const ResidentLists> CairnResidency::read_lists(std::size_t filed,
                                                                std::shared_ptr<const ResidentLists> kept) {
  try {
    Lists lists(table_);
    auto made = ResidentLists::read(lists, column().dims, std::move(kept));
    return made && made->entries() >= filed ? made : nullptr;
  } catch (const Error& e) {
    if (!is_damage(e)) throw;
    return nullptr;
  }
}

// Every chunk as it is, those that are unchanged with the vectors they had. Null if nothing changed.
std::shared_ptr<ResidentColumn> CairnResidency::read_rows(const ResidentColumn* kept) {
  auto made = std::make_shared<ResidentColumn>();
  std::size_t unchanged = 0;
  for (const auto& [id, stamp] : table_.stamps()) {
    const ResidentChunk* const before = kept ? find_chunk(*kept, id) : nullptr;
    if (before && before->rows->stamp == stamp) {
      made->chunks.push_back(*before);
      ++unchanged;
    } else {
      auto rows = std::make_shared<Chunk>();
      std::optional<Chunk> chunk = table_.chunk(id);
      if (!chunk) continue;
      *rows = *std::move(chunk);
      auto live = std::make_shared<std::vector<std::uint16_t>>();
      live_slots(*rows, *live);
      made->chunks.push_back({std::move(rows), std::move(live), nullptr});
    }
    made->rows += made->chunks.back().live->size();
  }
  if (kept && unchanged == made->chunks.size() && unchanged == kept->chunks.size()) return nullptr;
  if (!kept) storage_.check_row_count(static_cast<std::int64_t>(made->rows));
  return made;
}

// `before` is what was kept of a chunk with the same id, if anything.
std::shared_ptr<const ResidentVectors> CairnResidency::read_vectors(const ResidentChunk& chunk, Kept kept,
                                                                    const ResidentChunk* before) {
  const VectorColumn& definition = column();
  const Chunk& rows = *chunk.rows;
  const bool with_vectors = kept == Kept::vectors, is_coded = kept != Kept::places && has_codes(rows);
  const std::size_t record = vector::CodedRows::byte_size(1, definition.dims), size = definition.byte_size();
  const std::size_t code_bytes = is_coded ? rows.slots() * record : 0;
  counters().chunks_kept += 1;

  // The same chunk with the same room: rows are added behind those that are there, where nobody looks yet.
  const bool continues = before && before->vectors && before->rows->birth == rows.birth &&
                         before->rows->slots() == rows.slots() && before->vectors->slots() <= rows.used;
  const std::size_t known = continues ? before->vectors->slots() : 0, count = rows.used - known;
  auto memory = continues
                    ? before->vectors->memory()
                    : std::make_shared<LargeBuffer>(code_bytes + (with_vectors ? rows.slots() * size : 0));
  std::byte* const vectors = with_vectors ? memory->data() + code_bytes : nullptr;
  if (vectors) read_new(rows, known, count, vectors + known * size);
  std::optional<vector::CodedRows> coded;
  if (is_coded) {
    records_.resize(count * record);
    if (has_code_packs(definition))
      codes_->read_live(rows, known, count, records_.data());
    else
      make_records(rows, known, count, vectors);
    coded.emplace(definition.dims, rows.slots(), rows.used, memory->data(), known, records_.data());
  }
  return std::make_shared<ResidentVectors>(std::move(memory), rows.used, vectors, std::move(coded));
}

bool CairnResidency::has_codes(const Chunk& rows) const {
  const VectorColumn& definition = column();
  return rows.slots() >= kCodedSlots &&
         vector::has_codes(definition.type, definition.metric, definition.dims);
}

void CairnResidency::read_new(const Chunk& rows, std::size_t first, std::size_t count, std::byte* out) {
  vectors_->read_live(rows, first, count, out);
}

// Codes of a column that has none in the file. `vectors`: those of the chunk, if they are kept.
void CairnResidency::make_records(const Chunk& rows, std::size_t first, std::size_t count,
                                  const std::byte* vectors) {
  const VectorColumn& definition = column();
  std::vector<std::byte> read_here;
  if (!vectors) {
    read_here.resize(count * definition.byte_size());
    read_new(rows, first, count, read_here.data());
  }
  vector::CodedRows::make_records(definition.type, definition.metric, std::vector<float>(definition.dims),
                                  vectors ? vectors + first * definition.byte_size() : read_here.data(),
                                  count, records_.data());
}

}  // namespace cairn::vec0
