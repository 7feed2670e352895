// Codes of one bit per dimension for the rows of a list, and what they say about a row's distance from a
// query: RaBitQ (Gao, Long 2024) in the layout of FastScan (Andre, Kermarrec, Le Scouarnec 2015).
//
//   ListEncoder encoder(rotated_centroid);       // by a vector::Rotation
//   encoder.encode(rotated_row, block, i);       // a block has 32 rows: the list's i-th of them
//   ListQuery query(rotation, q, 3.0f);
//   auto terms = query.in_list(|q - centroid|^2);
//   terms.most_low = kth_square;
//   std::uint32_t wanted = query.scan(block, terms, estimates, lows);   // of all 32
//
// Distances are squared L2; for cosine, rows, centroids and queries are of unit length, and the square is
// twice the distance. A row x of the list with centroid c is kept as the signs of r = R x - R c, R being the
// rotation, and three factors. With s = -1/2 or 1/2 per sign, and q' = R q,
//
//   |q - x|^2 = |q - c|^2 + |r|^2 - 2 <r, q' - R c>,   <r, y> is about |r|^2 / <r, s> * <s, y>
//
// where the estimate of <r, y> has no bias over random rotations, and an error known in its distribution:
// nearly normal, of standard deviation |r| |y| sqrt((|r|^2 |s|^2 / <r, s>^2 - 1) / (padded - 1)). <s, R c> is
// kept in a factor of the row, so that one table of q' serves all lists.
//
// The table rounds q' to 8 bits. What that may lose grows with |q|, not with |q - c|: of data that lie far
// from the origin, something near their mean should be subtracted first from rows, centroids and queries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "simd/kernels.hpp"
#include "vector/rotation.hpp"

namespace cairn::vector {

inline constexpr std::size_t kBlockRows = 32;

// Of a block for rows of Rotation::padded() dimensions: a multiple of 64. Blocks are aligned for floats.
std::size_t list_block_bytes(std::size_t padded) noexcept;

// Copies the code and the factors of place `i` of one block to place `j` of another or the same.
void copy_list_code(std::size_t padded, const std::byte* from, std::size_t i, std::byte* to,
                    std::size_t j) noexcept;

// Makes the codes of one list. Not thread-safe: it keeps a buffer.
class ListEncoder {
 public:
  // A multiple of 64 dimensions. A centroid that is not finite leaves every row without a bound.
  explicit ListEncoder(std::span<const float> rotated_centroid);

  // Writes the code and the factors of a row into place `i` of `block`, whatever was there, and returns the
  // squared distance from the centroid. A row that is too large or not finite is one without a bound: its low
  // is -infinity.
  double encode(const float* rotated_row, std::byte* block, std::size_t i);

  // Whether place `i` holds what encode() would write, but for what rounding on another machine may do. For
  // checking a file.
  bool is_code_of(const float* rotated_row, const std::byte* block, std::size_t i);

 private:
  std::vector<float> centroid_;
  std::vector<float> difference_;  // of the row at hand
};

// One query, for all lists. Its const functions are thread-safe.
class ListQuery {
 public:
  // Lower bounds will hold with the confidence of `epsilon` standard deviations of the error: of a normal
  // distribution, 1.9 leave out 29 in 1,000 rows, 3 leave out 1.3, and 4 leave out .03. REQUIRES: epsilon >=
  // 0.
  ListQuery(const Rotation& rotation, const float* query, float epsilon);

  // What scan() needs to know of a list whose centroid is at the squared distance `centroid_square` from the
  // query. The limits are for the caller to set; until then no row is wanted.
  simd::Kernels::BlockTerms in_list(float centroid_square) const noexcept;

  // Of the 32 rows of a block: estimates of the squared distances, which may be negative, and lower bounds.
  // Never NaN, whatever bytes the block holds. Returns by bits the rows within either limit; what unused
  // places give does not matter.
  std::uint32_t scan(const std::byte* block, const simd::Kernels::BlockTerms& terms, float* estimates,
                     float* lows) const;

 private:
  std::vector<std::uint8_t> table_;  // sums of the rotated query over the subsets of each four dimensions
  float scale_ = 0, offset_ = 0;     // <s, q'> is about scale_ * (sum of the table's entries) + offset_
  float table_margin_ = 0;           // epsilon standard deviations of what the table's rounding adds to it
  float epsilon_;
};

}  // namespace cairn::vector
