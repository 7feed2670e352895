// Distance kernels: one query against `count` rows that lie one after the other.
//
//   const simd::Kernels& k = simd::kernels();
//   k.l2_squared_f32(query, rows, count, dims, out);   // out[i] = |query - row i|^2
//
// Sums are float32 for L2 and cosine (sqlite-vec's results are float32 too), double for L1, and exact
// integers for int8, bits and codes. Pointers need the alignment of their type only; `rows` holds count *
// dims elements, `out` count. Dimensions reach 8192, so that every integer sum fits 32 bits. A row's result
// does not depend on the rows beside it.
//
// The error of a float sum, in every variant and with or without fused multiplication:
//   |computed - exact| <= (dims + 2) * 2^-24 * 1.01 * (sum of |terms|) + dims * 2^-149
// where the terms are q*r, r*r or (q - r)^2, exactly, and no partial sum overflows. Proof: whatever the
// order, a term takes part in at most dims - 1 additions that round (adding to zero does not), in one
// product, and for L2 in a difference that rounds once and is squared: dims + 2 factors (1 + e), |e| <=
// 2^-24, and their product is within 1.01 times its first order up to 8192 dimensions. A product may also
// underflow, by 2^-150 at most; sums and differences cannot. L1 is the same in double: (dims + 2) * 2^-53
// * 1.01 * (sum of |q - r|). All of this supposes the default rounding mode, with denormals kept.
//
// Thread-safety: everything here may be called from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace cairn::simd {

struct Kernels {
  const char* name;  // "scalar", "avx2", "avx512", "avx512vnni" or "neon"

  void (*l2_squared_f32)(const float* query, const float* rows, std::size_t count, std::size_t dims,
                         float* out);
  // dots[i] = query . row i; norms[i] = row i . row i.
  void (*dot_norm_f32)(const float* query, const float* rows, std::size_t count, std::size_t dims,
                       float* dots, float* norms);
  void (*l1_f32)(const float* query, const float* rows, std::size_t count, std::size_t dims, double* out);

  void (*l2_squared_i8)(const std::int8_t* query, const std::int8_t* rows, std::size_t count,
                        std::size_t dims, std::int32_t* out);
  void (*dot_norm_i8)(const std::int8_t* query, const std::int8_t* rows, std::size_t count, std::size_t dims,
                      std::int32_t* dots, std::int32_t* norms);
  void (*l1_i8)(const std::int8_t* query, const std::int8_t* rows, std::size_t count, std::size_t dims,
                std::int32_t* out);

  // Differing bits; rows are `bytes` long.
  void (*hamming)(const std::uint8_t* query, const std::uint8_t* rows, std::size_t count, std::size_t bytes,
                  std::int32_t* out);

  // Codes of four bits, two to a byte: out[i] is the sum over b of
  //   (row i [b] & 15) * low[b] + (row i [b] >> 4) * high[b].
  // `bytes` reaches 4096 (8192 dimensions).
  void (*dot_nibbles)(const std::uint8_t* rows, std::size_t count, std::size_t bytes, const std::int8_t* low,
                      const std::int8_t* high, std::int32_t* out);

  // One row of eight-bit codes whose halves lie in two planes, each laid out as for dot_nibbles: `upper`
  // holds the four high bits of every code, `lower` the four low ones. Returns the sum over b of
  //   ((upper[b] & 15) * 16 + (lower[b] & 15)) * low[b] + ((upper[b] >> 4) * 16 + (lower[b] >> 4)) * high[b].
  // REQUIRES: the query is scaled so that 255 * (sum of |low| + sum of |high|) fits 31 bits.
  std::int32_t (*dot_split_bytes)(const std::uint8_t* upper, const std::uint8_t* lower, std::size_t bytes,
                                  const std::int16_t* low, const std::int16_t* high);

  // Making such codes, in two steps. First rest[d] = row[d] - center[d], which rounds once, with the sums of
  // the squares of `rest` and of `row`, and the largest |rest[d]|, NaN left out.
  struct Rest {
    float square, row_square, largest;
  };
  Rest (*subtract)(const float* row, const float* center, std::size_t dims, float* rest);
  // Then the codes of 2 * bytes elements: rest[d] * inverse + 128.5, truncated, which must lie within 1 to
  // 255. Byte b of a plane holds elements 2 * b - b % 32 (low half) and 32 behind it (high half). Gives the
  // sums of the squares of what is lost: rest[d] - scale * (code - 128), and where only the four high bits
  // are known, rest[d] - scale * (code with its low bits zero - 120.5). REQUIRES: bytes is a multiple of 32.
  struct Lost {
    float square8, square4;
  };
  Lost (*encode)(const float* rest, std::size_t bytes, float scale, float inverse, std::uint8_t* upper,
                 std::uint8_t* lower);

  // IEEE binary16 to float32, exactly, and back: rounded to nearest, ties to even, beyond 65,504 and its half
  // step to infinity; a NaN stays one.
  void (*half_to_float)(const std::uint16_t* halves, std::size_t count, float* out);
  void (*float_to_half)(const float* floats, std::size_t count, std::uint16_t* out);

  // The Walsh-Hadamard transform in place, then times `scale`: one divided by the root of `size` keeps
  // lengths. The sums are rounded in the same order in every variant. REQUIRES: size is a power of two and at
  // least 64.
  void (*hadamard)(float* values, std::size_t size, float scale);

  // A block of 32 rows whose codes of four bits stand for entries of tables. All of one position ("group") of
  // all rows lie together in 16 bytes: the low nibbles of rows 0, 8, 1, 9, 2, 10 to 15, and the high ones of
  // rows 16, 24, 17 to 31. Behind the codes the rows' floats: add[32], rescale[32], error[32]. `table` holds
  // 16 entries for each group. With the sum over the groups of the entries that the row's codes name,
  //
  //   estimates[row] = add + square + rescale * (scale * sum + offset)
  //   lows[row] = estimates[row] + rescale * margin - (spread * error + slack)
  //
  // with -infinity in place of NaN. Returns the rows, by bits, whose low is at most most_low or whose
  // estimate is below most_estimate. REQUIRES: groups is a multiple of 16.
  struct BlockTerms {
    float scale, offset, margin;  // of the table
    float square, spread, slack;  // of the rows' list
    float most_low, most_estimate;
  };
  std::uint32_t (*scan_block)(const std::uint8_t* block, std::size_t groups, const std::uint8_t* table,
                              const BlockTerms& terms, float* estimates, float* lows);
};

// The fastest that this machine runs, or what the environment variable CAIRN_SIMD names (an unknown or
// unsupported name is ignored). Decided at the first call.
const Kernels& kernels() noexcept;

// Every variant that this machine can run, slowest first; for tests and benchmarks.
std::span<const Kernels* const> available_kernels() noexcept;

}  // namespace cairn::simd
