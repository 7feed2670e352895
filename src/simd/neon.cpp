// NEON, which every aarch64 processor has. Float sums run in four registers of four lanes; bytes are
// multiplied into int16 (128 * 128 fits, a sum of two does not) and added in pairs into int32 at once. Tails
// are plain loops. This file includes intrinsics only, as the others of one instruction set do.
#include <arm_neon.h>

#include "simd/isa.hpp"
#include "simd/scan_block.hpp"

namespace cairn::simd {
namespace {

float sum_lanes(float32x4_t s0, float32x4_t s1, float32x4_t s2, float32x4_t s3) {
  return vaddvq_f32(vaddq_f32(vaddq_f32(s0, s1), vaddq_f32(s2, s3)));
}

float32x4_t add_square(float32x4_t sum, const float* a, const float* b) {
  const float32x4_t difference = vsubq_f32(vld1q_f32(a), vld1q_f32(b));
  return vfmaq_f32(sum, difference, difference);
}

void l2_squared_f32(const float* query, const float* rows, std::size_t count, std::size_t dims, float* out) {
  for (std::size_t i = 0; i < count; ++i, rows += dims) {
    float32x4_t s0 = vdupq_n_f32(0), s1 = s0, s2 = s0, s3 = s0;
    std::size_t d = 0;
    for (; d + 16 <= dims; d += 16) {
      s0 = add_square(s0, query + d, rows + d);
      s1 = add_square(s1, query + d + 4, rows + d + 4);
      s2 = add_square(s2, query + d + 8, rows + d + 8);
      s3 = add_square(s3, query + d + 12, rows + d + 12);
    }
    for (; d + 4 <= dims; d += 4) s0 = add_square(s0, query + d, rows + d);
    float total = sum_lanes(s0, s1, s2, s3);
    for (; d < dims; ++d) total += (query[d] - rows[d]) * (query[d] - rows[d]);
    out[i] = total;
  }
}

void dot_norm_f32(const float* query, const float* rows, std::size_t count, std::size_t dims, float* dots,
                  float* norms) {
  for (std::size_t i = 0; i < count; ++i, rows += dims) {
    float32x4_t dot0 = vdupq_n_f32(0), dot1 = dot0, dot2 = dot0, dot3 = dot0;
    float32x4_t norm0 = dot0, norm1 = dot0, norm2 = dot0, norm3 = dot0;
    std::size_t d = 0;
    for (; d + 16 <= dims; d += 16) {
      const float32x4_t r0 = vld1q_f32(rows + d), r1 = vld1q_f32(rows + d + 4);
      const float32x4_t r2 = vld1q_f32(rows + d + 8), r3 = vld1q_f32(rows + d + 12);
      dot0 = vfmaq_f32(dot0, vld1q_f32(query + d), r0);
      dot1 = vfmaq_f32(dot1, vld1q_f32(query + d + 4), r1);
      dot2 = vfmaq_f32(dot2, vld1q_f32(query + d + 8), r2);
      dot3 = vfmaq_f32(dot3, vld1q_f32(query + d + 12), r3);
      norm0 = vfmaq_f32(norm0, r0, r0);
      norm1 = vfmaq_f32(norm1, r1, r1);
      norm2 = vfmaq_f32(norm2, r2, r2);
      norm3 = vfmaq_f32(norm3, r3, r3);
    }
    for (; d + 4 <= dims; d += 4) {
      const float32x4_t r = vld1q_f32(rows + d);
      dot0 = vfmaq_f32(dot0, vld1q_f32(query + d), r);
      norm0 = vfmaq_f32(norm0, r, r);
    }
    float dot = sum_lanes(dot0, dot1, dot2, dot3), norm = sum_lanes(norm0, norm1, norm2, norm3);
    for (; d < dims; ++d) {
      dot += query[d] * rows[d];
      norm += rows[d] * rows[d];
    }
    dots[i] = dot;
    norms[i] = norm;
  }
}

void l1_f32(const float* query, const float* rows, std::size_t count, std::size_t dims, double* out) {
  for (std::size_t i = 0; i < count; ++i, rows += dims) {
    float64x2_t s0 = vdupq_n_f64(0), s1 = s0;
    std::size_t d = 0;
    for (; d + 4 <= dims; d += 4) {
      const float32x4_t q = vld1q_f32(query + d), r = vld1q_f32(rows + d);
      s0 = vaddq_f64(s0, vabdq_f64(vcvt_f64_f32(vget_low_f32(q)), vcvt_f64_f32(vget_low_f32(r))));
      s1 = vaddq_f64(s1, vabdq_f64(vcvt_high_f64_f32(q), vcvt_high_f64_f32(r)));
    }
    double total = vaddvq_f64(vaddq_f64(s0, s1));
    for (; d < dims; ++d) {
      const double difference = static_cast<double>(query[d]) - static_cast<double>(rows[d]);
      total += difference < 0 ? -difference : difference;
    }
    out[i] = total;
  }
}

// |a - b| reaches 255: the signed result wraps into the right unsigned one.
uint8x16_t absolute_difference(const std::int8_t* a, const std::int8_t* b) {
  return vreinterpretq_u8_s8(vabdq_s8(vld1q_s8(a), vld1q_s8(b)));
}

void l2_squared_i8(const std::int8_t* query, const std::int8_t* rows, std::size_t count, std::size_t dims,
                   std::int32_t* out) {
  for (std::size_t i = 0; i < count; ++i, rows += dims) {
    uint32x4_t s0 = vdupq_n_u32(0), s1 = s0;
    std::size_t d = 0;
    for (; d + 16 <= dims; d += 16) {
      const uint8x16_t difference = absolute_difference(query + d, rows + d);
      s0 = vpadalq_u16(s0, vmull_u8(vget_low_u8(difference), vget_low_u8(difference)));
      s1 = vpadalq_u16(s1, vmull_high_u8(difference, difference));
    }
    std::int32_t total = static_cast<std::int32_t>(vaddvq_u32(vaddq_u32(s0, s1)));
    for (; d < dims; ++d) total += (query[d] - rows[d]) * (query[d] - rows[d]);
    out[i] = total;
  }
}

void dot_norm_i8(const std::int8_t* query, const std::int8_t* rows, std::size_t count, std::size_t dims,
                 std::int32_t* dots, std::int32_t* norms) {
  for (std::size_t i = 0; i < count; ++i, rows += dims) {
    int32x4_t dot0 = vdupq_n_s32(0), dot1 = dot0, norm0 = dot0, norm1 = dot0;
    std::size_t d = 0;
    for (; d + 16 <= dims; d += 16) {
      const int8x16_t q = vld1q_s8(query + d), r = vld1q_s8(rows + d);
      dot0 = vpadalq_s16(dot0, vmull_s8(vget_low_s8(q), vget_low_s8(r)));
      dot1 = vpadalq_s16(dot1, vmull_high_s8(q, r));
      norm0 = vpadalq_s16(norm0, vmull_s8(vget_low_s8(r), vget_low_s8(r)));
      norm1 = vpadalq_s16(norm1, vmull_high_s8(r, r));
    }
    std::int32_t dot = vaddvq_s32(vaddq_s32(dot0, dot1)), norm = vaddvq_s32(vaddq_s32(norm0, norm1));
    for (; d < dims; ++d) {
      dot += query[d] * rows[d];
      norm += rows[d] * rows[d];
    }
    dots[i] = dot;
    norms[i] = norm;
  }
}

void l1_i8(const std::int8_t* query, const std::int8_t* rows, std::size_t count, std::size_t dims,
           std::int32_t* out) {
  for (std::size_t i = 0; i < count; ++i, rows += dims) {
    uint32x4_t sum = vdupq_n_u32(0);
    std::size_t d = 0;
    for (; d + 16 <= dims; d += 16)
      sum = vpadalq_u16(sum, vpaddlq_u8(absolute_difference(query + d, rows + d)));
    std::int32_t total = static_cast<std::int32_t>(vaddvq_u32(sum));
    for (; d < dims; ++d) total += query[d] < rows[d] ? rows[d] - query[d] : query[d] - rows[d];
    out[i] = total;
  }
}

void hamming(const std::uint8_t* query, const std::uint8_t* rows, std::size_t count, std::size_t bytes,
             std::int32_t* out) {
  for (std::size_t i = 0; i < count; ++i, rows += bytes) {
    uint32x4_t sum = vdupq_n_u32(0);
    std::size_t b = 0;
    for (; b + 16 <= bytes; b += 16) {
      const uint8x16_t differing = veorq_u8(vld1q_u8(query + b), vld1q_u8(rows + b));
      sum = vpadalq_u16(sum, vpaddlq_u8(vcntq_u8(differing)));
    }
    std::int32_t total = static_cast<std::int32_t>(vaddvq_u32(sum));
    for (; b < bytes; ++b) total += __builtin_popcount(static_cast<unsigned>(query[b] ^ rows[b]));
    out[i] = total;
  }
}

int8x16_t low_nibbles(uint8x16_t v) {
  return vreinterpretq_s8_u8(vandq_u8(v, vdupq_n_u8(0x0F)));
}
int8x16_t high_nibbles(uint8x16_t v) {
  return vreinterpretq_s8_u8(vshrq_n_u8(v, 4));
}

// Each int16 lane adds four products of at most 15 * 128.
void dot_nibbles(const std::uint8_t* rows, std::size_t count, std::size_t bytes, const std::int8_t* low,
                 const std::int8_t* high, std::int32_t* out) {
  for (std::size_t i = 0; i < count; ++i, rows += bytes) {
    int32x4_t sum = vdupq_n_s32(0);
    std::size_t b = 0;
    for (; b + 16 <= bytes; b += 16) {
      const uint8x16_t codes = vld1q_u8(rows + b);
      const int8x16_t l = low_nibbles(codes), h = high_nibbles(codes);
      const int8x16_t low_query = vld1q_s8(low + b), high_query = vld1q_s8(high + b);
      int16x8_t products = vmull_s8(vget_low_s8(l), vget_low_s8(low_query));
      products = vmlal_high_s8(products, l, low_query);
      products = vmlal_s8(products, vget_low_s8(h), vget_low_s8(high_query));
      products = vmlal_high_s8(products, h, high_query);
      sum = vpadalq_s16(sum, products);
    }
    std::int32_t total = vaddvq_s32(sum);
    for (; b < bytes; ++b) total += (rows[b] & 15) * low[b] + (rows[b] >> 4) * high[b];
    out[i] = total;
  }
}

// Sixteen codes times sixteen elements of the query.
int32x4_t add_code_products(int32x4_t sum, uint8x16_t codes, const std::int16_t* query) {
  const int16x8_t first = vreinterpretq_s16_u16(vmovl_u8(vget_low_u8(codes)));
  const int16x8_t second = vreinterpretq_s16_u16(vmovl_high_u8(codes));
  const int16x8_t q0 = vld1q_s16(query), q1 = vld1q_s16(query + 8);
  sum = vmlal_s16(sum, vget_low_s16(first), vget_low_s16(q0));
  sum = vmlal_high_s16(sum, first, q0);
  sum = vmlal_s16(sum, vget_low_s16(second), vget_low_s16(q1));
  return vmlal_high_s16(sum, second, q1);
}

std::int32_t dot_split_bytes(const std::uint8_t* upper, const std::uint8_t* lower, std::size_t bytes,
                             const std::int16_t* low, const std::int16_t* high) {
  int32x4_t low_sum = vdupq_n_s32(0), high_sum = low_sum;
  std::size_t b = 0;
  for (; b + 16 <= bytes; b += 16) {
    const uint8x16_t u = vld1q_u8(upper + b), l = vld1q_u8(lower + b);
    // Shift and insert: the upper nibble of the code, and below it the other plane's nibble.
    low_sum = add_code_products(low_sum, vsliq_n_u8(vandq_u8(l, vdupq_n_u8(0x0F)), u, 4), low + b);
    high_sum = add_code_products(high_sum, vsriq_n_u8(u, l, 4), high + b);
  }
  std::int32_t total = vaddvq_s32(vaddq_s32(low_sum, high_sum));
  for (; b < bytes; ++b) {
    total += ((upper[b] & 15) * 16 + (lower[b] & 15)) * low[b];
    total += ((upper[b] >> 4) * 16 + (lower[b] >> 4)) * high[b];
  }
  return total;
}

Kernels::Rest subtract(const float* row, const float* center, std::size_t dims, float* rest) {
  float32x4_t square = vdupq_n_f32(0), row_square = square, largest = square;
  std::size_t d = 0;
  for (; d + 4 <= dims; d += 4) {
    const float32x4_t x = vld1q_f32(row + d);
    const float32x4_t r = vsubq_f32(x, vld1q_f32(center + d));
    vst1q_f32(rest + d, r);
    square = vfmaq_f32(square, r, r);
    row_square = vfmaq_f32(row_square, x, x);
    largest = vmaxnmq_f32(largest, vabsq_f32(r));  // of a NaN and a number, the number
  }
  Kernels::Rest sums{vaddvq_f32(square), vaddvq_f32(row_square), vmaxvq_f32(largest)};
  for (; d < dims; ++d) {
    rest[d] = row[d] - center[d];
    sums.square += rest[d] * rest[d];
    sums.row_square += row[d] * row[d];
    const float size = rest[d] < 0 ? -rest[d] : rest[d];
    if (size > sums.largest) sums.largest = size;
  }
  return sums;
}

// Sums of what codes lose.
struct LostLanes {
  float32x4_t square8 = vdupq_n_f32(0), square4 = square8;
};

// The codes of four elements.
uint16x4_t encode4(const float* rest, float32x4_t scale, float32x4_t inverse, LostLanes& lost) {
  const float32x4_t r = vld1q_f32(rest);
  const uint32x4_t code = vcvtq_u32_f32(vaddq_f32(vmulq_f32(r, inverse), vdupq_n_f32(128.5f)));
  const float32x4_t near8 = vsubq_f32(vcvtq_f32_u32(code), vdupq_n_f32(128));
  const float32x4_t near4 = vsubq_f32(vcvtq_f32_u32(vandq_u32(code, vdupq_n_u32(0xF0))), vdupq_n_f32(120.5f));
  const float32x4_t lost8 = vfmsq_f32(r, scale, near8), lost4 = vfmsq_f32(r, scale, near4);
  lost.square8 = vfmaq_f32(lost.square8, lost8, lost8);
  lost.square4 = vfmaq_f32(lost.square4, lost4, lost4);
  return vmovn_u32(code);
}

uint8x16_t encode16(const float* rest, float32x4_t scale, float32x4_t inverse, LostLanes& lost) {
  const uint16x4_t a = encode4(rest, scale, inverse, lost), b = encode4(rest + 4, scale, inverse, lost);
  const uint16x4_t c = encode4(rest + 8, scale, inverse, lost), d = encode4(rest + 12, scale, inverse, lost);
  return vcombine_u8(vmovn_u16(vcombine_u16(a, b)), vmovn_u16(vcombine_u16(c, d)));
}

Kernels::Lost encode(const float* rest, std::size_t bytes, float scale, float inverse, std::uint8_t* upper,
                     std::uint8_t* lower) {
  const float32x4_t s = vdupq_n_f32(scale), i = vdupq_n_f32(inverse);
  LostLanes lost;
  for (std::size_t b = 0; b < bytes; b += 16) {
    const float* const first = rest + 2 * b - b % 32;
    const uint8x16_t low = encode16(first, s, i, lost), high = encode16(first + 32, s, i, lost);
    vst1q_u8(upper + b, vsriq_n_u8(high, low, 4));  // above the low code's upper half, the high code's
    vst1q_u8(lower + b, vsliq_n_u8(low, high, 4));  // above the low code's lower half, the high code's
  }
  return {vaddvq_f32(lost.square8), vaddvq_f32(lost.square4)};
}

void half_to_float(const std::uint16_t* halves, std::size_t count, float* out) {
  std::size_t i = 0;
  for (; i + 4 <= count; i += 4) vst1q_f32(out + i, vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(halves + i))));
  for (; i < count; ++i)
    out[i] = vgetq_lane_f32(vcvt_f32_f16(vreinterpret_f16_u16(vdup_n_u16(halves[i]))), 0);
}

