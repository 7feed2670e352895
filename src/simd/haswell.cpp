// AVX2 and FMA. Float sums run in four registers of eight lanes, so that the FMA latency is hidden, and
// are added as a tree at the end; the tail is a masked load, whose absent lanes are zero. Integers are
// widened to int16, where vpmaddwd multiplies and adds pairs exactly; their tail is the row's last block
// read again, with the lanes that have been counted cleared.
// This file is compiled for its instruction set: it includes intrinsics only, since an inline function
// of the standard library compiled here could be the copy that the linker keeps for everybody.
#include <immintrin.h>

#include "simd/isa.hpp"
#include "simd/scan_block.hpp"

namespace cairn::simd {
namespace {

// Eight ones before eight zeros: loading at 8 - n gives a mask of n lanes.
alignas(32) const std::int32_t kMask[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};

// Thirty-two zeros before as many ones: loading at n keeps the last n bytes of a block.
alignas(32) const std::int8_t kLast[64] = {0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
                                           0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
                                           -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
                                           -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};

__m256i load(const void* p) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(p));
}

__m256i tail_mask(std::size_t n) {
  return load(kMask + 8 - n);
}

__m128i load_half(const void* p) {
  return _mm_loadu_si128(static_cast<const __m128i*>(p));
}

// The last n bytes of the sixteen before `end`; the others are zero.
__m128i load_last_half(const std::int8_t* end, std::size_t n) {
  return _mm_and_si128(load_half(end - 16), load_half(kLast + 16 + n));
}

// The bytes from `at` to `size`, fewer than 32, in some lanes, and zeros in the others: the last block of the
// row is read again, and what has been counted is cleared. REQUIRES: size >= 16.
__m256i load_tail(const void* row, std::size_t at, std::size_t size) {
  const auto* const begin = static_cast<const std::int8_t*>(row);
  if (size >= 32) return _mm256_and_si256(load(begin + size - 32), load(kLast + size - at));
  return _mm256_set_m128i(load_last_half(begin + size, size - 16), load_half(begin));
}

// Rows are one long stream, which the processor's own prefetcher follows too closely: on Zen 3, asking for
// the line two kilobytes ahead gave dot_nibbles a third more. Only the float kernels for L2 and dot products
// gained nothing, and do without. Past the end of the rows the request has no effect.
void prefetch_ahead(const void* p) {
  _mm_prefetch(static_cast<const char*>(p) + 2048, _MM_HINT_T0);
}

float sum_lanes(__m256 v) {
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

double sum_lanes(__m256d v) {
  const __m128d two = _mm_add_pd(_mm256_castpd256_pd128(v), _mm256_extractf128_pd(v, 1));
  return _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)));
}

std::int32_t sum_lanes(__m256i v) {
  const __m128i four = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
  const __m128i two = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4E));
  return _mm_cvtsi128_si32(_mm_add_epi32(two, _mm_shuffle_epi32(two, 0xB1)));
}

