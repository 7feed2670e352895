// AVX-512 F, BW, DQ and VL. As haswell.cpp with sixteen lanes; every tail is a masked load, so there is
// no scalar remainder. This file is compiled for its instruction set and includes intrinsics only.
#include <immintrin.h>

#include "simd/isa.hpp"
#include "simd/scan_block.hpp"

namespace cairn::simd {
namespace {

__mmask16 tail16(std::size_t n) {
  return static_cast<__mmask16>((1u << n) - 1);
}
__mmask32 tail32(std::size_t n) {
  return static_cast<__mmask32>((std::uint64_t{1} << n) - 1);
}
// n < 64.
__mmask64 tail64(std::size_t n) {
  return static_cast<__mmask64>((std::uint64_t{1} << n) - 1);
}

// All lanes of a block, or those of the tail. REQUIRES: at < size.
__mmask32 mask32_at(std::size_t at, std::size_t size) {
  return size - at >= 32 ? ~__mmask32{0} : tail32(size - at);
}
__mmask64 mask64_at(std::size_t at, std::size_t size) {
  return size - at >= 64 ? ~__mmask64{0} : tail64(size - at);
}

__m512 add_square(__m512 sum, __m512 a, __m512 b) {
  const __m512 difference = _mm512_sub_ps(a, b);
  return _mm512_fmadd_ps(difference, difference, sum);
}

void l2_squared_f32(const float* query, const float* rows, std::size_t count, std::size_t dims, float* out) {
  for (std::size_t i = 0; i < count; ++i, rows += dims) {
    __m512 s0 = _mm512_setzero_ps(), s1 = s0, s2 = s0, s3 = s0;
    std::size_t d = 0;
    for (; d + 64 <= dims; d += 64) {
      s0 = add_square(s0, _mm512_loadu_ps(query + d), _mm512_loadu_ps(rows + d));
      s1 = add_square(s1, _mm512_loadu_ps(query + d + 16), _mm512_loadu_ps(rows + d + 16));
      s2 = add_square(s2, _mm512_loadu_ps(query + d + 32), _mm512_loadu_ps(rows + d + 32));
      s3 = add_square(s3, _mm512_loadu_ps(query + d + 48), _mm512_loadu_ps(rows + d + 48));
    }
    for (; d + 16 <= dims; d += 16)
      s0 = add_square(s0, _mm512_loadu_ps(query + d), _mm512_loadu_ps(rows + d));
    if (d < dims) {
      const __mmask16 mask = tail16(dims - d);
      s1 = add_square(s1, _mm512_maskz_loadu_ps(mask, query + d), _mm512_maskz_loadu_ps(mask, rows + d));
    }
    out[i] = _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(s0, s1), _mm512_add_ps(s2, s3)));
  }
}

void dot_norm_f32(const float* query, const float* rows, std::size_t count, std::size_t dims, float* dots,
                  float* norms) {
  for (std::size_t i = 0; i < count; ++i, rows += dims) {
    __m512 dot0 = _mm512_setzero_ps(), dot1 = dot0, dot2 = dot0, dot3 = dot0;
    __m512 norm0 = dot0, norm1 = dot0, norm2 = dot0, norm3 = dot0;
    std::size_t d = 0;
    for (; d + 64 <= dims; d += 64) {
      const __m512 r0 = _mm512_loadu_ps(rows + d), r1 = _mm512_loadu_ps(rows + d + 16);
      const __m512 r2 = _mm512_loadu_ps(rows + d + 32), r3 = _mm512_loadu_ps(rows + d + 48);
      dot0 = _mm512_fmadd_ps(_mm512_loadu_ps(query + d), r0, dot0);
      dot1 = _mm512_fmadd_ps(_mm512_loadu_ps(query + d + 16), r1, dot1);
      dot2 = _mm512_fmadd_ps(_mm512_loadu_ps(query + d + 32), r2, dot2);
      dot3 = _mm512_fmadd_ps(_mm512_loadu_ps(query + d + 48), r3, dot3);
      norm0 = _mm512_fmadd_ps(r0, r0, norm0);
      norm1 = _mm512_fmadd_ps(r1, r1, norm1);
      norm2 = _mm512_fmadd_ps(r2, r2, norm2);
      norm3 = _mm512_fmadd_ps(r3, r3, norm3);
    }
    for (; d + 16 <= dims; d += 16) {
      const __m512 r = _mm512_loadu_ps(rows + d);
      dot0 = _mm512_fmadd_ps(_mm512_loadu_ps(query + d), r, dot0);
      norm0 = _mm512_fmadd_ps(r, r, norm0);
    }
    if (d < dims) {
      const __mmask16 mask = tail16(dims - d);
      const __m512 r = _mm512_maskz_loadu_ps(mask, rows + d);
      dot1 = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(mask, query + d), r, dot1);
      norm1 = _mm512_fmadd_ps(r, r, norm1);
    }
    dots[i] = _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(dot0, dot1), _mm512_add_ps(dot2, dot3)));
    norms[i] = _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(norm0, norm1), _mm512_add_ps(norm2, norm3)));
  }
}