void float_to_half(const float* floats, std::size_t count, std::uint16_t* out) {
  std::size_t i = 0;
  for (; i + 4 <= count; i += 4) vst1_u16(out + i, vreinterpret_u16_f16(vcvt_f16_f32(vld1q_f32(floats + i))));
  for (; i < count; ++i)
    out[i] = vget_lane_u16(vreinterpret_u16_f16(vcvt_f16_f32(vdupq_n_f32(floats[i]))), 0);
}

// The first two steps of the transform, whose partners are within the four elements of a register.
float32x4_t hadamard4(float32x4_t v) {
  const float32x4_t first = vtrn1q_f32(v, v), second = vtrn2q_f32(v, v);  // aacc, bbdd
  v = vtrn1q_f32(vaddq_f32(first, second), vsubq_f32(first, second));
  const float32x2_t low = vget_low_f32(v), high = vget_high_f32(v);
  return vcombine_f32(vadd_f32(low, high), vsub_f32(low, high));
}

void hadamard(float* values, std::size_t size, float scale) {
  for (std::size_t i = 0; i < size; i += 4) vst1q_f32(values + i, hadamard4(vld1q_f32(values + i)));
  for (std::size_t width = 4; width < size; width *= 2) {
    const float factor = 2 * width == size ? scale : 1.0f;
    for (std::size_t first = 0; first < size; first += 2 * width)
      for (float* p = values + first; p < values + first + width; p += 4) {
        const float32x4_t a = vld1q_f32(p), b = vld1q_f32(p + width);
        vst1q_f32(p, vmulq_n_f32(vaddq_f32(a, b), factor));
        vst1q_f32(p + width, vmulq_n_f32(vsubq_f32(a, b), factor));
      }
  }
}

