#include "vec0/lists.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "cairn/error.hpp"
#include "vec0/shadow.hpp"
#include "vector/clusters.hpp"

namespace cairn::vec0 {
namespace {

constexpr const char* kSpaceKey = "lists";
constexpr std::size_t kPlacesBytes = vector::kBlockRows * sizeof(std::uint64_t);
// A list is divided when it is so many times longer than it would be if all were alike.
constexpr double kTooLong = 2.5;
constexpr std::size_t kShortest = 128;  // no list is divided below this

std::uint64_t random_seed() {
  std::uint64_t seed;
  sqlite3_randomness(sizeof seed, &seed);
  return seed;
}

Stamp random_stamp() {
  Stamp stamp;
  sqlite3_randomness(static_cast<int>(stamp.size()), stamp.data());
  return stamp;
}

// Half as many make a search scan a quarter more rows; twice as many cost more than they save
// (bench/README.md).
std::size_t wanted_lists(std::size_t rows) {
  return std::max<std::size_t>(1, static_cast<std::size_t>(2 * std::sqrt(static_cast<double>(rows))));
}

bool is_finite(const std::vector<float>& v) {
  return std::all_of(v.begin(), v.end(), [](float x) { return std::isfinite(x); });
}

}  // namespace

void ListSpace::point_of(const float* row, float* point) const {
  double square = 0;
  if (metric == vector::Metric::cosine)
    for (std::size_t d = 0; d < origin.size(); ++d)
      square += static_cast<double>(row[d]) * static_cast<double>(row[d]);
  const auto scale = square > 0 ? static_cast<float>(1 / std::sqrt(square)) : 1.0f;
  for (std::size_t d = 0; d < origin.size(); ++d) point[d] = row[d] * scale - origin[d];
}

// A list while rows are added to it.
struct Lists::Open {
  std::int64_t id;
  std::size_t size;
  double square;
  std::vector<float> centroid;
  std::size_t first_block = 0;  // of `blocks`, which are those that change
  std::vector<std::byte> blocks;
  std::unique_ptr<vector::ListEncoder> encoder;
};

Lists::Lists(CairnStorage& storage) : storage_(storage), column_(storage.table().vectors.front()) {}

sqlite::Statement Lists::prepare(const std::string& sql) const {
  return {storage_.db(), sql, sqlite::Statement::Reach::no_virtual_tables};
}

std::size_t Lists::stride() const noexcept {
  return vector::list_block_bytes((column_.dims + 63) / 64 * 64) + kPlacesBytes;
}

std::optional<ListSpace> Lists::space() {
  sqlite::Statement st =
      prepare("SELECT value FROM " + shadow_sql(storage_.table(), kInfo) + " WHERE key = 'lists'");
  if (!st.step()) return std::nullopt;
  const Value value = Value::of_column(st.handle(), 0);
  ListSpace space;
  space.metric = column_.metric;
  space.origin.resize(column_.dims);
  const std::size_t floats = space.origin.size() * sizeof(float);
  if (value.bytes.size() != space.stamp.size() + sizeof space.seed + floats)
    storage_.throw_corrupt(kInfo, 0, "what is said about lists has the wrong size");
  const char* bytes = value.bytes.data();
  std::memcpy(space.stamp.data(), bytes, space.stamp.size());
  std::memcpy(&space.seed, bytes + space.stamp.size(), sizeof space.seed);
  std::memcpy(space.origin.data(), bytes + space.stamp.size() + sizeof space.seed, floats);
  if (!is_finite(space.origin)) storage_.throw_corrupt(kInfo, 0, "the origin of the lists is not finite");
  return space;
}

void Lists::store_space() {
  space_->stamp = random_stamp();
  std::vector<std::byte> value(space_->stamp.begin(), space_->stamp.end());
  const auto append = [&](const void* bytes, std::size_t size) {
    const auto* first = static_cast<const std::byte*>(bytes);
    value.insert(value.end(), first, first + size);
  };
  append(&space_->seed, sizeof space_->seed);
  append(space_->origin.data(), space_->origin.size() * sizeof(float));
  sqlite::Statement st =
      prepare("INSERT OR REPLACE INTO " + shadow_sql(storage_.table(), kInfo) + "(key, value) VALUES (?, ?)");
  st.bind(1, kSpaceKey).bind_view(2, std::span<const std::byte>(value)).run();
}

std::vector<std::pair<std::int64_t, Stamp>> Lists::stamps() {
  sqlite::Statement st =
      prepare("SELECT list_id, stamp FROM " + shadow_sql(storage_.table(), kLists) + " ORDER BY list_id");
  std::vector<std::pair<std::int64_t, Stamp>> all;
  while (st.step()) {
    const Value value = Value::of_column(st.handle(), 1);
    Stamp stamp{};
    std::memcpy(stamp.data(), value.bytes.data(), std::min(stamp.size(), value.bytes.size()));
    all.emplace_back(st.get<std::int64_t>(0), stamp);
  }
  return all;
}

Lists::Stored Lists::load(std::int64_t id, bool with_entries) {
  sqlite::Statement st = prepare(
      fmt::format("SELECT size, square, stamp, centroid, {} FROM {} WHERE list_id = ?",
                  with_entries ? "entries" : "length(entries)", shadow_sql(storage_.table(), kLists)));
  st.bind(1, id);
  if (!st.step()) storage_.throw_corrupt(kLists, id, "the list is missing");
  Stored list;
  list.id = id;
  const Value size = Value::of_column(st.handle(), 0), square = Value::of_column(st.handle(), 1),
              stamp = Value::of_column(st.handle(), 2), centroid = Value::of_column(st.handle(), 3),
              entries = Value::of_column(st.handle(), 4);
  list.centroid.resize(column_.dims);
  const std::size_t bytes = with_entries ? entries.bytes.size() : static_cast<std::size_t>(entries.integer);
  if (size.type != Value::Type::integer || size.integer < 0 ||
      static_cast<std::uint64_t>(size.integer) > bytes / stride() * vector::kBlockRows ||
      centroid.bytes.size() != list.centroid.size() * sizeof(float))
    storage_.throw_corrupt(kLists, id,
                           "its size is not that of its entries, or its centroid has the wrong size");
  list.size = static_cast<std::size_t>(size.integer);
  list.square = square.type == Value::Type::real && square.real >= 0 ? square.real : 0;
  std::memcpy(list.stamp.data(), stamp.bytes.data(), std::min(list.stamp.size(), stamp.bytes.size()));
  std::memcpy(list.centroid.data(), centroid.bytes.data(), centroid.bytes.size());
  if (!is_finite(list.centroid)) storage_.throw_corrupt(kLists, id, "its centroid is not finite");
  if (with_entries) {
    storage_.bytes_read += bytes;
    list.entries.resize(bytes);
    std::memcpy(list.entries.data(), entries.bytes.data(), bytes);
  }
  return list;
}

std::uint64_t Lists::place_of(const Stored& list, std::size_t i) const noexcept {
  std::uint64_t place;
  std::memcpy(&place,
              list.entries.data() + (i / vector::kBlockRows + 1) * stride() - kPlacesBytes +
                  i % vector::kBlockRows * sizeof place,
              sizeof place);
  return place;
}

bool Lists::is_code_of(const Stored& list, std::size_t i, const float* row) {
  if (!space_) space_ = space();
  if (!space_) return false;
  if (!rotation_) rotation_.emplace(column_.dims, space_->seed);
  std::vector<float> point(column_.dims);
  space_->point_of(row, point.data());
  const auto first = list.entries.begin() + static_cast<std::ptrdiff_t>(i / vector::kBlockRows * stride());
  const std::vector<std::byte> stored(first, first + static_cast<std::ptrdiff_t>(stride()));
  std::vector<std::byte> made = stored;
  vector::ListEncoder((*rotation_)(list.centroid.data()))
      .encode((*rotation_)(point.data()).data(), made.data(), i % vector::kBlockRows);
  // Elements that are nearly zero may have another sign on another machine.
  std::size_t differing = 0;
  for (std::size_t b = 0; b < rotation_->padded() / 8 * vector::kBlockRows; ++b)
    differing += static_cast<std::size_t>(std::popcount(std::to_integer<unsigned>(stored[b] ^ made[b])));
  return differing <= 2 + rotation_->padded() / 100;
}

std::vector<Lists::Open> Lists::open_all() {
  std::vector<Open> lists;
  for (const auto& [id, stamp] : stamps()) {
    Stored stored = load(id, false);
    lists.push_back({id, stored.size, stored.square, std::move(stored.centroid), 0, {}, nullptr});
  }
  return lists;
}

void Lists::insert(const float* centroid) {
  sqlite::Statement st =
      prepare("INSERT INTO " + shadow_sql(storage_.table(), kLists) +
              "(size, square, stamp, centroid, entries) VALUES (0, 0.0, zeroblob(16), ?, x'')");
  st.bind_view(1, std::as_bytes(std::span(centroid, column_.dims))).run();
}

// Centroids from a part of the rows: the first ones of every pack, which SQLite need not walk far to.
void Lists::create(const std::vector<std::int64_t>& chunks, std::size_t rows) {
  const std::size_t lists = wanted_lists(rows), pack_rows = vector_packs(storage_.table(), 0).rows;
  const std::size_t packs = chunks.size() * storage_.table().chunk_size / pack_rows;
  const std::size_t per_pack = (lists * vector::kSampledPerCentroid + packs - 1) / packs;
  space_ = ListSpace{column_.metric, {}, random_seed(), std::vector<float>(column_.dims)};
  std::vector<float> sample, row(column_.dims);
  sample.reserve(packs * per_pack * column_.dims);
  const auto vectors = storage_.vectors(0);
  std::vector<std::uint16_t> live;
  for (const std::int64_t id : chunks) {
    const std::optional<Chunk> chunk = storage_.chunk(id);
    if (!chunk) continue;
    live_slots(*chunk, live);
    std::size_t pack = 0, taken = 0;
    for (const std::uint16_t slot : live) {
      if (slot / pack_rows != pack) taken = 0;
      pack = slot / pack_rows;
      if (taken++ >= per_pack) continue;
      vectors->read(id, slot, 1, reinterpret_cast<std::byte*>(row.data()));
      sample.resize(sample.size() + column_.dims);
      space_->point_of(row.data(), sample.data() + sample.size() - column_.dims);
    }
  }
  const std::size_t count = sample.size() / column_.dims;
  std::vector<double> mean(column_.dims);
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t d = 0; d < column_.dims; ++d)
      if (std::isfinite(sample[i * column_.dims + d]))
        mean[d] += static_cast<double>(sample[i * column_.dims + d]);
  for (std::size_t d = 0; d < column_.dims; ++d) {
    const auto origin = static_cast<float>(mean[d] / static_cast<double>(std::max<std::size_t>(count, 1)));
    space_->origin[d] = std::isfinite(origin) ? origin : 0.0f;
  }
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t d = 0; d < column_.dims; ++d) sample[i * column_.dims + d] -= space_->origin[d];
  const std::vector<float> centroids =
      vector::find_centroids(sample.data(), count, column_.dims, lists, space_->seed);
  for (std::size_t i = 0; i * column_.dims < centroids.size(); ++i)
    insert(centroids.data() + i * column_.dims);
}

