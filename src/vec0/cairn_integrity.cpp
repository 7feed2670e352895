#include "vec0/cairn_integrity.hpp"

#include <cstring>
#include <map>

#include "cairn/sqlite/connection_ref.hpp"
#include "vec0/lists.hpp"
#include "vec0/problems.hpp"
#include "vector/codes.hpp"

namespace cairn::vec0 {
namespace {

class Check {
 public:
  Check(CairnStorage& storage, Depth depth, Problems& problems)
      : storage_(storage), table_(storage.table()), depth_(depth), problems_(problems), db_(storage.db()) {}

  void run() {
    sqlite::Statement ids = db_.prepare("SELECT chunk_id FROM " + shadow_sql(table_, kChunks));
    while (ids.step()) {
      const auto id = ids.get<std::int64_t>(0);
      try {
        check_chunk(id);
      } catch (const Error& e) {
        if (!is_damage(e)) throw;
        problems_.add_text(e.what());
      }
    }
    check_entries();
    for (std::size_t i = 0; i < table_.vectors.size(); ++i) {
      find_left_over(vector_records(i), "pack >> 12");
      find_left_over(code_records(i), "pack >> 12");
    }
    for (std::size_t i = 0; i < table_.metadata.size(); ++i) find_left_over(metadata_chunks(i), "chunk_id");
    if (depth_ == Depth::quick) return;
    check_lists();
    for (std::size_t i = 0; i < table_.metadata.size(); ++i)
      if (table_.metadata[i].type == MetadataType::text) check_texts(i);
    if (!table_.auxiliaries.empty()) find_orphans(kAuxiliary);
  }

 private:
  void check_chunk(std::int64_t id) {
    const std::optional<Chunk> chunk = storage_.chunk(id);
    if (!chunk) return;
    std::vector<std::uint16_t> slots;
    live_slots(*chunk, slots);
    live_ += static_cast<std::int64_t>(slots.size());
    if (!slots.empty() && slots.back() >= chunk->used)
      problems_.add(kChunks, "chunk", id, "a slot that was never used holds a row");
    if (chunk->is_filed)
      for (const std::uint16_t slot : slots) filed_.emplace(list_place(id, slot), 0);
    for (std::size_t i = 0; i < table_.vectors.size(); ++i) check_vectors(i, *chunk, slots);
    for (std::size_t i = 0; i < table_.metadata.size(); ++i) check_cells(i, *chunk, slots);
    if (depth_ == Depth::full)
      for (const std::uint16_t slot : slots) check_row(*chunk, slot);
  }

  // Reading is the check of what is there; the bounds must be those of the vectors.
  void check_vectors(std::size_t column, const Chunk& chunk, const std::vector<std::uint16_t>& slots) {
    if (depth_ == Depth::quick || slots.empty()) return;
    const VectorColumn& definition = table_.vectors[column];
    const auto vectors = storage_.vectors(column);
    std::vector<std::byte> rows(chunk.used * definition.byte_size());
    vectors->read_live(chunk, 0, chunk.used, rows.data());
    if (!has_code_packs(definition) || chunk.slots() < kCodedSlots) return;
    const std::vector<float> center = storage_.center(column);
    if (center.empty())
      return problems_.add(kInfo, fmt::format("the center of column {} is missing", column));
    PackReader codes(storage_, code_packs(table_, column));
    std::vector<std::byte> records(chunk.used * codes.table().record);
    codes.read_live(chunk, 0, chunk.used, records.data());
    for (const std::uint16_t slot : slots)
      if (!vector::CodedRows::is_code_of(definition.metric, center,
                                         reinterpret_cast<const float*>(rows.data()) + slot * definition.dims,
                                         records.data() + slot * codes.table().record))
        problems_.add(code_records(column), "row", chunk.rowids[slot], "the code is not that of its vector");
  }

  // Each row of a filed chunk has one entry, and no other row has one. Entries of rows that are gone may be
  // left.
  void check_lists() {
    Lists lists(storage_);
    const std::optional<ListSpace> space = lists.space();
    if (space) check_entries_of(lists, *space);
    for (const auto& [place, entries] : filed_)
      if (entries != 1)
        return problems_.add(
            kLists, fmt::format("{} entries name the row at chunk {}, offset {}, where one should", entries,
                                chunk_of_place(place), slot_of_place(place)));
  }

  void check_entries_of(Lists& lists, const ListSpace& space) {
    const auto vectors = storage_.vectors(0);
    const vector::Rotation rotation(space.origin.size(), space.seed);
    std::vector<float> point(space.origin.size());
    for (const auto& [id, stamp] : lists.stamps()) {
      const StoredList list = lists.load(id);
      vector::ListEncoder encoder(rotation(list.centroid.data()));
      for (std::size_t i = 0; i < list.size; ++i) {
        const std::uint64_t place = lists.place_of(list, i);
        const auto filed = filed_.find(place);
        if (filed == filed_.end()) continue;
        ++filed->second;
        vectors->read(chunk_of_place(place), slot_of_place(place), 1,
                      reinterpret_cast<std::byte*>(point.data()));
        space.point_of(point.data(), point.data());
        const std::byte* const block = list.entries.data() + i / vector::kBlockRows * lists.stride();
        if (!encoder.is_code_of(rotation(point.data()).data(), block, i % vector::kBlockRows))
          problems_.add(kLists, "list", id, fmt::format("entry {} is not the code of its row's vector", i));
      }
    }
  }

