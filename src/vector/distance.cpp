#include "vector/distance.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "simd/kernels.hpp"

namespace cairn::vector {
namespace {

// The float32 sums are combined in double and rounded once; sqlite-vec's pinned cosine value needs
// exactly this (its combination in float32, or sums in double, give another last digit).
float cosine(double dot, double norm_a, double norm_b_squared) {
  return static_cast<float>(1.0 - dot / (norm_a * std::sqrt(norm_b_squared)));
}

float ordered(float distance) {
  return std::isnan(distance) ? std::numeric_limits<float>::infinity() : distance;
}

// The kernels sum int8 vectors in 32 bits, which is enough for a column's vectors but not for any blob that a
// function is given.
template <class Body>
void for_blocks(std::size_t dims, Body body) {
  for (std::size_t first = 0; first < dims; first += kMaxDims) body(first, std::min(kMaxDims, dims - first));
}

double squared_norm(const Vector& v) {
  if (v.type == ElementType::float32) {
    float dot = 0, norm = 0;
    simd::kernels().dot_norm_f32(v.floats().data(), v.floats().data(), 1, v.dims, &dot, &norm);
    return norm;
  }
  std::int64_t sum = 0;
  for_blocks(v.dims, [&](std::size_t first, std::size_t count) {
    std::int32_t dot = 0, norm = 0;
    simd::kernels().dot_norm_i8(v.int8s().data() + first, v.int8s().data() + first, 1, count, &dot, &norm);
    sum += norm;
  });
  return static_cast<double>(sum);
}

double float_distance(Metric metric, const Vector& a, const Vector& b) {
  const auto& k = simd::kernels();
  const float* x = a.floats().data();
  const float* y = b.floats().data();
  float first = 0, second = 0;
  double sum = 0;
  switch (metric) {
    case Metric::l2:
      k.l2_squared_f32(x, y, 1, a.dims, &first);
      return std::sqrt(first);
    case Metric::l1:
      k.l1_f32(x, y, 1, a.dims, &sum);
      return sum;
    default:
      k.dot_norm_f32(x, y, 1, a.dims, &first, &second);
      break;
  }
  return cosine(first, std::sqrt(squared_norm(a)), second);
}

double int8_distance(Metric metric, const Vector& a, const Vector& b) {
  const auto& k = simd::kernels();
  const std::int8_t* x = a.int8s().data();
  const std::int8_t* y = b.int8s().data();
  std::int64_t first = 0, second = 0;
  for_blocks(a.dims, [&](std::size_t at, std::size_t count) {
    std::int32_t block_first = 0, block_second = 0;
    if (metric == Metric::l2)
      k.l2_squared_i8(x + at, y + at, 1, count, &block_first);
    else if (metric == Metric::l1)
      k.l1_i8(x + at, y + at, 1, count, &block_first);
    else
      k.dot_norm_i8(x + at, y + at, 1, count, &block_first, &block_second);
    first += block_first;
    second += block_second;
  });
  if (metric == Metric::l2) return std::sqrt(static_cast<float>(first));
  if (metric == Metric::l1) return static_cast<double>(first);
  return cosine(static_cast<double>(first), std::sqrt(squared_norm(a)), static_cast<double>(second));
}

}  // namespace

double distance(Metric metric, const Vector& a, const Vector& b) {
  assert(a.type == b.type && a.dims == b.dims && is_defined(metric, a.type));
  switch (a.type) {
    case ElementType::float32:
      return float_distance(metric, a, b);
    case ElementType::int8:
      return int8_distance(metric, a, b);
    case ElementType::bit:
      break;
  }
  std::int32_t bits = 0;
  simd::kernels().hamming(a.packed_bits().data(), b.packed_bits().data(), 1, a.bytes.size(), &bits);
  return bits;
}

DistanceTo::DistanceTo(Metric metric, Vector query) : metric_(metric), query_(std::move(query)) {
  assert(is_defined(metric_, query_.type));
  if (metric_ == Metric::cosine) query_norm_ = std::sqrt(squared_norm(query_));
}

void DistanceTo::operator()(const std::byte* rows, std::size_t count, float* out) {
  switch (query_.type) {
    case ElementType::float32:
      return float_distances(reinterpret_cast<const float*>(rows), count, out);
    case ElementType::int8:
      return int8_distances(reinterpret_cast<const std::int8_t*>(rows), count, out);
    case ElementType::bit:
      break;
  }
  ints_.resize(count);
  simd::kernels().hamming(query_.packed_bits().data(), reinterpret_cast<const std::uint8_t*>(rows), count,
                          query_.bytes.size(), ints_.data());
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<float>(ints_[i]);
}

void DistanceTo::float_distances(const float* rows, std::size_t count, float* out) {
  const auto& k = simd::kernels();
  const float* query = query_.floats().data();
  const std::size_t dims = query_.dims;
  if (metric_ == Metric::l1) {
    doubles_.resize(count);
    k.l1_f32(query, rows, count, dims, doubles_.data());
    for (std::size_t i = 0; i < count; ++i) out[i] = ordered(static_cast<float>(doubles_[i]));
  } else if (metric_ == Metric::l2) {
    k.l2_squared_f32(query, rows, count, dims, out);
    for (std::size_t i = 0; i < count; ++i) out[i] = ordered(std::sqrt(out[i]));
  } else {
    floats_.resize(count);
    k.dot_norm_f32(query, rows, count, dims, out, floats_.data());
    for (std::size_t i = 0; i < count; ++i) out[i] = ordered(cosine(out[i], query_norm_, floats_[i]));
  }
}

void DistanceTo::int8_distances(const std::int8_t* rows, std::size_t count, float* out) {
  const auto& k = simd::kernels();
  const std::int8_t* query = query_.int8s().data();
  const std::size_t dims = query_.dims;
  ints_.resize(2 * count);
  std::int32_t* first = ints_.data();
  std::int32_t* second = ints_.data() + count;
  if (metric_ == Metric::l1) {
    k.l1_i8(query, rows, count, dims, first);
    for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<float>(first[i]);
  } else if (metric_ == Metric::l2) {
    k.l2_squared_i8(query, rows, count, dims, first);
    for (std::size_t i = 0; i < count; ++i) out[i] = std::sqrt(static_cast<float>(first[i]));
  } else {
    k.dot_norm_i8(query, rows, count, dims, first, second);
    for (std::size_t i = 0; i < count; ++i) out[i] = ordered(cosine(first[i], query_norm_, second[i]));
  }
}

}  // namespace cairn::vector