void Lists::append(Open& list, const float* rotated_point, std::uint64_t place) {
  if (!list.encoder) {
    list.encoder = std::make_unique<vector::ListEncoder>((*rotation_)(list.centroid.data()));
    list.first_block = list.size / vector::kBlockRows;
    if (list.size % vector::kBlockRows != 0) {
      list.blocks.resize(stride());
      storage_.open(kLists, "entries", list.id, sqlite::Blob::Mode::read)
          .read(list.blocks, list.first_block * stride());
    }
  }
  const std::size_t at = list.size - list.first_block * vector::kBlockRows;
  const std::size_t block = at / vector::kBlockRows, i = at % vector::kBlockRows;
  list.blocks.resize((block + 1) * stride());
  std::byte* const bytes = list.blocks.data() + block * stride();
  const double square = list.encoder->encode(rotated_point, bytes, i);
  std::memcpy(bytes + stride() - kPlacesBytes + i * sizeof place, &place, sizeof place);
  if (std::isfinite(square)) list.square += square;
  ++list.size;
}

void Lists::write(Open& list) {
  if (!list.encoder) return;
  const std::size_t offset = list.first_block * stride(), end = offset + list.blocks.size();
  std::size_t room = 0;
  if (offset > 0 || list.size > 0) {
    sqlite::Blob blob = storage_.open(kLists, "entries", list.id, sqlite::Blob::Mode::read_write);
    room = blob.size();
    if (room >= end) blob.write(list.blocks, offset);
  }
  if (room < end) {  // with some room for the next
    std::vector<std::byte> entries(offset == 0 ? end : (end / stride() + end / stride() / 4 + 1) * stride());
    if (offset > 0) {
      const sqlite::Blob blob = storage_.open(kLists, "entries", list.id, sqlite::Blob::Mode::read);
      if (blob.size() < offset) storage_.throw_corrupt(kLists, list.id, "its entries are too few");
      blob.read(std::span(entries).first(offset), 0);
    }
    std::memcpy(entries.data() + offset, list.blocks.data(), list.blocks.size());
    sqlite::Statement st =
        prepare("UPDATE " + shadow_sql(storage_.table(), kLists) + " SET entries = ? WHERE list_id = ?");
    st.bind_view(1, std::span<const std::byte>(entries)).bind(2, list.id).run();
  }
  sqlite::Statement st = prepare("UPDATE " + shadow_sql(storage_.table(), kLists) +
                                 " SET size = ?, square = ?, stamp = ?, centroid = ? WHERE list_id = ?");
  st.bind(1, list.size)
      .bind(2, list.square)
      .bind_view(3, std::span<const std::byte>(random_stamp()))
      .bind_view(4, std::as_bytes(std::span(list.centroid)))
      .bind(5, list.id)
      .run();
  list.encoder.reset();
  list.blocks.clear();
}