__m512d absolute_difference(__m256 a, __m256 b) {
  return _mm512_abs_pd(_mm512_sub_pd(_mm512_cvtps_pd(a), _mm512_cvtps_pd(b)));
}

void l1_f32(const float* query, const float* rows, std::size_t count, std::size_t dims, double* out) {
  for (std::size_t i = 0; i < count; ++i, rows += dims) {
    __m512d s0 = _mm512_setzero_pd(), s1 = s0;
    std::size_t d = 0;
    for (; d + 16 <= dims; d += 16) {
      s0 = _mm512_add_pd(s0, absolute_difference(_mm256_loadu_ps(query + d), _mm256_loadu_ps(rows + d)));
      s1 = _mm512_add_pd(s1,
                         absolute_difference(_mm256_loadu_ps(query + d + 8), _mm256_loadu_ps(rows + d + 8)));
    }
    if (d < dims) {
      const __mmask16 mask = tail16(dims - d);
      const __m512 q = _mm512_maskz_loadu_ps(mask, query + d), r = _mm512_maskz_loadu_ps(mask, rows + d);
      s0 = _mm512_add_pd(s0, absolute_difference(_mm512_castps512_ps256(q), _mm512_castps512_ps256(r)));
      s1 = _mm512_add_pd(s1, absolute_difference(_mm512_extractf32x8_ps(q, 1), _mm512_extractf32x8_ps(r, 1)));
    }
    out[i] = _mm512_reduce_add_pd(_mm512_add_pd(s0, s1));
  }
}

__m512i load_i8_as_i16(const std::int8_t* p, __mmask32 mask) {
  return _mm512_cvtepi8_epi16(_mm256_maskz_loadu_epi8(mask, p));
}

// |a - b| of bytes as unsigned bytes: up to 255, which is why the subtraction may wrap.
__m512i absolute_difference(__m512i a, __m512i b) {
  return _mm512_sub_epi8(_mm512_max_epi8(a, b), _mm512_min_epi8(a, b));
}

// Squares of unsigned bytes, added up per 32-bit lane in no particular order.
__m512i sum_squares(__m512i v) {
  const __m512i zero = _mm512_setzero_si512();
  const __m512i low = _mm512_unpacklo_epi8(v, zero), high = _mm512_unpackhi_epi8(v, zero);
  return _mm512_add_epi32(_mm512_madd_epi16(low, low), _mm512_madd_epi16(high, high));
}

void l2_squared_i8(const std::int8_t* query, const std::int8_t* rows, std::size_t count, std::size_t dims,
                   std::int32_t* out) {
  for (std::size_t i = 0; i < count; ++i, rows += dims) {
    __m512i sum = _mm512_setzero_si512();
    for (std::size_t d = 0; d < dims; d += 64) {
      const __mmask64 mask = mask64_at(d, dims);
      const __m512i q = _mm512_maskz_loadu_epi8(mask, query + d), r = _mm512_maskz_loadu_epi8(mask, rows + d);
      sum = _mm512_add_epi32(sum, sum_squares(absolute_difference(q, r)));
    }
    out[i] = _mm512_reduce_add_epi32(sum);
  }
}