  void check_cells(std::size_t column, const Chunk& chunk, const std::vector<std::uint16_t>& slots) {
    MetadataCells cells;
    storage_.metadata(column)->read(chunk.id, cells);
    if (cells.nulls.size() * 8 != chunk.slots())
      return problems_.add(metadata_chunks(column), "chunk", chunk.id,
                           "the cells are not as many as the slots");
    if (depth_ == Depth::quick || cells.type != MetadataType::text) return;
    for (const std::uint16_t slot : slots) {
      const MetadataCell cell = cells.at(slot);
      if (!cell.is_long) continue;
      std::int32_t length = 0;
      std::memcpy(&length, cells.cells.data() + metadata_cell(cells.type, slot).offset, sizeof length);
      const std::int64_t rowid = chunk.rowids[slot];
      const auto text =
          db_.query_optional<std::string>("SELECT data FROM " + shadow_sql(table_, metadata_text(column)) +
                                              " WHERE rowid = ? AND typeof(data) = 'text'",
                                          rowid);
      if (!text || text->size() != static_cast<std::size_t>(length) || !text->starts_with(cell.value.bytes))
        problems_.add(metadata_text(column), "row", rowid,
                      fmt::format("is not the text of {} bytes that starts as its chunk says", length));
      else
        ++long_texts_[column];
    }
  }

  // The slot's row must have an entry that points back. Two slots cannot both have one for the same row.
  void check_row(const Chunk& chunk, std::uint16_t slot) {
    const std::int64_t rowid = chunk.rowids[slot];
    const auto at = storage_.find(rowid);
    if (!at)
      problems_.add(kRowids, "row", rowid,
                    fmt::format("is missing, but chunk {} has it at offset {}", chunk.id, slot));
    else if (at->chunk != chunk.id || at->slot != slot)
      problems_.add(
          kRowids, "row", rowid,
          fmt::format("does not point at chunk {}, offset {}, where it is as well", chunk.id, slot));
  }

  std::int64_t count(const std::string& suffix) {
    return db_.query_one<std::int64_t>("SELECT count(*) FROM " + shadow_sql(table_, suffix));
  }

  // Every live slot's row has one entry, so other entries exist just when there are more.
  void check_entries() {
    if (const std::int64_t entries = count(kRowids); entries != live_)
      problems_.add(kRowids, fmt::format("has {} rows, but the chunks have {}", entries, live_));
  }

  void find_left_over(const std::string& suffix, const char* chunk) {
    sqlite::Statement st =
        db_.prepare(fmt::format("SELECT DISTINCT {0} FROM {1} WHERE {0} NOT IN (SELECT chunk_id FROM {2})",
                                chunk, shadow_sql(table_, suffix), shadow_sql(table_, kChunks)));
    while (st.step())
      problems_.add(suffix, "chunk", Value::of_column(st.handle(), 0).integer, "the chunk does not exist");
  }

  std::int64_t find_orphans(const std::string& suffix) {
    sqlite::Statement st =
        db_.prepare(fmt::format("SELECT rowid FROM {} WHERE rowid NOT IN (SELECT rowid FROM {})",
                                shadow_sql(table_, suffix), shadow_sql(table_, kRowids)));
    std::int64_t orphans = 0;
    for (; st.step(); ++orphans)
      problems_.add(suffix, "row", Value::of_column(st.handle(), 0).integer, "the row does not exist");
    return orphans;
  }

  void check_texts(std::size_t column) {
    const std::string suffix = metadata_text(column);
    const std::int64_t surplus = count(suffix) - long_texts_[column];
    if (surplus <= 0) return;
    if (const std::int64_t others = surplus - find_orphans(suffix); others > 0)
      problems_.add(suffix, fmt::format("{} texts belong to rows whose own text is short", others));
  }

  CairnStorage& storage_;
  const TableDefinition& table_;
  const Depth depth_;
  Problems& problems_;
  const sqlite::ConnectionRef db_;
  std::int64_t live_ = 0;  // slots that hold a row
  std::map<std::uint64_t, std::size_t>
      filed_;  // places of rows that must have an entry, and how many they have
  std::map<std::size_t, std::int64_t> long_texts_;  // by metadata column, that belong to a cell
};

}  // namespace

std::string find_cairn_damage(CairnStorage& storage, Depth depth) {
  Problems problems(storage.table());
  try {
    Check(storage, depth, problems).run();
  } catch (const Error& e) {
    if (!is_damage(e)) throw;
    problems.add_text(e.what());
  }
  return problems.text();
}

}  // namespace cairn::vec0
