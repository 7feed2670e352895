// The lists of a cairn() table: its rows by the nearest of some centroids of the first vector column, each
// with a code of one bit per dimension (vector/list_codes.hpp). A search with a promised recall looks into a
// few of them (vector/list_search.hpp). Lists are an index and no more: every row is in the chunks.
//
// Chunks that are full get filed, some at a time: each of their rows becomes an entry of a list. Entries name
// places (chunk and slot), and places are used once, so an entry whose row is gone is known as such when it
// is met. Lists that have grown too long are divided.
//
//   _lists(list_id, size, square, stamp, centroid, entries)   entries: blocks of 32 codes and 32 places
//   _info 'lists': the stamp of the last filing, the seed of the rotation, the origin
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "vec0/cairn_storage.hpp"
#include "vector/list_codes.hpp"
#include "vector/list_search.hpp"
#include "vector/rotation.hpp"

namespace cairn::vec0 {

// How rows become points among the centroids: of unit length for cosine, and relative to an origin.
struct ListSpace {
  vector::Metric metric = vector::Metric::l2;
  Stamp stamp{};  // of the last change to the lists
  std::uint64_t seed = 0;
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

class Lists {
 public:
  explicit Lists(CairnStorage& storage);

  // Nothing while there are no lists.
  std::optional<ListSpace> space();
  // Makes entries of the rows of these chunks, and lists if there are none yet. `rows`: of the whole table.
  void file(const std::vector<std::int64_t>& chunks, std::size_t rows);
  // Deletes every list; all chunks count as not filed again.
  void clear();

  // One list as the file has it; checked as far as memory safety needs.
  struct Stored {
    std::int64_t id = 0;
    Stamp stamp{};
    std::size_t size = 0;
    double square = 0;  // sum over the entries of the squared distance from the centroid
    std::vector<float> centroid;
    std::vector<std::byte> entries;
  };
  // Every list's id and stamp, ascending.
  std::vector<std::pair<std::int64_t, Stamp>> stamps();
  Stored load(std::int64_t id, bool with_entries);
  // What the i-th entry names.
  std::uint64_t place_of(const Stored& list, std::size_t i) const noexcept;
  // Whether the code of that entry is the row's, but for what rounding may do. For checking a file.
  bool is_code_of(const Stored& list, std::size_t i, const float* row);
  // Bytes of a block in `entries`.
  std::size_t stride() const noexcept;

 private:
  struct Open;

  void create(const std::vector<std::int64_t>& chunks, std::size_t rows);
  std::vector<Open> open_all();
  void append(Open& list, const float* rotated_point, std::uint64_t place);
  void write(Open& list);
  void insert(const float* centroid);
  void divide(Open& list, std::vector<Open>& all);
  void store_space();
  sqlite::Statement prepare(const std::string& sql) const;

  CairnStorage& storage_;
  const VectorColumn& column_;
  std::optional<ListSpace> space_;
  std::optional<vector::Rotation> rotation_;
};

}  // namespace cairn::vec0
