// A dense random rotation would take dims^2 multiplications. This one takes dims * log(dims) additions: four
// times it flips signs at random and then mixes by a Walsh-Hadamard transform. That works on powers of two,
// so other sizes transform their first elements, then their last, and then mix the one half with the other,
// as a step of Kac's random walk on rotations does. The scheme is nearly that of the RaBitQ library (Gao,
// Long 2024), which mixes the halves after every transform: there a single large element of some places keeps
// a quarter of its size to the end.
#include "vector/rotation.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>

#include "simd/kernels.hpp"

namespace cairn::vector {
namespace {

constexpr std::size_t kRounds = 4;
constexpr float kRootHalf = 0.70710678f;

// SplitMix64 (Steele, Lea, Flood 2014): the next of a sequence of random numbers.
std::uint64_t next_random(std::uint64_t& state) {
  state += 0x9E3779B97F4A7C15;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

void mix_halves(float* values, std::size_t size) {
  const std::size_t half = size / 2;
  for (std::size_t i = 0; i < half; ++i) {
    const float a = values[i], b = values[i + half];
    values[i] = (a + b) * kRootHalf;
    values[i + half] = (a - b) * kRootHalf;
  }
}

}  // namespace

Rotation::Rotation(std::size_t dims, std::uint64_t seed)
    : dims_(dims), padded_((dims + 63) / 64 * 64), transformed_(std::bit_floor(padded_)) {
  assert(dims >= 1 && dims <= 8192);
  signs_.resize(kRounds * padded_);
  for (std::size_t i = 0; i < signs_.size(); i += 64) {
    const std::uint64_t bits = next_random(seed);
    for (std::size_t b = 0; b < 64; ++b) signs_[i + b] = (bits >> b) & 1 ? -1.0f : 1.0f;
  }
}

void Rotation::operator()(const float* in, float* out) const {
  std::copy_n(in, dims_, out);
  std::fill(out + dims_, out + padded_, 0.0f);
  const auto scale = static_cast<float>(1 / std::sqrt(static_cast<double>(transformed_)));
  for (std::size_t round = 0; round < kRounds; ++round) {
    const bool is_first = round % 2 == 0;
    const float* const signs = signs_.data() + round * padded_;
    for (std::size_t d = 0; d < padded_; ++d) out[d] *= signs[d];
    simd::kernels().hadamard(is_first ? out : out + padded_ - transformed_, transformed_, scale);
    if (!is_first && transformed_ != padded_) mix_halves(out, padded_);
  }
}

std::vector<float> Rotation::operator()(const float* in) const {
  std::vector<float> out(padded_);
  (*this)(in, out.data());
  return out;
}

}  // namespace cairn::vector