// Entries of sixteen rows, summed per row in lanes of 16 bits: of the even bytes and of the odd ones.
struct LookupSums {
  uint16x8_t even = vdupq_n_u16(0), odd = even;

  void add(uint8x16_t entries) {
    const uint16x8_t pairs = vreinterpretq_u16_u8(entries);
    even = vaddq_u16(even, vandq_u16(pairs, vdupq_n_u16(0x00FF)));
    odd = vsraq_n_u16(odd, pairs, 8);  // shift and add
  }
  // Adds what was summed to rows 0 to 7 and 8 to 15 of `sums`.
  void flush(std::int32_t* sums) const {
    add_to(sums, even);
    add_to(sums + 8, odd);
  }
  static void add_to(std::int32_t* sums, uint16x8_t rows) {
    vst1q_s32(sums, vaddq_s32(vld1q_s32(sums), vreinterpretq_s32_u32(vmovl_u16(vget_low_u16(rows)))));
    vst1q_s32(sums + 4, vaddq_s32(vld1q_s32(sums + 4), vreinterpretq_s32_u32(vmovl_high_u16(rows))));
  }
};

void sum_lookups(const std::uint8_t* codes, std::size_t groups, const std::uint8_t* table,
                 std::int32_t* sums) {
  for (std::size_t row = 0; row < 32; row += 4) vst1q_s32(sums + row, vdupq_n_s32(0));
  for (std::size_t g = 0; g < groups;) {
    // 256 entries of at most 255 fit 16 bits.
    const std::size_t end = groups - g > 256 ? g + 256 : groups;
    LookupSums low, high;
    for (; g < end; ++g) {
      const uint8x16_t bytes = vld1q_u8(codes + 16 * g), entries = vld1q_u8(table + 16 * g);
      low.add(vqtbl1q_u8(entries, vandq_u8(bytes, vdupq_n_u8(0x0F))));
      high.add(vqtbl1q_u8(entries, vshrq_n_u8(bytes, 4)));
    }
    low.flush(sums);
    high.flush(sums + 16);
  }
}