// Sums in lanes of 64 bits that fit 32.
std::int32_t sum_quads(__m256i v) {
  const __m128i two = _mm_add_epi64(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
  return _mm_cvtsi128_si32(_mm_add_epi64(two, _mm_unpackhi_epi64(two, two)));
}

__m256 add_square(__m256 sum, __m256 a, __m256 b) {
  const __m256 difference = _mm256_sub_ps(a, b);
  return _mm256_fmadd_ps(difference, difference, sum);
}

void l2_squared_f32(const float* query, const float* rows, std::size_t count, std::size_t dims, float* out) {
  for (std::size_t i = 0; i < count; ++i, rows += dims) {
    __m256 s0 = _mm256_setzero_ps(), s1 = s0, s2 = s0, s3 = s0;
    std::size_t d = 0;
    for (; d + 32 <= dims; d += 32) {
      s0 = add_square(s0, _mm256_loadu_ps(query + d), _mm256_loadu_ps(rows + d));
      s1 = add_square(s1, _mm256_loadu_ps(query + d + 8), _mm256_loadu_ps(rows + d + 8));
      s2 = add_square(s2, _mm256_loadu_ps(query + d + 16), _mm256_loadu_ps(rows + d + 16));
      s3 = add_square(s3, _mm256_loadu_ps(query + d + 24), _mm256_loadu_ps(rows + d + 24));
    }
    for (; d + 8 <= dims; d += 8) s0 = add_square(s0, _mm256_loadu_ps(query + d), _mm256_loadu_ps(rows + d));
    if (d < dims) {
      const __m256i mask = tail_mask(dims - d);
      s1 = add_square(s1, _mm256_maskload_ps(query + d, mask), _mm256_maskload_ps(rows + d, mask));
    }
    out[i] = sum_lanes(_mm256_add_ps(_mm256_add_ps(s0, s1), _mm256_add_ps(s2, s3)));
  }
}

void dot_norm_f32(const float* query, const float* rows, std::size_t count, std::size_t dims, float* dots,
                  float* norms) {
  for (std::size_t i = 0; i < count; ++i, rows += dims) {
    __m256 dot0 = _mm256_setzero_ps(), dot1 = dot0, dot2 = dot0, dot3 = dot0;
    __m256 norm0 = dot0, norm1 = dot0, norm2 = dot0, norm3 = dot0;
    std::size_t d = 0;
    for (; d + 32 <= dims; d += 32) {
      const __m256 r0 = _mm256_loadu_ps(rows + d), r1 = _mm256_loadu_ps(rows + d + 8);
      const __m256 r2 = _mm256_loadu_ps(rows + d + 16), r3 = _mm256_loadu_ps(rows + d + 24);
      dot0 = _mm256_fmadd_ps(_mm256_loadu_ps(query + d), r0, dot0);
      dot1 = _mm256_fmadd_ps(_mm256_loadu_ps(query + d + 8), r1, dot1);
      dot2 = _mm256_fmadd_ps(_mm256_loadu_ps(query + d + 16), r2, dot2);
      dot3 = _mm256_fmadd_ps(_mm256_loadu_ps(query + d + 24), r3, dot3);
      norm0 = _mm256_fmadd_ps(r0, r0, norm0);
      norm1 = _mm256_fmadd_ps(r1, r1, norm1);
      norm2 = _mm256_fmadd_ps(r2, r2, norm2);
      norm3 = _mm256_fmadd_ps(r3, r3, norm3);
    }
    for (; d + 8 <= dims; d += 8) {
      const __m256 r = _mm256_loadu_ps(rows + d);
      dot0 = _mm256_fmadd_ps(_mm256_loadu_ps(query + d), r, dot0);
      norm0 = _mm256_fmadd_ps(r, r, norm0);
    }
    if (d < dims) {
      const __m256i mask = tail_mask(dims - d);
      const __m256 r = _mm256_maskload_ps(rows + d, mask);
      dot1 = _mm256_fmadd_ps(_mm256_maskload_ps(query + d, mask), r, dot1);
      norm1 = _mm256_fmadd_ps(r, r, norm1);
    }
    dots[i] = sum_lanes(_mm256_add_ps(_mm256_add_ps(dot0, dot1), _mm256_add_ps(dot2, dot3)));
    norms[i] = sum_lanes(_mm256_add_ps(_mm256_add_ps(norm0, norm1), _mm256_add_ps(norm2, norm3)));
  }
}

__m256d absolute_difference(__m128 a, __m128 b) {
  const __m256d sign = _mm256_set1_pd(-0.0);
  return _mm256_andnot_pd(sign, _mm256_sub_pd(_mm256_cvtps_pd(a), _mm256_cvtps_pd(b)));
}

void l1_f32(const float* query, const float* rows, std::size_t count, std::size_t dims, double* out) {
  for (std::size_t i = 0; i < count; ++i, rows += dims) {
    __m256d s0 = _mm256_setzero_pd(), s1 = s0;
    std::size_t d = 0;
    for (; d + 16 <= dims; d += 16) {
      prefetch_ahead(rows + d);
      s0 = _mm256_add_pd(s0, absolute_difference(_mm_loadu_ps(query + d), _mm_loadu_ps(rows + d)));
      s1 = _mm256_add_pd(s1, absolute_difference(_mm_loadu_ps(query + d + 4), _mm_loadu_ps(rows + d + 4)));
      s0 = _mm256_add_pd(s0, absolute_difference(_mm_loadu_ps(query + d + 8), _mm_loadu_ps(rows + d + 8)));
      s1 = _mm256_add_pd(s1, absolute_difference(_mm_loadu_ps(query + d + 12), _mm_loadu_ps(rows + d + 12)));
    }
    for (; d < dims; d += 8) {
      const __m256i mask = tail_mask(dims - d < 8 ? dims - d : 8);
      const __m256 q = _mm256_maskload_ps(query + d, mask), r = _mm256_maskload_ps(rows + d, mask);
      s0 = _mm256_add_pd(s0, absolute_difference(_mm256_castps256_ps128(q), _mm256_castps256_ps128(r)));
      s1 = _mm256_add_pd(s1, absolute_difference(_mm256_extractf128_ps(q, 1), _mm256_extractf128_ps(r, 1)));
    }
    out[i] = sum_lanes(_mm256_add_pd(s0, s1));
  }
}

// |a - b| of bytes as unsigned bytes: up to 255, which is why the subtraction may wrap.
__m256i absolute_difference(__m256i a, __m256i b) {
  return _mm256_sub_epi8(_mm256_max_epi8(a, b), _mm256_min_epi8(a, b));
}

// Squares of unsigned bytes, added up per 32-bit lane in no particular order.
__m256i sum_squares(__m256i v) {
  const __m256i zero = _mm256_setzero_si256();
  const __m256i low = _mm256_unpacklo_epi8(v, zero), high = _mm256_unpackhi_epi8(v, zero);
  return _mm256_add_epi32(_mm256_madd_epi16(low, low), _mm256_madd_epi16(high, high));
}

void l2_squared_i8(const std::int8_t* query, const std::int8_t* rows, std::size_t count, std::size_t dims,
                   std::int32_t* out) {
  for (std::size_t i = 0; i < count; ++i, rows += dims) {
    __m256i sum = _mm256_setzero_si256();
    std::size_t d = 0;
    for (; d + 64 <= dims; d += 64) {
      prefetch_ahead(rows + d);
      const __m256i s0 = sum_squares(absolute_difference(load(query + d), load(rows + d)));
      const __m256i s1 = sum_squares(absolute_difference(load(query + d + 32), load(rows + d + 32)));
      sum = _mm256_add_epi32(sum, _mm256_add_epi32(s0, s1));
    }
    for (; d + 32 <= dims; d += 32)
      sum = _mm256_add_epi32(sum, sum_squares(absolute_difference(load(query + d), load(rows + d))));
    if (d < dims && dims >= 16) {
      const __m256i q = load_tail(query, d, dims), r = load_tail(rows, d, dims);
      sum = _mm256_add_epi32(sum, sum_squares(absolute_difference(q, r)));
      d = dims;
    }
    std::int32_t total = sum_lanes(sum);
    for (; d < dims; ++d) total += (query[d] - rows[d]) * (query[d] - rows[d]);
    out[i] = total;
  }
}

__m256i load_i8_as_i16(const std::int8_t* p) {
  return _mm256_cvtepi8_epi16(load_half(p));
}

void add_dot_norm(__m256i q, __m256i r, __m256i& dot, __m256i& norm) {
  dot = _mm256_add_epi32(dot, _mm256_madd_epi16(q, r));
  norm = _mm256_add_epi32(norm, _mm256_madd_epi16(r, r));
}

void dot_norm_i8(const std::int8_t* query, const std::int8_t* rows, std::size_t count, std::size_t dims,
                 std::int32_t* dots, std::int32_t* norms) {
  for (std::size_t i = 0; i < count; ++i, rows += dims) {
    __m256i dot_sum = _mm256_setzero_si256(), norm_sum = dot_sum;
    std::size_t d = 0;
    for (; d + 64 <= dims; d += 64) {
      prefetch_ahead(rows + d);
      add_dot_norm(load_i8_as_i16(query + d), load_i8_as_i16(rows + d), dot_sum, norm_sum);
      add_dot_norm(load_i8_as_i16(query + d + 16), load_i8_as_i16(rows + d + 16), dot_sum, norm_sum);
      add_dot_norm(load_i8_as_i16(query + d + 32), load_i8_as_i16(rows + d + 32), dot_sum, norm_sum);
      add_dot_norm(load_i8_as_i16(query + d + 48), load_i8_as_i16(rows + d + 48), dot_sum, norm_sum);
    }
    for (; d + 16 <= dims; d += 16)
      add_dot_norm(load_i8_as_i16(query + d), load_i8_as_i16(rows + d), dot_sum, norm_sum);
    if (d < dims && dims >= 16) {
      const __m256i r = _mm256_cvtepi8_epi16(load_last_half(rows + dims, dims - d));
      add_dot_norm(load_i8_as_i16(query + dims - 16), r, dot_sum, norm_sum);
      d = dims;
    }
    std::int32_t dot = sum_lanes(dot_sum), norm = sum_lanes(norm_sum);
    for (; d < dims; ++d) {
      dot += query[d] * rows[d];
      norm += rows[d] * rows[d];
    }
    dots[i] = dot;
    norms[i] = norm;
  }
}

// vpsadbw takes unsigned bytes; moving both sides by 128 keeps their difference.
__m256i sum_absolute(__m256i a, __m256i b) {
  const __m256i bias = _mm256_set1_epi8(-128);
  return _mm256_sad_epu8(_mm256_xor_si256(a, bias), _mm256_xor_si256(b, bias));
}

void l1_i8(const std::int8_t* query, const std::int8_t* rows, std::size_t count, std::size_t dims,
           std::int32_t* out) {
  for (std::size_t i = 0; i < count; ++i, rows += dims) {
    __m256i sum = _mm256_setzero_si256();
    std::size_t d = 0;
    for (; d + 64 <= dims; d += 64) {
      prefetch_ahead(rows + d);
      const __m256i s0 = sum_absolute(load(query + d), load(rows + d));
      const __m256i s1 = sum_absolute(load(query + d + 32), load(rows + d + 32));
      sum = _mm256_add_epi64(sum, _mm256_add_epi64(s0, s1));
    }
    for (; d + 32 <= dims; d += 32)
      sum = _mm256_add_epi64(sum, sum_absolute(load(query + d), load(rows + d)));
    if (d < dims && dims >= 16) {
      const __m256i q = load_tail(query, d, dims), r = load_tail(rows, d, dims);
      sum = _mm256_add_epi64(sum, sum_absolute(q, r));
      d = dims;
    }
    std::int32_t total = sum_quads(sum);
    for (; d < dims; ++d) total += query[d] < rows[d] ? rows[d] - query[d] : query[d] - rows[d];
    out[i] = total;
  }
}

// Set bits of each byte, added up per 64-bit lane.
__m256i count_bits(__m256i v) {
  const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,  //
                                         0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
  const __m256i low = _mm256_set1_epi8(0x0F);
  const __m256i counts =
      _mm256_add_epi8(_mm256_shuffle_epi8(table, _mm256_and_si256(v, low)),
                      _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(v, 4), low)));
  return _mm256_sad_epu8(counts, _mm256_setzero_si256());
}

