// The bounds, with u = 2^-24 the unit of float32 rounding and gamma = 1.01 (dims + 8) u, a little
// more than the error that simd/kernels.hpp states:
//
// - L2: |q - x|^2 = |q'|^2 + |r|^2 - 2 <q', r> with q' = q - c. A kernel's sum of squares has a relative
// error of
//   at most gamma; underflow adds less than 1e-37. The length of r that is kept is at most 2 gamma too large.
// - Cosine: 1 - (<q, c> + <q, r>) / (|q| |x|). The kernels' sums are off by at most gamma |q| |x| and,
// relatively,
//   gamma, so that the distance is off by less than 3 gamma.
//
// What is computed here in float32 takes a handful of roundings of intermediate values, none of which is
// larger than (|q| + |r|)^2 in the first case, (|c| + |r|) / |x| in the second. kSlack allows 64 u for them,
// which is nothing beside what the codes lose.
#include "vector/codes.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>
#include <limits>

#include "simd/kernels.hpp"

namespace cairn::vector {
namespace {

constexpr float kSlack = 0x1p-18f;
constexpr float kTiny = 1e-37f;
// Lengths whose squares float32 holds with room to spare.
constexpr double kShortest = 1e-15, kLongest = 1e15;
// More than a length loses when the squares of its elements underflow.
constexpr double kUnderflow = 1e-20;
// The two halves of a byte of a plane hold dimensions this far apart.
constexpr std::size_t kHalf = 32;
constexpr int kMiddle = 128;        // the code of zero
constexpr int kTwiceMiddle4 = 241;  // 16 h stands for 16 h - 120.5
constexpr float kInfinity = std::numeric_limits<float>::infinity();

double gamma_of(std::size_t dims) {
  return static_cast<double>(dims + 8) * 0x1p-24 * 1.01;
}

std::size_t plane_bytes_of(std::size_t dims) {
  return (dims + 2 * kHalf - 1) / (2 * kHalf) * kHalf;
}

// Calls place(byte, is_high, dimension) for every dimension, in the layout of a plane.
template <class Place>
void for_each_nibble(std::size_t dims, Place place) {
  for (std::size_t d = 0; d < dims; ++d) place(d / (2 * kHalf) * kHalf + d % kHalf, d / kHalf % 2 == 1, d);
}

std::vector<float> differences(std::span<const float> a, std::span<const float> b) {
  std::vector<float> out(a.size());
  for (std::size_t d = 0; d < a.size(); ++d) out[d] = a[d] - b[d];
  return out;
}

// In lanes, which the compiler keeps in vector registers.
double dot(std::span<const float> a, std::span<const float> b) {
  constexpr std::size_t kLanes = 8;
  double sums[kLanes] = {};
  std::size_t d = 0;
  for (; d + kLanes <= a.size(); d += kLanes)
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      sums[lane] += static_cast<double>(a[d + lane]) * static_cast<double>(b[d + lane]);
  double sum = 0;
  for (; d < a.size(); ++d) sum += static_cast<double>(a[d]) * static_cast<double>(b[d]);
  for (const double lane : sums) sum += lane;
  return sum;
}

double length(std::span<const float> v) {
  return std::sqrt(dot(v, v));
}

// The elements by the halves of a plane's bytes, rounded to multiples of the scale. Returns the sum of what
// they are rounded to. `rest` becomes what is lost, but for two roundings.
template <class Int>
std::int64_t round_to_planes(std::span<float> rest, float scale, Int* low, Int* high) {
  const float inverse = 1 / scale;
  std::int32_t sum = 0;
  for (std::size_t d = 0; d < rest.size(); d += kHalf) {
    Int* const out = (d / kHalf % 2 == 0 ? low : high) + d / (2 * kHalf) * kHalf;
    for (std::size_t i = 0; i < kHalf; ++i) {
      const float x = rest[d + i];
      const auto rounded = static_cast<std::int32_t>(x * inverse + std::copysign(0.5f, x));
      rest[d + i] = x - scale * static_cast<float>(rounded);
      out[i] = static_cast<Int>(rounded);
      sum += rounded;
    }
  }
  return sum;
}

bool is_bounded(double length_of_a_vector) {  // false for NaN
  return length_of_a_vector >= kShortest && length_of_a_vector <= kLongest;
}

}  // namespace

std::vector<float> to_floats(const Vector& vector) {
  if (vector.type == ElementType::float32) return {vector.floats().begin(), vector.floats().end()};
  return {vector.int8s().begin(), vector.int8s().end()};
}

std::size_t CodedRows::byte_size(std::size_t count, std::size_t dims) noexcept {
  return count * (2 * plane_bytes_of(dims) + 5 * sizeof(float));
}

CodedRows::CodedRows(std::size_t dims, std::size_t capacity, std::size_t count, std::byte* memory) noexcept
    : count_(count), plane_bytes_(plane_bytes_of(dims)) {
  auto* floats = reinterpret_cast<float*>(memory + 2 * capacity * plane_bytes_);
  upper_ = reinterpret_cast<std::uint8_t*>(memory);
  lower_ = upper_ + capacity * plane_bytes_;
  terms_ = {floats, floats + capacity, floats + 2 * capacity, floats + 3 * capacity, floats + 4 * capacity};
}

CodedRows::CodedRows(ElementType type, Metric metric, std::span<const float> center, const std::byte* rows,
                     std::size_t count, std::byte* memory)
    : CodedRows(center.size(), count, count, memory) {
  encode_all(type, metric, center, rows);
}

CodedRows::CodedRows(std::size_t dims, std::size_t capacity, std::size_t count, std::byte* memory,
                     std::size_t first_new, const std::byte* records)
    : CodedRows(dims, capacity, count, memory) {
  for (std::size_t i = first_new; i < count; ++i, records += byte_size(1, dims)) load(i, records);
}

void CodedRows::make_records(ElementType type, Metric metric, std::span<const float> center,
                             const std::byte* rows, std::size_t count, std::byte* records) {
  const std::size_t dims = center.size();
  for (std::size_t i = 0; i < count; ++i)
    CodedRows(dims, 1, 1, records + i * byte_size(1, dims))
        .encode_all(type, metric, center, rows + i * vector::byte_size(type, dims));
}

void CodedRows::encode_all(ElementType type, Metric metric, std::span<const float> center,
                           const std::byte* rows) {
  const std::size_t dims = center.size();
  assert(has_codes(type, metric, dims));
  if (type == ElementType::float32) {
    for (std::size_t i = 0; i < count_; ++i, rows += dims * sizeof(float))
      encode(metric, center, reinterpret_cast<const float*>(rows), i);
    return;
  }
  std::vector<float> row(dims);
  for (std::size_t i = 0; i < count_; ++i, rows += dims) {
    const auto* elements = reinterpret_cast<const std::int8_t*>(rows);
    std::copy(elements, elements + dims, row.begin());
    encode(metric, center, row.data(), i);
  }
}

bool CodedRows::is_code_of(Metric metric, std::span<const float> center, const float* row,
                           const std::byte* record) {
  std::vector<std::byte> memory(record, record + byte_size(1, center.size()));
  const CodedRows one(center.size(), 1, 1, memory.data(), 0, record);
  if (std::isinf(one.terms_.error8[0])) return true;
  double norm = 0, row_norm = 0, lost4 = 0, lost8 = 0;
  for_each_nibble(center.size(), [&](std::size_t byte, bool is_high, std::size_t d) {
    const int shift = is_high ? 4 : 0, high = one.upper_[byte] >> shift & 15,
              low = one.lower_[byte] >> shift & 15;
    const double x = static_cast<double>(row[d]), r = static_cast<double>(row[d] - center[d]);
    const double scale = static_cast<double>(one.terms_.scale[0]);
    const double e4 = r - scale * (16 * high - kTwiceMiddle4 / 2.0),
                 e8 = r - scale * (16 * high + low - kMiddle);
    norm += r * r;
    row_norm += x * x;
    lost4 += e4 * e4;
    lost8 += e8 * e8;
  });
  const auto holds = [](double square, float bound) {
    return std::sqrt(square) <= static_cast<double>(bound) * (1 + 1e-6) + kUnderflow;
  };
  const double scaled = std::sqrt(row_norm) * static_cast<double>(one.terms_.inverse[0]);
  const bool inverse_holds =
      metric == Metric::cosine ? std::abs(scaled - 1) < 1e-3 : one.terms_.inverse[0] == 1;
  return holds(norm, one.terms_.norm[0]) && holds(lost4, one.terms_.error4[0]) &&
         holds(lost8, one.terms_.error8[0]) && inverse_holds;
}

// A record comes out of a file that anybody may have written. Terms that encode() would not give make a row
// without bounds.
void CodedRows::load(std::size_t i, const std::byte* record) noexcept {
  std::memcpy(upper_ + i * plane_bytes_, record, plane_bytes_);
  std::memcpy(lower_ + i * plane_bytes_, record + plane_bytes_, plane_bytes_);
  float scale, norm, error4, error8, inverse;
  const std::byte* const terms = record + 2 * plane_bytes_;
  std::memcpy(&scale, terms, sizeof scale);
  std::memcpy(&norm, terms + 4, sizeof norm);
  std::memcpy(&error4, terms + 8, sizeof error4);
  std::memcpy(&error8, terms + 12, sizeof error8);
  std::memcpy(&inverse, terms + 16, sizeof inverse);
  constexpr float kMost = static_cast<float>(2 * kLongest);
  const auto is_length = [](float x) { return x >= 0 && x <= kMost; };  // false for NaN
  if (!is_length(scale) || !is_length(norm) || !is_length(error4) || !is_length(error8) ||
      !(inverse > 0 && inverse <= kMost)) {
    scale = norm = 0;
    error4 = error8 = kInfinity;
    inverse = 1;
  }
  terms_.scale[i] = scale;
  terms_.norm[i] = norm;
  terms_.error4[i] = error4;
  terms_.error8[i] = error8;
  terms_.inverse[i] = inverse;
}

void CodedRows::encode(Metric metric, std::span<const float> center, const float* row, std::size_t i) {
  const auto& kernels = simd::kernels();
  thread_local std::vector<float> rest;
  rest.assign(2 * plane_bytes_, 0.0f);
  const auto sums = kernels.subtract(row, center.data(), center.size(), rest.data());
  std::uint8_t* const upper = upper_ + i * plane_bytes_;
  std::uint8_t* const lower = lower_ + i * plane_bytes_;

  const double inflate = 1 + gamma_of(center.size());
  const double norm = std::sqrt(static_cast<double>(sums.square)) * inflate;
  const double row_norm = metric == Metric::cosine ? std::sqrt(static_cast<double>(sums.row_square)) : 1.0;
  if (!(norm <= kLongest) || !is_bounded(row_norm)) {  // NaN too
    std::fill_n(upper, plane_bytes_, std::uint8_t{0});
    std::fill_n(lower, plane_bytes_, std::uint8_t{0});
    terms_.scale[i] = terms_.norm[i] = 0;
    terms_.error4[i] = terms_.error8[i] = kInfinity;
    terms_.inverse[i] = 1;
    return;
  }
  const float scale = sums.largest / 127.0f;
  const float inverse = scale > kTiny ? 1.0f / scale : 0.0f;
  const auto lost = kernels.encode(rest.data(), plane_bytes_, scale, inverse, upper, lower);
  const auto above = [&](float square) {  // rounding of e itself included
    return static_cast<float>(
        (std::sqrt(static_cast<double>(square)) * inflate + 0x1p-20 * norm) * (1 + 0x1p-22) + kUnderflow);
  };
  terms_.scale[i] = scale;
  terms_.norm[i] = static_cast<float>(norm * (1 + 0x1p-22) + kUnderflow);
  terms_.error4[i] = above(lost.square4);
  terms_.error8[i] = above(lost.square8);
  terms_.inverse[i] = static_cast<float>(1 / row_norm);
}

CodeBounds::CodeBounds(Metric metric, std::span<const float> center, const Vector& query_vector)
    : metric_(metric), dims_(center.size()), gamma_(gamma_of(center.size())) {
  const std::vector<float> query = to_floats(query_vector);
  assert(center.size() == query.size());
  const std::vector<float> coded = metric == Metric::l2 ? differences(query, center) : query;
  norm_ = length(coded) * (1 + 0x1p-22);
  is_usable_ = is_bounded(norm_);
  if (!is_usable_) return;
  if (metric == Metric::cosine) {
    query_norm_ = length(query);
    center_norm_ = length(center);
    center_dot_ = dot(query, center);
  }

  float largest = 0;
  for (const float x : coded) largest = std::max(largest, std::abs(x));
  // Such that no sum over 255 times the absolute values passes 31 bits.
  const double limit16 = std::floor(std::min(32767.0, 2147483647.0 / 255 / static_cast<double>(dims_)));
  const float scale8 = largest / 127, scale16 = largest / static_cast<float>(limit16);
  const std::size_t bytes = plane_bytes_of(dims_);
  low8_.resize(bytes);
  high8_.resize(bytes);
  low16_.resize(bytes);
  high16_.resize(bytes);
  std::vector<float> rest(2 * bytes);
  const auto lost = [&] { return length(rest) * (1 + 0x1p-20) + 0x1p-22 * norm_; };
  std::copy(coded.begin(), coded.end(), rest.begin());
  sum8_ = round_to_planes(std::span(rest), scale8, low8_.data(), high8_.data());
  error8_ = lost();
  std::copy(coded.begin(), coded.end(), rest.begin());
  sum16_ = round_to_planes(std::span(rest), scale16, low16_.data(), high16_.data());
  error16_ = lost();
  scale8_ = static_cast<double>(scale8);
  scale16_ = static_cast<double>(scale16);
}

void CodeBounds::lower(const CodedRows& rows, float* out) const {
  assert(is_usable_);
  const std::size_t count = rows.count_;
  thread_local std::vector<std::int32_t> dots;
  dots.resize(count);
  simd::kernels().dot_nibbles(rows.upper_, count, rows.plane_bytes_, low8_.data(), high8_.data(),
                              dots.data());

  // <q^, x^> = scale8 * s * (16 dot - 120.5 sum) = (scale8 / 2) * s * (32 dot - 241 sum), exact up to there.
  const auto half = static_cast<float>(scale8_ / 2);
  const auto offset = static_cast<std::int32_t>(kTwiceMiddle4 * sum8_);
  // |<q, r> - <q^, x^>| <= |q| |e| + |f| |x^| <= (|q| + |f|) |e| + |f| |r|.
  const auto by_error = static_cast<float>((norm_ + error8_) * (1 + 0x1p-20));
  const auto by_norm = static_cast<float>(error8_ * (1 + 0x1p-20));
  const float* const scale = rows.terms_.scale;
  const float* const norm = rows.terms_.norm;
  const float* const error = rows.terms_.error4;
  if (metric_ == Metric::l2) {
    const auto slack = static_cast<float>(2 * static_cast<double>(kSlack) + 4 * gamma_);
    const auto shrink = static_cast<float>(1 - gamma_ - 0x1p-20);
    const auto query_square = static_cast<float>(norm_ * norm_);
    for (std::size_t i = 0; i < count; ++i) {
      const float dot = half * scale[i] * static_cast<float>(32 * dots[i] - offset);
      const float square = norm[i] * norm[i];
      const float low = query_square + square - 2 * (dot + by_error * error[i] + by_norm * norm[i]);
      out[i] = (low - slack * (query_square + square)) * shrink - kTiny;
    }
  } else {
    const float* const inverse = rows.terms_.inverse;
    const auto per_query = static_cast<float>(1 / query_norm_);
    const auto center = static_cast<float>(center_dot_);
    const auto slack = static_cast<float>(3 * gamma_ + static_cast<double>(kSlack));
    const auto slack_of_sizes = static_cast<float>(static_cast<double>(kSlack) * norm_);
    const auto center_norm = static_cast<float>(center_norm_);
    for (std::size_t i = 0; i < count; ++i) {
      const float dot = half * scale[i] * static_cast<float>(32 * dots[i] - offset);
      const float high =
          center + dot + by_error * error[i] + by_norm * norm[i] + slack_of_sizes * (center_norm + norm[i]);
      out[i] = 1 - slack - high * (inverse[i] * per_query);
    }
  }
}

CodeBounds::Interval CodeBounds::interval(const CodedRows& rows, std::size_t i) const {
  const double error = static_cast<double>(rows.terms_.error8[i]);
  if (std::isinf(error)) return {-kInfinity, kInfinity};
  const double norm = static_cast<double>(rows.terms_.norm[i]);
  const std::int64_t sum = simd::kernels().dot_split_bytes(rows.upper_ + i * rows.plane_bytes_,
                                                           rows.lower_ + i * rows.plane_bytes_,
                                                           rows.plane_bytes_, low16_.data(), high16_.data());
  const double dot =
      scale16_ * static_cast<double>(rows.terms_.scale[i]) * static_cast<double>(sum - kMiddle * sum16_);
  const double lost = (norm_ + error16_) * error + error16_ * norm;
  if (metric_ == Metric::l2) {
    const double sizes = norm_ * norm_ + norm * norm;
    const double slack = (2 * static_cast<double>(kSlack) + 4 * gamma_) * sizes;
    const double low = (sizes - 2 * (dot + lost) - slack) * (1 - gamma_ - 0x1p-20);
    const double high = (sizes - 2 * (dot - lost) + slack) * (1 + gamma_ + 0x1p-20);
    return {static_cast<float>(low) - kTiny, static_cast<float>(high) * (1 + 0x1p-22f) + kTiny};
  }
  const double weight = static_cast<double>(rows.terms_.inverse[i]) / query_norm_;
  const double slack = 3 * gamma_ + static_cast<double>(kSlack);
  const double wide = lost + static_cast<double>(kSlack) * norm_ * (center_norm_ + norm);
  return {static_cast<float>(1 - slack - (center_dot_ + dot + wide) * weight),
          static_cast<float>(1 + slack - (center_dot_ + dot - wide) * weight)};
}

void CodeBounds::prefetch(const CodedRows& rows, std::size_t i) const noexcept {
  constexpr std::size_t kCacheLine = 64;
  for (std::size_t b = 0; b < rows.plane_bytes_; b += kCacheLine) {
    __builtin_prefetch(rows.upper_ + i * rows.plane_bytes_ + b);
    __builtin_prefetch(rows.lower_ + i * rows.plane_bytes_ + b);
  }
}

// Distances are rounded to float32, L2 after taking the root: keys within two units of rounding can belong to
// the same distance, and ties are the caller's to decide.
float CodeBounds::reach_of_key(float key) const noexcept {
  if (metric_ == Metric::l2) return key + std::abs(key) * 0x1p-20f + kTiny;
  return key + 0x1p-20f;
}

float CodeBounds::reach(float distance) const noexcept {
  return reach_of_key(metric_ == Metric::l2 ? distance * distance : distance);
}

}  // namespace cairn::vector