struct Lanes {
  using Floats = float32x4_t;
  static constexpr unsigned kCount = 4;

  static Floats load(const float* p) { return vld1q_f32(p); }
  static Floats load(const std::int32_t* p) { return vcvtq_f32_s32(vld1q_s32(p)); }
  static Floats all(float x) { return vdupq_n_f32(x); }
  static Floats add(Floats a, Floats b) { return vaddq_f32(a, b); }
  static Floats subtract(Floats a, Floats b) { return vsubq_f32(a, b); }
  static Floats multiply_add(Floats a, Floats b, Floats c) { return vfmaq_f32(c, a, b); }
  // Gives the number where one is NaN.
  static Floats number(Floats x) { return vmaxnmq_f32(x, all(-__builtin_inff())); }
  static void store(float* p, Floats x) { vst1q_f32(p, x); }
  static unsigned at_most(Floats a, Floats b) { return mask(vcleq_f32(a, b)); }
  static unsigned below(Floats a, Floats b) { return mask(vcltq_f32(a, b)); }
  static unsigned mask(uint32x4_t lanes) {
    const uint32x4_t bits = {1, 2, 4, 8};
    return vaddvq_u32(vandq_u32(lanes, bits));
  }
  static constexpr auto sum_lookups = simd::sum_lookups;
};

}  // namespace

const Kernels kNeon = {"neon",        l2_squared_f32,  dot_norm_f32, l1_f32,
                       l2_squared_i8, dot_norm_i8,     l1_i8,        hamming,
                       dot_nibbles,   dot_split_bytes, subtract,     encode,
                       half_to_float, float_to_half,   hadamard,     scan_block<Lanes>};

}  // namespace cairn::simd
