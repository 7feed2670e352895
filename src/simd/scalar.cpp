// The reference: plain loops in the accumulator types that kernels.hpp promises. The other files may
// add in another order, nothing else.
#include <limits>

#include "simd/isa.hpp"
#include "simd/scan_block.hpp"

namespace cairn::simd {
namespace {

void l2_squared_f32(const float* query, const float* rows, std::size_t count, std::size_t dims, float* out) {
  for (std::size_t i = 0; i < count; ++i, rows += dims) {
    float sum = 0;
    for (std::size_t d = 0; d < dims; ++d) {
      const float difference = query[d] - rows[d];
      sum += difference * difference;
    }
    out[i] = sum;
  }
}

void dot_norm_f32(const float* query, const float* rows, std::size_t count, std::size_t dims, float* dots,
                  float* norms) {
  for (std::size_t i = 0; i < count; ++i, rows += dims) {
    float dot = 0;
    float norm = 0;
    for (std::size_t d = 0; d < dims; ++d) {
      dot += query[d] * rows[d];
      norm += rows[d] * rows[d];
    }
    dots[i] = dot;
    norms[i] = norm;
  }
}

void l1_f32(const float* query, const float* rows, std::size_t count, std::size_t dims, double* out) {
  for (std::size_t i = 0; i < count; ++i, rows += dims) {
    double sum = 0;
    for (std::size_t d = 0; d < dims; ++d) {
      const double difference = static_cast<double>(query[d]) - static_cast<double>(rows[d]);
      sum += difference < 0 ? -difference : difference;
    }
    out[i] = sum;
  }
}

void l2_squared_i8(const std::int8_t* query, const std::int8_t* rows, std::size_t count, std::size_t dims,
                   std::int32_t* out) {
  for (std::size_t i = 0; i < count; ++i, rows += dims) {
    std::int32_t sum = 0;
    for (std::size_t d = 0; d < dims; ++d) {
      const std::int32_t difference = query[d] - rows[d];
      sum += difference * difference;
    }
    out[i] = sum;
  }
}

void dot_norm_i8(const std::int8_t* query, const std::int8_t* rows, std::size_t count, std::size_t dims,
                 std::int32_t* dots, std::int32_t* norms) {
  for (std::size_t i = 0; i < count; ++i, rows += dims) {
    std::int32_t dot = 0;
    std::int32_t norm = 0;
    for (std::size_t d = 0; d < dims; ++d) {
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
    std::int32_t sum = 0;
    for (std::size_t d = 0; d < dims; ++d) {
      const std::int32_t difference = query[d] - rows[d];
      sum += difference < 0 ? -difference : difference;
    }
    out[i] = sum;
  }
}

void hamming(const std::uint8_t* query, const std::uint8_t* rows, std::size_t count, std::size_t bytes,
             std::int32_t* out) {
  for (std::size_t i = 0; i < count; ++i, rows += bytes) {
    std::int32_t sum = 0;
    for (std::size_t b = 0; b < bytes; ++b)
      sum += __builtin_popcount(static_cast<unsigned>(query[b] ^ rows[b]));
    out[i] = sum;
  }
}

void dot_nibbles(const std::uint8_t* rows, std::size_t count, std::size_t bytes, const std::int8_t* low,
                 const std::int8_t* high, std::int32_t* out) {
  for (std::size_t i = 0; i < count; ++i, rows += bytes) {
    std::int32_t sum = 0;
    for (std::size_t b = 0; b < bytes; ++b) sum += (rows[b] & 15) * low[b] + (rows[b] >> 4) * high[b];
    out[i] = sum;
  }
}

std::int32_t dot_split_bytes(const std::uint8_t* upper, const std::uint8_t* lower, std::size_t bytes,
                             const std::int16_t* low, const std::int16_t* high) {
  std::int32_t sum = 0;
  for (std::size_t b = 0; b < bytes; ++b) {
    const std::int32_t code_low = (upper[b] & 15) * 16 + (lower[b] & 15);
    const std::int32_t code_high = (upper[b] >> 4) * 16 + (lower[b] >> 4);
    sum += code_low * low[b] + code_high * high[b];
  }
  return sum;
}

Kernels::Rest subtract(const float* row, const float* center, std::size_t dims, float* rest) {
  Kernels::Rest sums{0, 0, 0};
  for (std::size_t d = 0; d < dims; ++d) {
    rest[d] = row[d] - center[d];
    sums.square += rest[d] * rest[d];
    sums.row_square += row[d] * row[d];
    const float size = rest[d] < 0 ? -rest[d] : rest[d];
    if (size > sums.largest) sums.largest = size;
  }
  return sums;
}

int encode_one(float rest, float scale, float inverse, Kernels::Lost& lost) {
  const int code = static_cast<int>(rest * inverse + 128.5f);
  const float lost8 = rest - scale * static_cast<float>(code - 128);
  const float lost4 = rest - scale * (static_cast<float>(code & 0xF0) - 120.5f);
  lost.square8 += lost8 * lost8;
  lost.square4 += lost4 * lost4;
  return code;
}

Kernels::Lost encode(const float* rest, std::size_t bytes, float scale, float inverse, std::uint8_t* upper,
                     std::uint8_t* lower) {
  Kernels::Lost lost{0, 0};
  for (std::size_t b = 0; b < bytes; ++b) {
    const float* const first = rest + 2 * b - b % 32;
    const int low = encode_one(first[0], scale, inverse, lost);
    const int high = encode_one(first[32], scale, inverse, lost);
    upper[b] = static_cast<std::uint8_t>((low >> 4) | (high & 0xF0));
    lower[b] = static_cast<std::uint8_t>((low & 0x0F) | ((high & 0x0F) << 4));
  }
  return lost;
}

// A float16's value, in the scale of which its smallest step is 2^-24: subnormals are that many steps, and
// others are as floats with the exponent's bias changed.
float half_to_float(std::uint16_t half) {
  const std::uint32_t sign = std::uint32_t{half & 0x8000u} << 16, magnitude = half & 0x7FFFu;
  if (magnitude < 0x0400) {
    const float value = static_cast<float>(magnitude) * 0x1p-24f;
    return sign ? -value : value;
  }
  const std::uint32_t bias = magnitude < 0x7C00 ? (127 - 15) << 23 : (255 - 31) << 23;
  // A NaN is made a quiet one, as processors do.
  const std::uint32_t quiet = magnitude > 0x7C00 ? 0x00400000 : 0;
  return __builtin_bit_cast(float, sign | ((magnitude << 13) + bias) | quiet);
}

std::uint16_t float_to_half(float value) {
  const auto bits = __builtin_bit_cast(std::uint32_t, value);
  const std::uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7FFFFFFF;
  std::uint32_t half;
  if (magnitude > 0x7F800000) {
    half = 0x7E00 | (magnitude >> 13 & 0x03FF);  // a NaN, quiet, with what fits of its payload
  } else if (magnitude >= 0x477FF000) {
    half = 0x7C00;  // from 65,520 on
  } else if (magnitude >= 0x38800000) {
    // Half of the last place kept, less one if that place is even: ties go to even, and a carry moves into
    // the exponent, as it should.
    half = (magnitude - ((127 - 15) << 23) + 0x0FFF + (magnitude >> 13 & 1)) >> 13;
  } else {
    // Below 2^-14: adding 1/2 leaves the multiple of 2^-24 in the low bits, rounded to nearest even.
    const float shifted = __builtin_bit_cast(float, magnitude) + 0.5f;
    half = __builtin_bit_cast(std::uint32_t, shifted) - 0x3F000000;
  }
  return static_cast<std::uint16_t>(sign | half);
}

void half_to_float(const std::uint16_t* halves, std::size_t count, float* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = half_to_float(halves[i]);
}

void float_to_half(const float* floats, std::size_t count, std::uint16_t* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = float_to_half(floats[i]);
}

void hadamard(float* values, std::size_t size, float scale) {
  for (std::size_t width = 1; width < size; width *= 2)
    for (std::size_t first = 0; first < size; first += 2 * width)
      for (std::size_t i = first; i < first + width; ++i) {
        const float a = values[i], b = values[i + width];
        values[i] = a + b;
        values[i + width] = a - b;
      }
  for (std::size_t i = 0; i < size; ++i) values[i] *= scale;
}

void sum_lookups(const std::uint8_t* codes, std::size_t groups, const std::uint8_t* table,
                 std::int32_t* sums) {
  for (std::size_t row = 0; row < 32; ++row) sums[row] = 0;
  for (std::size_t g = 0; g < groups; ++g, codes += 16, table += 16)
    for (std::size_t b = 0; b < 16; ++b) {
      const std::size_t row = b / 2 + b % 2 * 8;
      sums[row] += table[codes[b] & 15];
      sums[row + 16] += table[codes[b] >> 4];
    }
}

struct Lanes {
  using Floats = float;
  static constexpr unsigned kCount = 1;
  static constexpr float kLeast = -std::numeric_limits<float>::infinity();

  static float load(const float* p) { return *p; }
  static float load(const std::int32_t* p) { return static_cast<float>(*p); }
  static float all(float x) { return x; }
  static float add(float a, float b) { return a + b; }
  static float subtract(float a, float b) { return a - b; }
  static float multiply_add(float a, float b, float c) { return a * b + c; }
  static float number(float x) { return x > kLeast ? x : kLeast; }
  static void store(float* p, float x) { *p = x; }
  static unsigned at_most(float a, float b) { return a <= b; }
  static unsigned below(float a, float b) { return a < b; }
  static constexpr auto sum_lookups = simd::sum_lookups;
};

}  // namespace

const Kernels kScalar = {"scalar",      l2_squared_f32,  dot_norm_f32, l1_f32,
                         l2_squared_i8, dot_norm_i8,     l1_i8,        hamming,
                         dot_nibbles,   dot_split_bytes, subtract,     encode,
                         half_to_float, float_to_half,   hadamard,     scan_block<Lanes>};

}  // namespace cairn::simd