// Two lists out of one that is too long, without the entries whose rows are gone.
void Lists::divide(Open& list, std::vector<Open>& all) {
  const Stored stored = load(list.id, true);
  std::map<std::int64_t, std::vector<std::uint64_t>> places;  // by chunk
  for (std::size_t i = 0; i < stored.size; ++i) {
    const std::uint64_t place = place_of(stored, i);
    places[chunk_of_place(place)].push_back(place);
  }
  std::vector<float> points;
  std::vector<std::uint64_t> kept;
  const auto vectors = storage_.vectors(0);
  std::vector<float> row(column_.dims), point(column_.dims);
  for (const auto& [id, of_chunk] : places) {
    const std::optional<Chunk> chunk = storage_.chunk(id);
    if (!chunk) continue;
    for (const std::uint64_t place : of_chunk) {
      const std::size_t slot = slot_of_place(place);
      if (slot >= chunk->used || !chunk->is_live(slot)) continue;
      vectors->read(id, slot, 1, reinterpret_cast<std::byte*>(row.data()));
      space_->point_of(row.data(), point.data());
      points.insert(points.end(), point.begin(), point.end());
      kept.push_back(place);
    }
  }
  std::vector<float> centroids =
      vector::find_centroids(points.data(), kept.size(), column_.dims, 2, space_->seed);
  if (centroids.empty()) centroids = list.centroid;
  vector::NearestCentroid nearest(centroids.data(), centroids.size() / column_.dims, column_.dims);
  list.size = 0;
  list.square = 0;
  list.centroid.assign(centroids.begin(), centroids.begin() + static_cast<std::ptrdiff_t>(column_.dims));
  list.encoder.reset();
  list.blocks.clear();
  Open second{0, 0,  0,      {centroids.end() - static_cast<std::ptrdiff_t>(column_.dims), centroids.end()},
              0, {}, nullptr};
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const float* const kept_point = points.data() + i * column_.dims;
    append(nearest(kept_point) == 0 ? list : second, (*rotation_)(kept_point).data(), kept[i]);
  }
  if (list.encoder)
    write(list);
  else {  // nothing is left of it
    sqlite::Statement st = prepare("UPDATE " + shadow_sql(storage_.table(), kLists) +
                                   " SET size = 0, square = 0.0, stamp = ? WHERE list_id = ?");
    st.bind_view(1, std::span<const std::byte>(random_stamp())).bind(2, list.id).run();
  }
  if (second.size == 0) return;
  insert(second.centroid.data());
  second.id = sqlite3_last_insert_rowid(storage_.db());
  write(second);
  all.push_back(std::move(second));
}