void dot_norm_i8(const std::int8_t* query, const std::int8_t* rows, std::size_t count, std::size_t dims,
                 std::int32_t* dots, std::int32_t* norms) {
  for (std::size_t i = 0; i < count; ++i, rows += dims) {
    __m512i dot = _mm512_setzero_si512(), norm = dot;
    for (std::size_t d = 0; d < dims; d += 32) {
      const __mmask32 mask = mask32_at(d, dims);
      const __m512i r = load_i8_as_i16(rows + d, mask);
      dot = _mm512_add_epi32(dot, _mm512_madd_epi16(load_i8_as_i16(query + d, mask), r));
      norm = _mm512_add_epi32(norm, _mm512_madd_epi16(r, r));
    }
    dots[i] = _mm512_reduce_add_epi32(dot);
    norms[i] = _mm512_reduce_add_epi32(norm);
  }
}

// vpsadbw takes unsigned bytes; moving both sides by 128 keeps their difference.
void l1_i8(const std::int8_t* query, const std::int8_t* rows, std::size_t count, std::size_t dims,
           std::int32_t* out) {
  const __m512i bias = _mm512_set1_epi8(-128);
  for (std::size_t i = 0; i < count; ++i, rows += dims) {
    __m512i sum = _mm512_setzero_si512();
    for (std::size_t d = 0; d < dims; d += 64) {
      const __mmask64 mask = mask64_at(d, dims);
      const __m512i q = _mm512_maskz_loadu_epi8(mask, query + d), r = _mm512_maskz_loadu_epi8(mask, rows + d);
      sum = _mm512_add_epi64(sum, _mm512_sad_epu8(_mm512_xor_si512(q, bias), _mm512_xor_si512(r, bias)));
    }
    out[i] = static_cast<std::int32_t>(_mm512_reduce_add_epi64(sum));
  }
}

