// Short codes of float32 and int8 rows, and proven bounds on the distances that the codes can only estimate.
//
//   CodedRows coded(ElementType::float32, Metric::l2, center, rows, count, memory);
//   CodeBounds bounds(Metric::l2, center, query);
//   bounds.lower(coded, keys);           // keys[i] <= key(distance to row i), from four bits per dimension
//   bounds.interval(coded, i);           // the same from both sides, from eight bits
//
// A row x is coded as what is left of it without a center c that all rows share: r = x - c. With the scale
// s = max |r_i| / 127, a code u of eight bits says r_i = s (u - 128); its four high bits h alone say
// r_i = s (16 h - 120.5), the middle of the codes that begin with them. The two halves of the codes are kept
// in planes of their own, so that the pass over all rows reads half a byte per dimension.
//
// A code stands for a vector x^, and the row is c + x^ + e with a known |e|. So <q, r> = <q, x^> + <q, e>
// with |<q, e>| <= |q| |e| (Cauchy and Schwarz), whatever the rows are: the bounds never err. This is the
// idea of the VA-file (Weber, Schek, Blott 1998) with one scale per row. The query is rounded too, to
// q = q^ + f, which adds |f| |x^|. All rounding of float32 is bounded as well; see codes.cpp.
//
// A key orders rows as their distance does: the square for L2, the distance itself for cosine. It is the
// distance that DistanceTo computes which is bounded, not only the mathematical one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "vector/distance.hpp"

namespace cairn::vector {

// Whether there are codes for such a column, and a pass over them is worth its while.
constexpr bool has_codes(ElementType type, Metric metric, std::size_t dims) noexcept {
  return type != ElementType::bit && (metric == Metric::l2 || metric == Metric::cosine) && dims >= 64;
}

// Immutable. A row whose elements are too large, too small or not finite to be bounded is always a candidate.
class CodedRows {
 public:
  // `rows` holds count * center.size() elements. The codes go to `memory`, byte_size() bytes aligned for
  // floats, which must outlive this. REQUIRES: has_codes(type, metric, center.size()).
  CodedRows(ElementType type, Metric metric, std::span<const float> center, const std::byte* rows,
            std::size_t count, std::byte* memory);
  // The first `count` of `capacity` rows in such memory, of which those from `first_new` on are taken in from
  // records. Whatever bytes a record holds, bounds of its row are numbers.
  CodedRows(std::size_t dims, std::size_t capacity, std::size_t count, std::byte* memory,
            std::size_t first_new, const std::byte* records);

  static std::size_t byte_size(std::size_t count, std::size_t dims) noexcept;
  // A row's code by itself, byte_size(1, dims) bytes: both planes, then the terms.
  static void make_records(ElementType type, Metric metric, std::span<const float> center,
                           const std::byte* rows, std::size_t count, std::byte* records);
  // Whether the record's bounds hold for the row, by plain arithmetic; for checking a file.
  static bool is_code_of(Metric metric, std::span<const float> center, const float* row,
                         const std::byte* record);
  std::size_t count() const noexcept { return count_; }

 private:
  friend class CodeBounds;
  // What a bound needs to know of a row besides its code; arrays of count_ elements.
  struct Terms {
    float* scale;    // s
    float* norm;     // |r|, from above
    float* error4;   // |e| of the four bits, from above; infinite for a row without bounds
    float* error8;   // the same of the eight bits
    float* inverse;  // 1 / |x|; for cosine
  };
  CodedRows(std::size_t dims, std::size_t capacity, std::size_t count, std::byte* memory) noexcept;
  void encode(Metric metric, std::span<const float> center, const float* row, std::size_t i);
  void encode_all(ElementType type, Metric metric, std::span<const float> center, const std::byte* rows);
  void load(std::size_t i, const std::byte* record) noexcept;

  std::size_t count_, plane_bytes_;  // plane_bytes_: of one row in one plane
  std::uint8_t* upper_;
  std::uint8_t* lower_;
  Terms terms_;
};

// One query. Not thread-safe while it is made; its const functions are.
class CodeBounds {
 public:
  CodeBounds(Metric metric, std::span<const float> center, const Vector& query);

  // False for a query that cannot be bounded: every row is then a candidate, and nothing else may be called.
  bool is_usable() const noexcept { return is_usable_; }

  // Lower bounds of the keys of rows [0, count) of `rows`, from four bits per dimension. Never NaN.
  void lower(const CodedRows& rows, float* out) const;

  struct Interval {
    float low, high;
  };
  // Both bounds of one row's key, from eight bits per dimension.
  Interval interval(const CodedRows& rows, std::size_t row) const;
  // Fetches what interval() will read.
  void prefetch(const CodedRows& rows, std::size_t row) const noexcept;

  // A row whose lower bound is above this is farther away than `distance`, and not just as far.
  float reach(float distance) const noexcept;
  // The same for a distance that is only known to have at most this key.
  float reach_of_key(float key) const noexcept;

 private:
  Metric metric_;
  bool is_usable_ = false;
  std::size_t dims_;
  double gamma_;                           // relative rounding error of a float32 sum over dims_ terms
  std::vector<std::int8_t> low8_, high8_;  // the query in the layout of a plane's low and high nibbles
  std::vector<std::int16_t> low16_, high16_;
  double scale8_ = 0, scale16_ = 0;    // of the rounded queries
  std::int64_t sum8_ = 0, sum16_ = 0;  // of their elements
  double error8_ = 0, error16_ = 0;    // |f|
  double norm_ = 0;                    // |q|, or |q - c| for L2
  double query_norm_ = 0;              // |q|, for cosine
  double center_dot_ = 0;              // <q, c>, for cosine
  double center_norm_ = 0;             // |c|, for cosine
};

// The elements as floats, which hold every int8. REQUIRES: the type is not bit.
std::vector<float> to_floats(const Vector& vector);

}  // namespace cairn::vector