void hamming(const std::uint8_t* query, const std::uint8_t* rows, std::size_t count, std::size_t bytes,
             std::int32_t* out) {
  for (std::size_t i = 0; i < count; ++i, rows += bytes) {
    __m256i sum = _mm256_setzero_si256();
    std::size_t b = 0;
    for (; b + 32 <= bytes; b += 32)
      sum = _mm256_add_epi64(sum, count_bits(_mm256_xor_si256(load(query + b), load(rows + b))));
    if (b < bytes && bytes >= 16) {
      const __m256i differing = _mm256_xor_si256(load_tail(query, b, bytes), load_tail(rows, b, bytes));
      sum = _mm256_add_epi64(sum, count_bits(differing));
      b = bytes;
    }
    std::int32_t total = sum_quads(sum);
    for (; b < bytes; ++b) total += __builtin_popcount(static_cast<unsigned>(query[b] ^ rows[b]));
    out[i] = total;
  }
}

__m256i low_nibbles(__m256i v) {
  return _mm256_and_si256(v, _mm256_set1_epi8(0x0F));
}
__m256i high_nibbles(__m256i v) {
  return low_nibbles(_mm256_srli_epi16(v, 4));
}

// Thirty-two bytes of dot_nibbles in sixteen lanes. vpmaddubsw adds two products of at most 15 * 128, so that
// four of these results, eight instructions, add up to at most 30,720 and fit int16.
__m256i nibble_products(const std::uint8_t* row, const std::int8_t* low, const std::int8_t* high) {
  const __m256i codes = load(row);
  return _mm256_add_epi16(_mm256_maddubs_epi16(low_nibbles(codes), load(low)),
                          _mm256_maddubs_epi16(high_nibbles(codes), load(high)));
}

