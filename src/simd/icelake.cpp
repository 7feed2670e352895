// What AVX-512 VNNI and VPOPCNTDQ add to skylake.cpp: vpdpbusd multiplies unsigned by signed bytes and adds
// four products into each 32-bit lane without saturating, vpopcntq counts the bits of a lane. Signed codes
// are made unsigned by adding 128, and 128 times the sum of what they are multiplied with is taken off again.
// This file is compiled for its instruction set and includes intrinsics only.
#include <immintrin.h>

#include "simd/isa.hpp"

namespace cairn::simd {
namespace {

// The lanes from `at` to `size`: all of them, or those of the tail. REQUIRES: at < size.
__mmask64 mask_at(std::size_t at, std::size_t size) {
  const std::size_t n = size - at;
  return n >= 64 ? ~__mmask64{0} : static_cast<__mmask64>((std::uint64_t{1} << n) - 1);
}

__m512i load(const void* p, __mmask64 mask) {
  return _mm512_maskz_loadu_epi8(mask, p);
}

// One row's sums. In lanes beyond the tail, what the biased code is multiplied with is zero.
void dot_norm_row(const std::int8_t* query, std::int32_t query_sum, const std::int8_t* row, std::size_t dims,
                  std::int32_t* dot, std::int32_t* norm) {
  const __m512i bias = _mm512_set1_epi8(-128), ones = _mm512_set1_epi8(1);
  __m512i biased_dot = _mm512_setzero_si512(), biased_norm = biased_dot, row_sum = biased_dot;
  for (std::size_t d = 0; d < dims; d += 64) {
    const __mmask64 mask = mask_at(d, dims);
    const __m512i r = load(row + d, mask);
    const __m512i biased = _mm512_xor_si512(r, bias);
    biased_dot = _mm512_dpbusd_epi32(biased_dot, biased, load(query + d, mask));
    biased_norm = _mm512_dpbusd_epi32(biased_norm, biased, r);
    row_sum = _mm512_dpbusd_epi32(row_sum, ones, r);
  }
  *dot = _mm512_reduce_add_epi32(biased_dot) - 128 * query_sum;
  *norm = _mm512_reduce_add_epi32(biased_norm) - 128 * _mm512_reduce_add_epi32(row_sum);
}

std::int32_t sum(const std::int8_t* v, std::size_t dims) {
  __m512i total = _mm512_setzero_si512();
  for (std::size_t d = 0; d < dims; d += 64)
    total = _mm512_dpbusd_epi32(total, _mm512_set1_epi8(1), load(v + d, mask_at(d, dims)));
  return _mm512_reduce_add_epi32(total);
}

void dot_norm_i8(const std::int8_t* query, const std::int8_t* rows, std::size_t count, std::size_t dims,
                 std::int32_t* dots, std::int32_t* norms) {
  const std::int32_t query_sum = sum(query, dims);
  for (std::size_t i = 0; i < count; ++i, rows += dims)
    dot_norm_row(query, query_sum, rows, dims, dots + i, norms + i);
}

// |q - r|^2 = |q|^2 - 2 q.r + |r|^2, all of it exact.
void l2_squared_i8(const std::int8_t* query, const std::int8_t* rows, std::size_t count, std::size_t dims,
                   std::int32_t* out) {
  const std::int32_t query_sum = sum(query, dims);
  std::int32_t dot, norm, query_norm;
  dot_norm_row(query, query_sum, query, dims, &dot, &query_norm);
  for (std::size_t i = 0; i < count; ++i, rows += dims) {
    dot_norm_row(query, query_sum, rows, dims, &dot, &norm);
    out[i] = query_norm - 2 * dot + norm;
  }
}

void hamming(const std::uint8_t* query, const std::uint8_t* rows, std::size_t count, std::size_t bytes,
             std::int32_t* out) {
  for (std::size_t i = 0; i < count; ++i, rows += bytes) {
    __m512i total = _mm512_setzero_si512();
    for (std::size_t b = 0; b < bytes; b += 64) {
      const __mmask64 mask = mask_at(b, bytes);
      const __m512i differing = _mm512_xor_si512(load(query + b, mask), load(rows + b, mask));
      total = _mm512_add_epi64(total, _mm512_popcnt_epi64(differing));
    }
    out[i] = static_cast<std::int32_t>(_mm512_reduce_add_epi64(total));
  }
}

struct NibbleSums {
  __m512i low = _mm512_setzero_si512();
  __m512i high = _mm512_setzero_si512();

  void add(__m512i codes, __m512i low_query, __m512i high_query) {
    const __m512i nibble = _mm512_set1_epi8(0x0F);
    low = _mm512_dpbusd_epi32(low, _mm512_and_si512(codes, nibble), low_query);
    high = _mm512_dpbusd_epi32(high, _mm512_and_si512(_mm512_srli_epi16(codes, 4), nibble), high_query);
  }
};

void dot_nibbles(const std::uint8_t* rows, std::size_t count, std::size_t bytes, const std::int8_t* low,
                 const std::int8_t* high, std::int32_t* out) {
  for (std::size_t i = 0; i < count; ++i, rows += bytes) {
    NibbleSums sums;
    std::size_t b = 0;
    for (; b + 64 <= bytes; b += 64)
      sums.add(_mm512_loadu_si512(rows + b), _mm512_loadu_si512(low + b), _mm512_loadu_si512(high + b));
    if (b < bytes) {
      const __mmask64 mask = mask_at(b, bytes);
      sums.add(load(rows + b, mask), load(low + b, mask), load(high + b, mask));
    }
    out[i] = _mm512_reduce_add_epi32(_mm512_add_epi32(sums.low, sums.high));
  }
}

}  // namespace

Kernels icelake_kernels() noexcept {
  Kernels kernels = kSkylake;
  kernels.name = "avx512vnni";
  kernels.l2_squared_i8 = l2_squared_i8;
  kernels.dot_norm_i8 = dot_norm_i8;
  kernels.hamming = hamming;
  kernels.dot_nibbles = dot_nibbles;
  return kernels;
}

}  // namespace cairn::simd
