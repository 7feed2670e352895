// The reference: plain loops in the accumulator types that kernels.hpp promises. The other files may
// add in another order, nothing else.
#include "simd/isa.hpp"

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

}  // namespace

const Kernels kScalar = {"scalar",    l2_squared_f32, dot_norm_f32, l1_f32,      l2_squared_i8,
                         dot_norm_i8, l1_i8,          hamming,      dot_nibbles, dot_split_bytes};

}  // namespace cairn::simd