void dot_nibbles(const std::uint8_t* rows, std::size_t count, std::size_t bytes, const std::int8_t* low,
                 const std::int8_t* high, std::int32_t* out) {
  const __m256i ones = _mm256_set1_epi16(1);
  for (std::size_t i = 0; i < count; ++i, rows += bytes) {
    __m256i sum = _mm256_setzero_si256();
    std::size_t b = 0;
    for (; b + 128 <= bytes; b += 128) {
      prefetch_ahead(rows + b);
      prefetch_ahead(rows + b + 64);
      const __m256i p0 = nibble_products(rows + b, low + b, high + b);
      const __m256i p1 = nibble_products(rows + b + 32, low + b + 32, high + b + 32);
      const __m256i p2 = nibble_products(rows + b + 64, low + b + 64, high + b + 64);
      const __m256i p3 = nibble_products(rows + b + 96, low + b + 96, high + b + 96);
      const __m256i products = _mm256_add_epi16(_mm256_add_epi16(p0, p1), _mm256_add_epi16(p2, p3));
      sum = _mm256_add_epi32(sum, _mm256_madd_epi16(products, ones));
    }
    for (; b + 32 <= bytes; b += 32) {
      prefetch_ahead(rows + b);
      sum = _mm256_add_epi32(sum, _mm256_madd_epi16(nibble_products(rows + b, low + b, high + b), ones));
    }
    std::int32_t total = sum_lanes(sum);
    for (; b < bytes; ++b) total += (rows[b] & 15) * low[b] + (rows[b] >> 4) * high[b];
    out[i] = total;
  }
}

