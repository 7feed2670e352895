// The lists of a cairn() table: its rows by the nearest of some centroids of the first vector column, each
// with a code of one bit per dimension (vector/list_codes.hpp). A search with a promised recall looks into a
// few of them (vector/list_search.hpp). Lists are an index and no more: every row is in the chunks.
//
// Chunks that are full get filed, some at a time (filing.hpp): each of their rows becomes an entry of a list.
// Entries name places (chunk and slot), and places are used once, so an entry whose row is gone is known as
// such when it is met.
//
//   _lists(list_id, size, square, stamp, centroid, entries)   entries: blocks of 32 codes and 32 places
//   _info 'lists': the stamp of the last filing, the seed of the rotation, the last list swept, the origin
#pragma once

#include <optional>
#include <vector>

#include "vec0/cairn_storage.hpp"
#include "vector/list_codes.hpp"
#include "vector/rotation.hpp"

namespace cairn::vec0 {

// How rows become points among the centroids: of unit length for cosine, and relative to an origin.
struct ListSpace {
  vector::Metric metric = vector::Metric::l2;
  Stamp stamp{};  // of the last change to the lists
  std::uint64_t seed = 0;
  std::int64_t swept = 0;  // up to this list they were looked through for entries of rows that are gone
  std::vector<float> origin;

  void point_of(const float* row, float* point) const;
};

// What an entry names.
constexpr std::uint64_t list_place(std::int64_t chunk, std::size_t slot) noexcept {
  return (static_cast<std::uint64_t>(chunk) << 12) | slot;
}
constexpr std::int64_t chunk_of_place(std::uint64_t place) noexcept {
  return static_cast<std::int64_t>(place >> 12);
}
constexpr std::size_t slot_of_place(std::uint64_t place) noexcept {
  return static_cast<std::size_t>(place & 0xFFF);
}

// One list as the file has it; checked as far as memory safety needs.
struct StoredList {
  std::int64_t id = 0;
  Stamp stamp{};
  std::size_t size = 0;
  double square = 0;  // about the sum over the entries of the squared distance from the centroid
  std::vector<float> centroid;
  std::vector<std::byte> entries;
};

class Lists {
 public:
  explicit Lists(CairnStorage& storage);

  bool exist();
  // Nothing while there are no lists.
  std::optional<ListSpace> space();
  // Draws a new stamp.
  void write_space(ListSpace& space);
  // Every list's id and stamp, ascending.
  std::vector<std::pair<std::int64_t, Stamp>> stamps();
  // Every list without its entries, ascending by id.
  std::vector<StoredList> without_entries();
  StoredList load(std::int64_t id);
  // An empty one; its id is what is written.
  void insert(StoredList& list);
  // Draws a new stamp.
  void write(StoredList& list);
  void remove(std::int64_t id);
  void mark_filed(std::int64_t chunk);
  // Deletes every list; all chunks count as not filed again.
  void clear();

  // Bytes of a block in `entries`: the codes, then the places.
  std::size_t stride() const noexcept { return code_bytes() + kPlacesBytes; }
  std::size_t code_bytes() const noexcept;
  // What the i-th entry names.
  std::uint64_t place_of(const StoredList& list, std::size_t i) const noexcept;
  void set_place(StoredList& list, std::size_t i, std::uint64_t place) const noexcept;

 private:
  static constexpr std::size_t kPlacesBytes = vector::kBlockRows * sizeof(std::uint64_t);

  StoredList list_of_row(sqlite::Statement& row, bool with_entries);
  std::size_t offset_of_place(std::size_t i) const noexcept;
  // Most uses need few of the statements, and each of those many times.
  sqlite::Statement& prepare(std::optional<sqlite::Statement>& statement, const char* sql,
                             const char* suffix);

  CairnStorage& storage_;
  const VectorColumn& column_;
  std::optional<sqlite::Statement> load_, write_, insert_, remove_, mark_filed_;
};

}  // namespace cairn::vec0