// Set bits of each byte, added up per 64-bit lane.
__m512i count_bits(__m512i v) {
  const __m512i table = _mm512_broadcast_i32x4(_mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
  const __m512i low = _mm512_set1_epi8(0x0F);
  const __m512i counts =
      _mm512_add_epi8(_mm512_shuffle_epi8(table, _mm512_and_si512(v, low)),
                      _mm512_shuffle_epi8(table, _mm512_and_si512(_mm512_srli_epi16(v, 4), low)));
  return _mm512_sad_epu8(counts, _mm512_setzero_si512());
}

void hamming(const std::uint8_t* query, const std::uint8_t* rows, std::size_t count, std::size_t bytes,
             std::int32_t* out) {
  for (std::size_t i = 0; i < count; ++i, rows += bytes) {
    __m512i sum = _mm512_setzero_si512();
    for (std::size_t b = 0; b < bytes; b += 64) {
      const __mmask64 mask = mask64_at(b, bytes);
      const __m512i q = _mm512_maskz_loadu_epi8(mask, query + b), r = _mm512_maskz_loadu_epi8(mask, rows + b);
      sum = _mm512_add_epi64(sum, count_bits(_mm512_xor_si512(q, r)));
    }
    out[i] = static_cast<std::int32_t>(_mm512_reduce_add_epi64(sum));
  }
}

__m512i low_nibbles(__m512i v) {
  return _mm512_and_si512(v, _mm512_set1_epi8(0x0F));
}
__m512i high_nibbles(__m512i v) {
  return low_nibbles(_mm512_srli_epi16(v, 4));
}

// Sixty-four bytes of dot_nibbles in thirty-two lanes. vpmaddubsw adds two products of at most 15 * 128, so
// that four of these results, eight instructions, add up to at most 30,720 and fit int16.
__m512i nibble_products(__m512i codes, __m512i low, __m512i high) {
  return _mm512_add_epi16(_mm512_maddubs_epi16(low_nibbles(codes), low),
                          _mm512_maddubs_epi16(high_nibbles(codes), high));
}
__m512i nibble_products(const std::uint8_t* row, const std::int8_t* low, const std::int8_t* high) {
  return nibble_products(_mm512_loadu_si512(row), _mm512_loadu_si512(low), _mm512_loadu_si512(high));
}

void dot_nibbles(const std::uint8_t* rows, std::size_t count, std::size_t bytes, const std::int8_t* low,
                 const std::int8_t* high, std::int32_t* out) {
  const __m512i ones = _mm512_set1_epi16(1);
  for (std::size_t i = 0; i < count; ++i, rows += bytes) {
    __m512i sum = _mm512_setzero_si512();
    std::size_t b = 0;
    for (; b + 256 <= bytes; b += 256) {
      const __m512i p0 = nibble_products(rows + b, low + b, high + b);
      const __m512i p1 = nibble_products(rows + b + 64, low + b + 64, high + b + 64);
      const __m512i p2 = nibble_products(rows + b + 128, low + b + 128, high + b + 128);
      const __m512i p3 = nibble_products(rows + b + 192, low + b + 192, high + b + 192);
      const __m512i products = _mm512_add_epi16(_mm512_add_epi16(p0, p1), _mm512_add_epi16(p2, p3));
      sum = _mm512_add_epi32(sum, _mm512_madd_epi16(products, ones));
    }
    for (; b < bytes; b += 64) {
      const __mmask64 mask = mask64_at(b, bytes);
      const __m512i products =
          nibble_products(_mm512_maskz_loadu_epi8(mask, rows + b), _mm512_maskz_loadu_epi8(mask, low + b),
                          _mm512_maskz_loadu_epi8(mask, high + b));
      sum = _mm512_add_epi32(sum, _mm512_madd_epi16(products, ones));
    }
    out[i] = _mm512_reduce_add_epi32(sum);
  }
}

// Thirty-two codes times as many elements of the query: codes reach 255, so vpmaddwd's pairs fit int32.
__m512i code_products(__m256i codes, const std::int16_t* query, __mmask32 mask) {
  return _mm512_madd_epi16(_mm512_cvtepu8_epi16(codes), _mm512_maskz_loadu_epi16(mask, query));
}

std::int32_t dot_split_bytes(const std::uint8_t* upper, const std::uint8_t* lower, std::size_t bytes,
                             const std::int16_t* low, const std::int16_t* high) {
  const __m256i nibble = _mm256_set1_epi8(0x0F);
  __m512i low_sum = _mm512_setzero_si512(), high_sum = low_sum;
  for (std::size_t b = 0; b < bytes; b += 32) {
    const __mmask32 mask = mask32_at(b, bytes);
    const __m256i u = _mm256_maskz_loadu_epi8(mask, upper + b), l = _mm256_maskz_loadu_epi8(mask, lower + b);
    const __m256i code_low =
        _mm256_or_si256(_mm256_slli_epi16(_mm256_and_si256(u, nibble), 4), _mm256_and_si256(l, nibble));
    const __m256i code_high =
        _mm256_or_si256(_mm256_andnot_si256(nibble, u), _mm256_and_si256(_mm256_srli_epi16(l, 4), nibble));
    low_sum = _mm512_add_epi32(low_sum, code_products(code_low, low + b, mask));
    high_sum = _mm512_add_epi32(high_sum, code_products(code_high, high + b, mask));
  }
  return _mm512_reduce_add_epi32(_mm512_add_epi32(low_sum, high_sum));
}

Kernels::Rest subtract(const float* row, const float* center, std::size_t dims, float* rest) {
  __m512 square = _mm512_setzero_ps(), row_square = square, largest = square;
  for (std::size_t d = 0; d < dims; d += 16) {
    const __mmask16 mask = dims - d >= 16 ? static_cast<__mmask16>(0xFFFF) : tail16(dims - d);
    const __m512 x = _mm512_maskz_loadu_ps(mask, row + d);
    const __m512 r = _mm512_sub_ps(x, _mm512_maskz_loadu_ps(mask, center + d));
    _mm512_mask_storeu_ps(rest + d, mask, r);
    square = _mm512_fmadd_ps(r, r, square);
    row_square = _mm512_fmadd_ps(x, x, row_square);
    largest = _mm512_max_ps(_mm512_abs_ps(r), largest);  // of a NaN and a number, the second
  }
  return {_mm512_reduce_add_ps(square), _mm512_reduce_add_ps(row_square), _mm512_reduce_max_ps(largest)};
}

// Sums of what codes lose.
struct LostLanes {
  __m512 square8 = _mm512_setzero_ps(), square4 = square8;
};

// The codes of sixteen elements.
__m128i encode16(const float* rest, __m512 scale, __m512 inverse, LostLanes& lost) {
  const __m512 r = _mm512_loadu_ps(rest);
  const __m512i code = _mm512_cvttps_epi32(_mm512_add_ps(_mm512_mul_ps(r, inverse), _mm512_set1_ps(128.5f)));
  const __m512 near8 = _mm512_sub_ps(_mm512_cvtepi32_ps(code), _mm512_set1_ps(128));
  const __m512 near4 = _mm512_sub_ps(_mm512_cvtepi32_ps(_mm512_and_si512(code, _mm512_set1_epi32(0xF0))),
                                     _mm512_set1_ps(120.5f));
  const __m512 lost8 = _mm512_fnmadd_ps(scale, near8, r), lost4 = _mm512_fnmadd_ps(scale, near4, r);
  lost.square8 = _mm512_fmadd_ps(lost8, lost8, lost.square8);
  lost.square4 = _mm512_fmadd_ps(lost4, lost4, lost.square4);
  return _mm512_cvtepi32_epi8(code);
}

__m256i encode32(const float* rest, __m512 scale, __m512 inverse, LostLanes& lost) {
  const __m128i first = encode16(rest, scale, inverse, lost);
  return _mm256_inserti128_si256(_mm256_castsi128_si256(first), encode16(rest + 16, scale, inverse, lost), 1);
}

Kernels::Lost encode(const float* rest, std::size_t bytes, float scale, float inverse, std::uint8_t* upper,
                     std::uint8_t* lower) {
  const __m512 s = _mm512_set1_ps(scale), i = _mm512_set1_ps(inverse);
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
  return {_mm512_reduce_add_ps(lost.square8), _mm512_reduce_add_ps(lost.square4)};
}

void half_to_float(const std::uint16_t* halves, std::size_t count, float* out) {
  for (std::size_t i = 0; i < count; i += 16) {
    const __mmask16 mask = count - i >= 16 ? static_cast<__mmask16>(0xFFFF) : tail16(count - i);
    _mm512_mask_storeu_ps(out + i, mask, _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(mask, halves + i)));
  }
}