// Sixteen codes times sixteen elements of the query: codes reach 255, so vpmaddwd's pairs fit int32.
__m256i code_products(__m128i codes, const std::int16_t* query) {
  return _mm256_madd_epi16(_mm256_cvtepu8_epi16(codes), load(query));
}

std::int32_t dot_split_bytes(const std::uint8_t* upper, const std::uint8_t* lower, std::size_t bytes,
                             const std::int16_t* low, const std::int16_t* high) {
  __m256i low_sum = _mm256_setzero_si256(), high_sum = low_sum;
  std::size_t b = 0;
  for (; b + 32 <= bytes; b += 32) {
    const __m256i u = load(upper + b), l = load(lower + b);
    const __m256i code_low = _mm256_or_si256(_mm256_slli_epi16(low_nibbles(u), 4), low_nibbles(l));
    const __m256i code_high =
        _mm256_or_si256(_mm256_andnot_si256(_mm256_set1_epi8(0x0F), u), high_nibbles(l));
    low_sum = _mm256_add_epi32(low_sum, code_products(_mm256_castsi256_si128(code_low), low + b));
    low_sum = _mm256_add_epi32(low_sum, code_products(_mm256_extracti128_si256(code_low, 1), low + b + 16));
    high_sum = _mm256_add_epi32(high_sum, code_products(_mm256_castsi256_si128(code_high), high + b));
    high_sum =
        _mm256_add_epi32(high_sum, code_products(_mm256_extracti128_si256(code_high, 1), high + b + 16));
  }
  std::int32_t total = sum_lanes(_mm256_add_epi32(low_sum, high_sum));
  for (; b < bytes; ++b) {
    total += ((upper[b] & 15) * 16 + (lower[b] & 15)) * low[b];
    total += ((upper[b] >> 4) * 16 + (lower[b] >> 4)) * high[b];
  }
  return total;
}

float max_lane(__m256 v) {
  const __m128 four = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
}