void Lists::file(const std::vector<std::int64_t>& chunks, std::size_t rows) {
  space_ = space();
  if (!space_) create(chunks, rows);
  rotation_.emplace(column_.dims, space_->seed);
  std::vector<Open> lists = open_all();
  if (lists.empty()) return;
  std::vector<float> centroids;
  for (const Open& list : lists) {
    const std::vector<float> rotated = (*rotation_)(list.centroid.data());
    centroids.insert(centroids.end(), rotated.begin(), rotated.end());
  }
  vector::NearestCentroid nearest(centroids.data(), lists.size(), rotation_->padded());
  sqlite::Statement mark = prepare("UPDATE " + shadow_sql(storage_.table(), kChunks) +
                                   " SET filed = 1, stamp = ? WHERE chunk_id = ?");
  const auto vectors = storage_.vectors(0);
  const std::size_t at_once = vector_packs(storage_.table(), 0).rows;
  std::vector<float> rows_of_pack(at_once * column_.dims), point(column_.dims), rotated(rotation_->padded());
  std::size_t filed = 0;
  for (const std::int64_t id : chunks) {
    const std::optional<Chunk> chunk = storage_.chunk(id);
    if (!chunk) continue;
    for (std::size_t first = 0; first < chunk->used; first += at_once) {
      const std::size_t count = std::min(at_once, chunk->used - first);
      vectors->read_live(*chunk, first, count, reinterpret_cast<std::byte*>(rows_of_pack.data()));
      for (std::size_t n = 0; n < count; ++n) {
        if (!chunk->is_live(first + n)) continue;
        space_->point_of(rows_of_pack.data() + n * column_.dims, point.data());
        (*rotation_)(point.data(), rotated.data());
        append(lists[nearest(rotated.data())], rotated.data(), list_place(id, first + n));
        ++filed;
      }
    }
    mark.reset();
    mark.bind_view(1, std::span<const std::byte>(random_stamp())).bind(2, id).run();
  }
  for (Open& list : lists) write(list);

  // Bounded by what was filed: as many rows go through a division as were filed, or one list.
  const auto too_long =
      std::max(kShortest, static_cast<std::size_t>(kTooLong * static_cast<double>(rows) /
                                                   static_cast<double>(wanted_lists(rows))));
  std::size_t left = filed;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    if (lists[i].size <= too_long || (lists[i].size > left && left < filed)) continue;
    left -= std::min(left, lists[i].size);
    divide(lists[i], lists);
  }
  store_space();
}

void Lists::clear() {
  prepare("DELETE FROM " + shadow_sql(storage_.table(), kLists)).run();
  prepare("DELETE FROM " + shadow_sql(storage_.table(), kInfo) + " WHERE key = 'lists'").run();
  sqlite::Statement st =
      prepare("UPDATE " + shadow_sql(storage_.table(), kChunks) + " SET filed = 0, stamp = ? WHERE filed");
  st.bind_view(1, std::span<const std::byte>(random_stamp())).run();
}

}  // namespace cairn::vec0