void float_to_half(const float* floats, std::size_t count, std::uint16_t* out) {
  for (std::size_t i = 0; i < count; i += 16) {
    const __mmask16 mask = count - i >= 16 ? static_cast<__mmask16>(0xFFFF) : tail16(count - i);
    const __m256i halves = _mm512_cvtps_ph(_mm512_maskz_loadu_ps(mask, floats + i),
                                           _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    _mm256_mask_storeu_epi16(out + i, mask, halves);
  }
}

// The first four steps of the transform, whose partners are within the sixteen elements of a register: the
// partners, plus the elements or, in the second of each pair, minus.
__m512 hadamard16(__m512 v) {
  __m512 partner = _mm512_permute_ps(v, 0xB1);
  v = _mm512_mask_sub_ps(_mm512_add_ps(partner, v), 0xAAAA, partner, v);
  partner = _mm512_permute_ps(v, 0x4E);
  v = _mm512_mask_sub_ps(_mm512_add_ps(partner, v), 0xCCCC, partner, v);
  partner = _mm512_shuffle_f32x4(v, v, 0xB1);
  v = _mm512_mask_sub_ps(_mm512_add_ps(partner, v), 0xF0F0, partner, v);
  partner = _mm512_shuffle_f32x4(v, v, 0x4E);
  return _mm512_mask_sub_ps(_mm512_add_ps(partner, v), 0xFF00, partner, v);
}

void butterfly(__m512& a, __m512& b) {
  const __m512 sum = _mm512_add_ps(a, b);
  b = _mm512_sub_ps(a, b);
  a = sum;
}

// As in haswell.cpp, but that a pass has two steps.
void hadamard(float* values, std::size_t size, float scale) {
  for (std::size_t i = 0; i < size; i += 16)
    _mm512_storeu_ps(values + i, hadamard16(_mm512_loadu_ps(values + i)));
  const __m512 factor = _mm512_set1_ps(scale), one = _mm512_set1_ps(1);
  std::size_t width = 16;
  for (; 4 * width <= size; width *= 4) {
    const __m512 times = 4 * width == size ? factor : one;
    for (std::size_t first = 0; first < size; first += 4 * width)
      for (float* p = values + first; p < values + first + width; p += 16) {
        __m512 a = _mm512_loadu_ps(p), b = _mm512_loadu_ps(p + width);
        __m512 c = _mm512_loadu_ps(p + 2 * width), d = _mm512_loadu_ps(p + 3 * width);
        butterfly(a, b);
        butterfly(c, d);
        butterfly(a, c);
        butterfly(b, d);
        _mm512_storeu_ps(p, _mm512_mul_ps(a, times));
        _mm512_storeu_ps(p + width, _mm512_mul_ps(b, times));
        _mm512_storeu_ps(p + 2 * width, _mm512_mul_ps(c, times));
        _mm512_storeu_ps(p + 3 * width, _mm512_mul_ps(d, times));
      }
  }
  if (width == size) return;
  for (float* p = values; p < values + width; p += 16) {
    __m512 a = _mm512_loadu_ps(p), b = _mm512_loadu_ps(p + width);
    butterfly(a, b);
    _mm512_storeu_ps(p, _mm512_mul_ps(a, factor));
    _mm512_storeu_ps(p + width, _mm512_mul_ps(b, factor));
  }
}

// As in haswell.cpp, with four groups in the quarters of a register.
struct LookupSums {
  __m512i all = _mm512_setzero_si512(), odd = all;

  void add(__m512i entries) {
    all = _mm512_add_epi16(all, entries);
    odd = _mm512_add_epi16(odd, _mm512_srli_epi16(entries, 8));
  }
  // Adds what was summed to rows 0 to 7 and 8 to 15 of `sums`.
  void flush(std::int32_t* sums) const {
    add_to(sums, _mm512_sub_epi16(all, _mm512_slli_epi16(odd, 8)));
    add_to(sums + 8, odd);
  }
  static void add_to(std::int32_t* sums, __m512i quarters) {
    const __m256i halves =
        _mm256_add_epi16(_mm512_castsi512_si256(quarters), _mm512_extracti64x4_epi64(quarters, 1));
    const __m128i rows = _mm_add_epi16(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
    const __m256i old = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(sums));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums), _mm256_add_epi32(old, _mm256_cvtepu16_epi32(rows)));
  }
};