Kernels::Rest subtract(const float* row, const float* center, std::size_t dims, float* rest) {
  const __m256 sign = _mm256_set1_ps(-0.0f);
  __m256 square = _mm256_setzero_ps(), row_square = square, largest = square;
  for (std::size_t d = 0; d < dims; d += 8) {
    const __m256i mask = dims - d >= 8 ? _mm256_set1_epi32(-1) : tail_mask(dims - d);
    const __m256 x = _mm256_maskload_ps(row + d, mask);
    const __m256 r = _mm256_sub_ps(x, _mm256_maskload_ps(center + d, mask));
    _mm256_maskstore_ps(rest + d, mask, r);
    square = _mm256_fmadd_ps(r, r, square);
    row_square = _mm256_fmadd_ps(x, x, row_square);
    largest = _mm256_max_ps(_mm256_andnot_ps(sign, r), largest);  // of a NaN and a number, the second
  }
  return {sum_lanes(square), sum_lanes(row_square), max_lane(largest)};
}

// Sums of what codes lose.
struct LostLanes {
  __m256 square8 = _mm256_setzero_ps(), square4 = square8;
};

// The codes of eight elements, in lanes of 32 bits.
__m256i encode8(const float* rest, __m256 scale, __m256 inverse, LostLanes& lost) {
  const __m256 r = _mm256_loadu_ps(rest);
  const __m256i code = _mm256_cvttps_epi32(_mm256_add_ps(_mm256_mul_ps(r, inverse), _mm256_set1_ps(128.5f)));
  const __m256 near8 = _mm256_sub_ps(_mm256_cvtepi32_ps(code), _mm256_set1_ps(128));
  const __m256 near4 = _mm256_sub_ps(_mm256_cvtepi32_ps(_mm256_and_si256(code, _mm256_set1_epi32(0xF0))),
                                     _mm256_set1_ps(120.5f));
  const __m256 lost8 = _mm256_fnmadd_ps(scale, near8, r), lost4 = _mm256_fnmadd_ps(scale, near4, r);
  lost.square8 = _mm256_fmadd_ps(lost8, lost8, lost.square8);
  lost.square4 = _mm256_fmadd_ps(lost4, lost4, lost.square4);
  return code;
}

// The codes of 32 elements. Packing works within halves of 128 bits, so their quarters are put in order.
__m256i encode32(const float* rest, __m256 scale, __m256 inverse, LostLanes& lost) {
  const __m256i a = encode8(rest, scale, inverse, lost), b = encode8(rest + 8, scale, inverse, lost);
  const __m256i c = encode8(rest + 16, scale, inverse, lost), d = encode8(rest + 24, scale, inverse, lost);
  const __m256i packed = _mm256_packus_epi16(_mm256_packs_epi32(a, b), _mm256_packs_epi32(c, d));
  return _mm256_permutevar8x32_epi32(packed, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}

Kernels::Lost encode(const float* rest, std::size_t bytes, float scale, float inverse, std::uint8_t* upper,
                     std::uint8_t* lower) {
  const __m256 s = _mm256_set1_ps(scale), i = _mm256_set1_ps(inverse);
  const __m256i nibble = _mm256_set1_epi8(0x0F);
  LostLanes lost;
  for (std::size_t b = 0; b < bytes; b += 32) {
    const __m256i low = encode32(rest + 2 * b, s, i, lost), high = encode32(rest + 2 * b + 32, s, i, lost);
    const __m256i upper_low = _mm256_and_si256(_mm256_srli_epi16(low, 4), nibble);
    const __m256i lower_high = _mm256_slli_epi16(_mm256_and_si256(high, nibble), 4);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(upper + b),
                        _mm256_or_si256(upper_low, _mm256_andnot_si256(nibble, high)));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(lower + b),
                        _mm256_or_si256(_mm256_and_si256(low, nibble), lower_high));
  }
  return {sum_lanes(lost.square8), sum_lanes(lost.square4)};
}

