#include "vector/list_codes.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <limits>

namespace cairn::vector {
namespace {

constexpr std::size_t kGroup = 4;  // dimensions that share a nibble of the code, and sixteen table entries
constexpr std::size_t kEntries = 16;
constexpr float kInfinity = std::numeric_limits<float>::infinity();
// Relative; allows for the rounding of float32 when |q - c|^2 is computed.
constexpr float kSlack = 0x1p-20f;

// A block: for each group of dimensions 16 bytes of codes, then the rows' factors, as simd/kernels.hpp has
// them.
struct Factors {
  float add[kBlockRows];      // |r|^2 + 2 |r|^2 / <r, s> * <s, R c>
  float rescale[kBlockRows];  // -2 |r|^2 / <r, s>
  float error[kBlockRows];    // the standard deviation of the estimate, for |q - c| = 1
};

std::size_t code_bytes(std::size_t padded) {
  return padded / kGroup * kEntries;
}

template <class Bytes>  // std::byte, const or not
auto* factors_of(Bytes* block, std::size_t padded) {
  using Result = std::conditional_t<std::is_const_v<Bytes>, const Factors, Factors>;
  return reinterpret_cast<Result*>(block + code_bytes(padded));
}

// Where a row's nibbles are: in this byte of each group,
std::size_t byte_of(std::size_t i) {
  return 2 * (i % 8) + i / 8 % 2;
}
// so many bits from its lowest.
unsigned shift_of(std::size_t i) {
  return i < 16 ? 0 : 4;
}

void put_nibble(std::uint8_t& byte, unsigned nibble, unsigned shift) {
  byte = static_cast<std::uint8_t>((byte & (0xF0u >> shift)) | (nibble << shift));
}

// The sums of four numbers over the sixteen sets of them, bit b of the index telling whether x[b] is in,
// minus the least of these sums.
std::array<float, kEntries> subset_sums(const float* x) {
  std::array<float, kEntries> sums;
  sums[0] = 0;
  for (std::size_t b = 0; b < kGroup; ++b) sums[0] += std::max(-x[b], 0.0f);
  for (std::size_t b = 0; b < kGroup; ++b)
    for (std::size_t j = 0; j < std::size_t{1} << b; ++j) sums[j + (std::size_t{1} << b)] = sums[j] + x[b];
  return sums;
}

}  // namespace

std::size_t list_block_bytes(std::size_t padded) noexcept {
  return code_bytes(padded) + sizeof(Factors);
}

void copy_list_code(std::size_t padded, const std::byte* from, std::size_t i, std::byte* to,
                    std::size_t j) noexcept {
  const auto* source = reinterpret_cast<const std::uint8_t*>(from) + byte_of(i);
  auto* target = reinterpret_cast<std::uint8_t*>(to) + byte_of(j);
  for (std::size_t d = 0; d < padded; d += kGroup, source += kEntries, target += kEntries)
    put_nibble(*target, *source >> shift_of(i) & 0xFu, shift_of(j));
  const Factors& source_factors = *factors_of(from, padded);
  Factors& target_factors = *factors_of(to, padded);
  target_factors.add[j] = source_factors.add[i];
  target_factors.rescale[j] = source_factors.rescale[i];
  target_factors.error[j] = source_factors.error[i];
}

ListEncoder::ListEncoder(std::span<const float> rotated_centroid)
    : centroid_(rotated_centroid.begin(), rotated_centroid.end()), difference_(centroid_.size()) {
  assert(centroid_.size() % 64 == 0);
}

double ListEncoder::encode(const float* rotated_row, std::byte* block, std::size_t i) {
  assert(i < kBlockRows);
  const std::size_t padded = centroid_.size();

  // |r|^2, 2 <r, s> and 2 <s, R c>, in lanes, which the compiler keeps in vector registers.
  constexpr std::size_t kLanes = 16;
  float squares[kLanes] = {}, absolutes[kLanes] = {}, centroid_dots[kLanes] = {};
  for (std::size_t d = 0; d < padded; d += kLanes)
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const float c = centroid_[d + lane], r = rotated_row[d + lane] - c;
      difference_[d + lane] = r;
      squares[lane] += r * r;
      absolutes[lane] += std::abs(r);
      centroid_dots[lane] += r > 0 ? c : -c;
    }
  double square = 0, absolute = 0, centroid_dot = 0;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    square += static_cast<double>(squares[lane]);
    absolute += static_cast<double>(absolutes[lane]);
    centroid_dot += static_cast<double>(centroid_dots[lane]);
  }
  const unsigned shift = shift_of(i);
  auto* code = reinterpret_cast<std::uint8_t*>(block) + byte_of(i);
  for (const float *r = difference_.data(), *end = r + padded; r < end; r += kGroup, code += kEntries) {
    const unsigned nibble =
        unsigned{r[0] > 0} | unsigned{r[1] > 0} << 1 | unsigned{r[2] > 0} << 2 | unsigned{r[3] > 0} << 3;
    put_nibble(*code, nibble, shift);
  }

  const auto size = static_cast<double>(padded);
  const double ratio = absolute > 0 ? 2 * square / absolute : 0;  // |r|^2 / <r, s>
  const double variance = absolute > 0 ? (square * size / (absolute * absolute) - 1) / (size - 1) : 0;
  auto add = static_cast<float>(square + ratio * centroid_dot);
  auto rescale = static_cast<float>(-2 * ratio);
  auto error = static_cast<float>(2 * std::sqrt(square * std::max(variance, 0.0)));
  if (!std::isfinite(add) || !std::isfinite(rescale) || !std::isfinite(error)) {
    add = rescale = 0;
    error = kInfinity;
  }
  Factors& factors = *factors_of(block, padded);
  factors.add[i] = add;
  factors.rescale[i] = rescale;
  factors.error[i] = error;
  return square;
}