void sum_lookups(const std::uint8_t* codes, std::size_t groups, const std::uint8_t* table,
                 std::int32_t* sums) {
  _mm512_storeu_si512(sums, _mm512_setzero_si512());
  _mm512_storeu_si512(sums + 16, _mm512_setzero_si512());
  for (std::size_t g = 0; g < groups;) {
    // 256 entries of at most 255 fit 16 bits.
    const std::size_t end = groups - g > 256 ? g + 256 : groups;
    LookupSums low, high;
    for (; g < end; g += 4) {
      const __m512i four = _mm512_loadu_si512(codes + 16 * g), entries = _mm512_loadu_si512(table + 16 * g);
      low.add(_mm512_shuffle_epi8(entries, low_nibbles(four)));
      high.add(_mm512_shuffle_epi8(entries, high_nibbles(four)));
    }
    low.flush(sums);
    high.flush(sums + 16);
  }
}

struct Lanes {
  using Floats = __m512;
  static constexpr unsigned kCount = 16;

  static Floats load(const float* p) { return _mm512_loadu_ps(p); }
  static Floats load(const std::int32_t* p) { return _mm512_cvtepi32_ps(_mm512_loadu_si512(p)); }
  static Floats all(float x) { return _mm512_set1_ps(x); }
  static Floats add(Floats a, Floats b) { return _mm512_add_ps(a, b); }
  static Floats subtract(Floats a, Floats b) { return _mm512_sub_ps(a, b); }
  static Floats multiply_add(Floats a, Floats b, Floats c) { return _mm512_fmadd_ps(a, b, c); }
  // Gives its second operand where one is NaN.
  static Floats number(Floats x) { return _mm512_max_ps(x, all(-__builtin_inff())); }
  static void store(float* p, Floats x) { _mm512_storeu_ps(p, x); }
  static unsigned at_most(Floats a, Floats b) { return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ); }
  static unsigned below(Floats a, Floats b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
  static constexpr auto sum_lookups = simd::sum_lookups;
};

}  // namespace

const Kernels kSkylake = {"avx512",      l2_squared_f32,  dot_norm_f32, l1_f32,
                          l2_squared_i8, dot_norm_i8,     l1_i8,        hamming,
                          dot_nibbles,   dot_split_bytes, subtract,     encode,
                          half_to_float, float_to_half,   hadamard,     scan_block<Lanes>};

}  // namespace cairn::simd