// Eight at a time; what is left goes through a buffer of eight.
void half_to_float(const std::uint16_t* halves, std::size_t count, float* out) {
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) _mm256_storeu_ps(out + i, _mm256_cvtph_ps(load_half(halves + i)));
  if (i == count) return;
  alignas(16) std::uint16_t rest[8] = {};
  for (std::size_t j = i; j < count; ++j) rest[j - i] = halves[j];
  _mm256_maskstore_ps(out + i, tail_mask(count - i), _mm256_cvtph_ps(load_half(rest)));
}

__m128i to_halves(__m256 floats) {
  return _mm256_cvtps_ph(floats, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

void float_to_half(const float* floats, std::size_t count, std::uint16_t* out) {
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8)
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + i), to_halves(_mm256_loadu_ps(floats + i)));
  if (i == count) return;
  alignas(16) std::uint16_t rest[8];
  const __m256 last = _mm256_maskload_ps(floats + i, tail_mask(count - i));
  _mm_store_si128(reinterpret_cast<__m128i*>(rest), to_halves(last));
  for (std::size_t j = i; j < count; ++j) out[j] = rest[j - i];
}

// The first three steps of the transform, whose partners are within the eight elements of a register: the
// elements and their partners, with the sign of the second of each pair turned.
__m256 hadamard8(__m256 v) {
  const __m256 ones = _mm256_setr_ps(0.0f, -0.0f, 0.0f, -0.0f, 0.0f, -0.0f, 0.0f, -0.0f);
  const __m256 twos = _mm256_setr_ps(0.0f, 0.0f, -0.0f, -0.0f, 0.0f, 0.0f, -0.0f, -0.0f);
  const __m256 fours = _mm256_setr_ps(0.0f, 0.0f, 0.0f, 0.0f, -0.0f, -0.0f, -0.0f, -0.0f);
  v = _mm256_add_ps(_mm256_permute_ps(v, 0xB1), _mm256_xor_ps(v, ones));
  v = _mm256_add_ps(_mm256_permute_ps(v, 0x4E), _mm256_xor_ps(v, twos));
  return _mm256_add_ps(_mm256_permute2f128_ps(v, v, 1), _mm256_xor_ps(v, fours));
}

void butterfly(__m256& a, __m256& b) {
  const __m256 sum = _mm256_add_ps(a, b);
  b = _mm256_sub_ps(a, b);
  a = sum;
}

// Three steps, of widths `width`, twice and four times that, in one pass over memory; the elements that
// belong together are one register at each of eight places. `factor` is one but in the last pass.
void hadamard_pass(float* values, std::size_t size, std::size_t width, __m256 factor) {
  for (std::size_t first = 0; first < size; first += 8 * width)
    for (float* p = values + first; p < values + first + width; p += 8) {
      __m256 v[8];
      for (std::size_t j = 0; j < 8; ++j) v[j] = _mm256_loadu_ps(p + j * width);
      for (std::size_t j = 0; j < 8; j += 2) butterfly(v[j], v[j + 1]);
      for (std::size_t j = 0; j < 8; j += 4) {
        butterfly(v[j], v[j + 2]);
        butterfly(v[j + 1], v[j + 3]);
      }
      for (std::size_t j = 0; j < 4; ++j) butterfly(v[j], v[j + 4]);
      for (std::size_t j = 0; j < 8; ++j) _mm256_storeu_ps(p + j * width, _mm256_mul_ps(v[j], factor));
    }
}

// The widths are 1 to size / 2. Those of 1 to 4 are in hadamard8, and passes of three follow while there are
// as many; the one or two steps that are left are single.
void hadamard(float* values, std::size_t size, float scale) {
  for (std::size_t i = 0; i < size; i += 8)
    _mm256_storeu_ps(values + i, hadamard8(_mm256_loadu_ps(values + i)));
  const __m256 factor = _mm256_set1_ps(scale), one = _mm256_set1_ps(1);
  std::size_t width = 8;
  for (; 8 * width <= size; width *= 8) hadamard_pass(values, size, width, 8 * width == size ? factor : one);
  for (; width < size; width *= 2) {
    const __m256 times = 2 * width == size ? factor : one;
    for (std::size_t first = 0; first < size; first += 2 * width)
      for (float* p = values + first; p < values + first + width; p += 8) {
        __m256 a = _mm256_loadu_ps(p), b = _mm256_loadu_ps(p + width);
        butterfly(a, b);
        _mm256_storeu_ps(p, _mm256_mul_ps(a, times));
        _mm256_storeu_ps(p + width, _mm256_mul_ps(b, times));
      }
  }
}

