#include "vec0/lists.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "cairn/error.hpp"
#include "vec0/shadow.hpp"

namespace cairn::vec0 {
namespace {

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

Lists::Lists(CairnStorage& storage) : storage_(storage), column_(storage.table().vectors.front()) {}

sqlite::Statement& Lists::prepare(std::optional<sqlite::Statement>& statement, const char* sql,
                                  const char* suffix) {
  if (!statement)
    statement.emplace(storage_.db(), fmt::format(fmt::runtime(sql), shadow_sql(storage_.table(), suffix)),
                      sqlite::Statement::Reach::no_virtual_tables);
  statement->reset();
  return *statement;
}

std::size_t Lists::code_bytes() const noexcept {
  return vector::list_block_bytes((column_.dims + 63) / 64 * 64);
}

bool Lists::exist() {
  std::optional<sqlite::Statement> select;
  return prepare(select, "SELECT 1 FROM {} LIMIT 1", kLists).step();
}

std::optional<ListSpace> Lists::space() {
  std::optional<sqlite::Statement> select;
  sqlite::Statement& st = prepare(select, "SELECT value FROM {} WHERE key = 'lists'", kInfo);
  if (!st.step()) return std::nullopt;
  const Value value = Value::of_column(st.handle(), 0);
  ListSpace space;
  space.metric = column_.metric;
  space.origin.resize(column_.dims);
  const char* bytes = value.bytes.data();
  const auto take = [&](void* to, std::size_t size) {
    std::memcpy(to, bytes, size);
    bytes += size;
  };
  if (value.bytes.size() !=
      space.stamp.size() + sizeof space.seed + sizeof space.swept + space.origin.size() * sizeof(float))
    storage_.throw_corrupt(kInfo, 0, "what is said about lists has the wrong size");
  take(space.stamp.data(), space.stamp.size());
  take(&space.seed, sizeof space.seed);
  take(&space.swept, sizeof space.swept);
  take(space.origin.data(), space.origin.size() * sizeof(float));
  if (!is_finite(space.origin)) storage_.throw_corrupt(kInfo, 0, "the origin of the lists is not finite");
  return space;
}

void Lists::write_space(ListSpace& space) {
  space.stamp = random_stamp();
  std::vector<std::byte> value;
  const auto append = [&](const void* bytes, std::size_t size) {
    const auto* first = static_cast<const std::byte*>(bytes);
    value.insert(value.end(), first, first + size);
  };
  append(space.stamp.data(), space.stamp.size());
  append(&space.seed, sizeof space.seed);
  append(&space.swept, sizeof space.swept);
  append(space.origin.data(), space.origin.size() * sizeof(float));
  std::optional<sqlite::Statement> insert;
  prepare(insert, "INSERT OR REPLACE INTO {}(key, value) VALUES ('lists', ?)", kInfo)
      .bind_view(1, std::span<const std::byte>(value))
      .run();
}

std::vector<std::pair<std::int64_t, Stamp>> Lists::stamps() {
  std::optional<sqlite::Statement> select;
  sqlite::Statement& st = prepare(select, "SELECT list_id, stamp FROM {} ORDER BY list_id", kLists);
  std::vector<std::pair<std::int64_t, Stamp>> all;
  while (st.step()) all.emplace_back(st.get<std::int64_t>(0), stamp_of_column(st.handle(), 1));
  return all;
}

std::vector<StoredList> Lists::without_entries() {
  std::optional<sqlite::Statement> select;
  sqlite::Statement& st = prepare(select,
                                  "SELECT list_id, size, square, stamp, centroid, length(entries) FROM {} "
                                  "ORDER BY list_id",
                                  kLists);
  std::vector<StoredList> all;
  while (st.step()) all.push_back(list_of_row(st, false));
  return all;
}

StoredList Lists::load(std::int64_t id) {
  sqlite::Statement& st = prepare(
      load_, "SELECT list_id, size, square, stamp, centroid, entries FROM {} WHERE list_id = ?", kLists);
  st.bind(1, id);
  if (!st.step()) storage_.throw_corrupt(kLists, id, "the list is missing");
  StoredList list = list_of_row(st, true);
  st.reset();
  return list;
}

StoredList Lists::list_of_row(sqlite::Statement& row, bool with_entries) {
  StoredList list;
  list.id = row.get<std::int64_t>(0);
  const Value size = Value::of_column(row.handle(), 1), square = Value::of_column(row.handle(), 2),
              centroid = Value::of_column(row.handle(), 4), entries = Value::of_column(row.handle(), 5);
  list.stamp = stamp_of_column(row.handle(), 3);
  list.centroid.resize(column_.dims);
  const std::size_t bytes = with_entries                           ? entries.bytes.size()
                            : entries.type == Value::Type::integer ? static_cast<std::size_t>(entries.integer)
                                                                   : 0;
  if (size.type != Value::Type::integer || size.integer < 0 ||
      static_cast<std::uint64_t>(size.integer) > bytes / stride() * vector::kBlockRows ||
      centroid.bytes.size() != list.centroid.size() * sizeof(float))
    storage_.throw_corrupt(kLists, list.id,
                           "its size is not that of its entries, or its centroid has the wrong size");
  list.size = static_cast<std::size_t>(size.integer);
  list.square = square.type == Value::Type::real && square.real >= 0 ? square.real : 0;
  std::memcpy(list.centroid.data(), centroid.bytes.data(), centroid.bytes.size());
  if (!is_finite(list.centroid)) storage_.throw_corrupt(kLists, list.id, "its centroid is not finite");
  if (with_entries) {
    storage_.bytes_read += bytes;
    const auto* const first = reinterpret_cast<const std::byte*>(entries.bytes.data());
    list.entries.assign(first, first + bytes);
  }
  return list;
}

void Lists::insert(StoredList& list) {
  prepare(insert_,
          "INSERT INTO {}(size, square, stamp, centroid, entries) VALUES (0, 0.0, zeroblob(16), ?, x'')",
          kLists)
      .bind_view(1, std::as_bytes(std::span(list.centroid)))
      .run();
  list.id = sqlite3_last_insert_rowid(storage_.db());
}

void Lists::write(StoredList& list) {
  list.stamp = random_stamp();
  // Of a blob that keeps its length SQLite writes only the pages that change.
  prepare(write_,
          "UPDATE {} SET size = ?, square = ?, stamp = ?, centroid = ?, entries = ? WHERE list_id = ?",
          kLists)
      .bind(1, list.size)
      .bind(2, list.square)
      .bind_view(3, std::span<const std::byte>(list.stamp))
      .bind_view(4, std::as_bytes(std::span(list.centroid)))
      .bind_view(5, std::span<const std::byte>(list.entries))
      .bind(6, list.id)
      .run();
}

void Lists::remove(std::int64_t id) {
  prepare(remove_, "DELETE FROM {} WHERE list_id = ?", kLists).bind(1, id).run();
}

void Lists::mark_filed(std::int64_t chunk) {
  prepare(mark_filed_, "UPDATE {} SET filed = 1, stamp = ? WHERE chunk_id = ?", kChunks)
      .bind_view(1, std::span<const std::byte>(random_stamp()))
      .bind(2, chunk)
      .run();
}

void Lists::clear() {
  std::optional<sqlite::Statement> lists, space, chunks;
  prepare(lists, "DELETE FROM {}", kLists).run();
  prepare(space, "DELETE FROM {} WHERE key = 'lists'", kInfo).run();
  prepare(chunks, "UPDATE {} SET filed = 0, stamp = ? WHERE filed", kChunks)
      .bind_view(1, std::span<const std::byte>(random_stamp()))
      .run();
}

std::size_t Lists::offset_of_place(std::size_t i) const noexcept {
  return (i / vector::kBlockRows + 1) * stride() - kPlacesBytes +
         i % vector::kBlockRows * sizeof(std::uint64_t);
}

std::uint64_t Lists::place_of(const StoredList& list, std::size_t i) const noexcept {
  std::uint64_t place;
  std::memcpy(&place, list.entries.data() + offset_of_place(i), sizeof place);
  return place;
}

void Lists::set_place(StoredList& list, std::size_t i, std::uint64_t place) const noexcept {
  std::memcpy(list.entries.data() + offset_of_place(i), &place, sizeof place);
}

}  // namespace cairn::vec0