bool ListEncoder::is_code_of(const float* rotated_row, const std::byte* block, std::size_t i) {
  const std::size_t padded = centroid_.size(), code = code_bytes(padded);
  std::vector<std::byte> made(block, block + list_block_bytes(padded));
  encode(rotated_row, made.data(), i);
  std::size_t differing = 0;
  for (std::size_t b = 0; b < code; ++b)
    differing += static_cast<std::size_t>(std::popcount(std::to_integer<unsigned>(block[b] ^ made[b])));
  // Elements that are nearly zero may have another sign, and factors follow from the signs.
  if (differing > 0) return differing <= 2 + padded / 100;
  const Factors &stored = *factors_of(block, padded),
                &right = *factors_of<const std::byte>(made.data(), padded);
  const float radius = std::abs(right.rescale[i]) * std::sqrt(static_cast<float>(padded));  // about |r|
  const auto is_near = [](float a, float b, float size) {
    constexpr float kTolerance = 0.01f;
    return a == b || std::abs(a - b) <= kTolerance * (std::abs(b) + size);
  };
  return is_near(stored.add[i], right.add[i], radius * radius) &&
         is_near(stored.rescale[i], right.rescale[i], 0) && is_near(stored.error[i], right.error[i], radius);
}

ListQuery::ListQuery(const Rotation& rotation, const float* query, float epsilon)
    : table_(code_bytes(rotation.padded())), epsilon_(epsilon) {
  const std::vector<float> rotated = rotation(query);

  float largest = 0;
  double absolute = 0;
  for (std::size_t d = 0; d < rotated.size(); d += kGroup) {
    float sum = 0;
    for (std::size_t b = 0; b < kGroup; ++b) sum += std::abs(rotated[d + b]);
    largest = std::max(largest, sum);
    absolute += static_cast<double>(sum);
  }
  if (!std::isfinite(absolute)) {
    table_margin_ = kInfinity;
    return;
  }

  // What rounding takes from an entry has a mean over the codes, which is added back, and a spread.
  scale_ = largest / 255;
  const float inverse = scale_ > std::numeric_limits<float>::min() ? 1 / scale_ : 0;
  std::array<float, kEntries> lost{}, lost_square{};
  for (std::size_t d = 0; d < rotated.size(); d += kGroup) {
    const auto entries = subset_sums(rotated.data() + d);
    std::uint8_t* const table = table_.data() + d / kGroup * kEntries;
    std::array<std::int32_t, kEntries> rounded;
    for (std::size_t j = 0; j < kEntries; ++j)
      rounded[j] = static_cast<std::int32_t>(entries[j] * inverse + 0.5f);
    for (std::size_t j = 0; j < kEntries; ++j) {
      const float rest = entries[j] - scale_ * static_cast<float>(rounded[j]);
      lost[j] += rest;
      lost_square[j] += rest * rest;
    }
    for (std::size_t j = 0; j < kEntries; ++j) table[j] = static_cast<std::uint8_t>(rounded[j]);
  }
  double mean = 0, variance = 0;
  for (std::size_t j = 0; j < kEntries; ++j) {
    mean += static_cast<double>(lost[j]) / kEntries;
    variance += static_cast<double>(lost_square[j]) / kEntries;
  }
  offset_ = static_cast<float>(mean - absolute / 2);
  table_margin_ = epsilon * static_cast<float>(std::sqrt(variance));
}

simd::Kernels::BlockTerms ListQuery::in_list(float centroid_square) const noexcept {
  return {scale_,
          offset_,
          table_margin_,
          centroid_square,
          epsilon_ * std::sqrt(centroid_square),
          kSlack * centroid_square,
          -kInfinity,
          -kInfinity};
}

std::uint32_t ListQuery::scan(const std::byte* block, const simd::Kernels::BlockTerms& terms,
                              float* estimates, float* lows) const {
  return simd::kernels().scan_block(reinterpret_cast<const std::uint8_t*>(block), table_.size() / kEntries,
                                    table_.data(), terms, estimates, lows);
}

}  // namespace cairn::vector