// Entries of sixteen rows and two groups, one group in each half of a register, summed per row in lanes of
// 16 bits. Adding the bytes as they lie puts the odd rows' entries into the upper halves of the lanes, where
// they overflow; they are also summed apart, and taken off again.
struct LookupSums {
  __m256i all = _mm256_setzero_si256(), odd = all;

  void add(__m256i entries) {
    all = _mm256_add_epi16(all, entries);
    odd = _mm256_add_epi16(odd, _mm256_srli_epi16(entries, 8));
  }
  // Adds what was summed to rows 0 to 7 and 8 to 15 of `sums`.
  void flush(std::int32_t* sums) const {
    const __m256i even = _mm256_sub_epi16(all, _mm256_slli_epi16(odd, 8));
    const __m256i rows = _mm256_add_epi16(_mm256_permute2x128_si256(even, odd, 0x20),
                                          _mm256_permute2x128_si256(even, odd, 0x31));
    add_to(sums, _mm256_castsi256_si128(rows));
    add_to(sums + 8, _mm256_extracti128_si256(rows, 1));
  }
  static void add_to(std::int32_t* sums, __m128i rows) {
    const __m256i total = _mm256_add_epi32(load(sums), _mm256_cvtepu16_epi32(rows));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums), total);
  }
};

void sum_lookups(const std::uint8_t* codes, std::size_t groups, const std::uint8_t* table,
                 std::int32_t* sums) {
  for (std::size_t row = 0; row < 32; row += 8)
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums + row), _mm256_setzero_si256());
  for (std::size_t g = 0; g < groups;) {
    // 256 entries of at most 255 fit 16 bits.
    const std::size_t end = groups - g > 256 ? g + 256 : groups;
    LookupSums low, high;
    for (; g < end; g += 4) {
      prefetch_ahead(codes + 16 * g);
      for (std::size_t two = 16 * g; two < 16 * g + 64; two += 32) {
        const __m256i bytes = load(codes + two), entries = load(table + two);
        low.add(_mm256_shuffle_epi8(entries, low_nibbles(bytes)));
        high.add(_mm256_shuffle_epi8(entries, high_nibbles(bytes)));
      }
    }
    low.flush(sums);
    high.flush(sums + 16);
  }
}

struct Lanes {
  using Floats = __m256;
  static constexpr unsigned kCount = 8;

  static Floats load(const float* p) { return _mm256_loadu_ps(p); }
  static Floats load(const std::int32_t* p) {
    return _mm256_cvtepi32_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
  }
  static Floats all(float x) { return _mm256_set1_ps(x); }
  static Floats add(Floats a, Floats b) { return _mm256_add_ps(a, b); }
  static Floats subtract(Floats a, Floats b) { return _mm256_sub_ps(a, b); }
  static Floats multiply_add(Floats a, Floats b, Floats c) { return _mm256_fmadd_ps(a, b, c); }
  // Gives its second operand where one is NaN.
  static Floats number(Floats x) { return _mm256_max_ps(x, all(-__builtin_inff())); }
  static void store(float* p, Floats x) { _mm256_storeu_ps(p, x); }
  static unsigned at_most(Floats a, Floats b) { return mask(_mm256_cmp_ps(a, b, _CMP_LE_OQ)); }
  static unsigned below(Floats a, Floats b) { return mask(_mm256_cmp_ps(a, b, _CMP_LT_OQ)); }
  static unsigned mask(Floats x) { return static_cast<unsigned>(_mm256_movemask_ps(x)); }
  static constexpr auto sum_lookups = simd::sum_lookups;
};

}  // namespace

const Kernels kHaswell = {"avx2",        l2_squared_f32,  dot_norm_f32, l1_f32,
                          l2_squared_i8, dot_norm_i8,     l1_i8,        hamming,
                          dot_nibbles,   dot_split_bytes, subtract,     encode,
                          half_to_float, float_to_half,   hadamard,     scan_block<Lanes>};

}  // namespace cairn::simd
