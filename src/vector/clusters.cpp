// Bisection first: the sample is cut at the middle of its widest direction, each half again, until there are
// k parts. That costs a pass over the sample per level, and gives parts of equal size wherever the rows lie.
// Then rounds of Lloyd's algorithm let rows go to the nearest centroid among those beside their own, and a
// last one to the nearest of all.
#include "vector/clusters.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <utility>

#include "simd/kernels.hpp"

namespace cairn::vector {
namespace {

// Of a part, for its widest direction.
constexpr std::size_t kSampledForDirection = 64;
constexpr int kPowerRounds = 3;
constexpr int kLloydRounds = 2;
// Centroids that a row is compared with in such a round: those nearest to its own.
constexpr std::size_t kNeighbours = 32;
// A centroid that is the nearest to fewer rows than this part of the mean is left over from the division, and
// lies between others' rows.
constexpr std::size_t kFewest = 8;
// Up to so many centroids are all compared with a row by their vectors; of more, so many that look nearest.
constexpr std::size_t kComparedExactly = 64;
constexpr std::size_t kLookedAtAgain = 4;
constexpr std::size_t kBlock = 32;
constexpr float kSmallest = 1e-30f;  // no scale is made of less
constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Elements times `inverse` in whole numbers, and the sum of these. In blocks that the compiler turns into
// vector instructions. REQUIRES: count is a multiple of kBlock.
std::int32_t round_to_bytes(const float* elements, std::size_t count, float inverse, std::int8_t* out) {
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < count; i += kBlock) {
    std::array<std::int32_t, kBlock> whole;
    for (std::size_t j = 0; j < kBlock; ++j)
      whole[j] = static_cast<std::int32_t>(elements[i + j] * inverse + std::copysign(0.5f, elements[i + j]));
    for (std::size_t j = 0; j < kBlock; ++j) {
      out[i + j] = static_cast<std::int8_t>(whole[j]);
      sum += whole[j];
    }
  }
  return sum;
}

class Clustering {
 public:
  Clustering(const float* rows, std::size_t count, std::size_t dims, std::size_t k, std::uint64_t seed)
      : rows_(rows), dims_(dims), random_(seed), direction_(dims), mean_(dims) {
    draw(count, k * kSampledPerCentroid);
    places_.resize(part_.size());
    std::iota(places_.begin(), places_.end(), 0u);
    if (!places_.empty()) bisect(0, places_.size(), k);
  }

  std::vector<float> centroids() {
    for (int round = 0; round < kLloydRounds; ++round) {
      move_to_neighbours();
      move_centroids(1);
    }
    move_to_nearest();
    move_centroids(part_.size() / std::max<std::size_t>(kFewest * size(), 1));
    return std::move(centroids_);
  }

 private:
  const float* row(std::size_t i) const { return sample_[i]; }
  std::size_t size() const { return centroids_.size() / dims_; }

  // `wanted` rows, or all: each one of as many equal runs gives one.
  void draw(std::size_t count, std::size_t wanted) {
    const std::size_t drawn = std::min(count, wanted);
    const std::vector<float> zero(dims_);
    for (std::size_t i = 0; i < drawn; ++i) {
      const std::size_t begin = i * count / drawn, end = (i + 1) * count / drawn;
      const float* const row = rows_ + (begin + random_() % (end - begin)) * dims_;
      float square;
      simd::kernels().l2_squared_f32(zero.data(), row, 1, dims_, &square);
      if (std::isfinite(square)) sample_.push_back(row);
    }
    part_.resize(sample_.size());
  }

  // Divides the rows places_[begin, end) into k parts, and gives each its mean.
  void bisect(std::size_t begin, std::size_t end, std::size_t k) {
    if (k == 1 || end - begin == 1 || !set_direction(begin, end)) {
      set_mean(begin, end, 1);
      for (std::size_t i = begin; i < end; ++i) part_[places_[i]] = static_cast<std::uint32_t>(size());
      centroids_.insert(centroids_.end(), mean_.begin(), mean_.end());
      return;
    }
    along_.resize(part_.size());
    for (std::size_t i = begin; i < end; ++i) along_[places_[i]] = along_direction(places_[i]);
    const std::size_t left = k / 2;
    const std::size_t middle = std::clamp(begin + (end - begin) * left / k, begin + 1, end - 1);
    const auto at = [&](std::size_t i) { return places_.begin() + static_cast<std::ptrdiff_t>(i); };
    std::nth_element(at(begin), at(middle), at(end), [&](std::uint32_t a, std::uint32_t b) {
      return along_[a] != along_[b] ? along_[a] < along_[b] : a < b;
    });
    bisect(begin, middle, left);
    bisect(middle, end, k - left);
  }

  // The mean of every step-th of some rows.
  void set_mean(std::size_t begin, std::size_t end, std::size_t step) {
    std::fill(mean_.begin(), mean_.end(), 0.0f);
    const float share = 1.0f / static_cast<float>((end - begin + step - 1) / step);
    for (std::size_t i = begin; i < end; i += step)
      for (std::size_t d = 0; d < dims_; ++d) mean_[d] += share * row(places_[i])[d];
  }

  float along_direction(std::size_t i) const {
    float dot, norm;
    simd::kernels().dot_norm_f32(direction_.data(), row(i), 1, dims_, &dot, &norm);
    return dot;
  }

  // The direction in which some of the rows are spread widest, by power iteration from the one farthest from
  // the mean. False if they are all the same.
  bool set_direction(std::size_t begin, std::size_t end) {
    const std::size_t step = std::max<std::size_t>(1, (end - begin) / kSampledForDirection);
    set_mean(begin, end, step);
    float farthest = 0;
    for (std::size_t i = begin; i < end; i += step) {
      float square;
      simd::kernels().l2_squared_f32(mean_.data(), row(places_[i]), 1, dims_, &square);
      if (square <= farthest) continue;
      farthest = square;
      for (std::size_t d = 0; d < dims_; ++d) direction_[d] = row(places_[i])[d] - mean_[d];
    }
    if (!(farthest > 0) || !scale_to_unit(direction_)) return false;
    std::vector<float> next(dims_);
    for (int round = 0; round < kPowerRounds; ++round) {
      float mean_dot = 0;
      for (std::size_t d = 0; d < dims_; ++d) mean_dot += direction_[d] * mean_[d];
      std::fill(next.begin(), next.end(), 0.0f);
      for (std::size_t i = begin; i < end; i += step) {
        const float* const x = row(places_[i]);
        const float weight = along_direction(places_[i]) - mean_dot;
        for (std::size_t d = 0; d < dims_; ++d) next[d] += weight * (x[d] - mean_[d]);
      }
      if (!scale_to_unit(next)) break;
      direction_.swap(next);
    }
    return true;
  }

  static bool scale_to_unit(std::vector<float>& v) {
    double square = 0;
    for (const float x : v) square += static_cast<double>(x) * static_cast<double>(x);
    if (!(square > 0) || !std::isfinite(square)) return false;
    const auto inverse = static_cast<float>(1 / std::sqrt(square));
    for (float& x : v) x *= inverse;
    return true;
  }

  // A round of Lloyd's algorithm, in which rows go to the nearest of the centroids beside their own.
  void move_to_neighbours() {
    const std::size_t k = size(), neighbours = std::min(k, kNeighbours);
    std::vector<std::vector<std::uint32_t>> members(k);
    for (std::uint32_t i = 0; i < part_.size(); ++i) members[part_[i]].push_back(i);
    std::vector<float> squares(k), beside(neighbours * dims_), nearest(neighbours);
    std::vector<std::uint32_t> order(k);
    for (std::size_t own = 0; own < k; ++own) {
      simd::kernels().l2_squared_f32(centroids_.data() + own * dims_, centroids_.data(), k, dims_,
                                     squares.data());
      std::iota(order.begin(), order.end(), 0u);
      std::partial_sort(
          order.begin(), order.begin() + static_cast<std::ptrdiff_t>(neighbours), order.end(),
          [&](auto a, auto b) { return squares[a] != squares[b] ? squares[a] < squares[b] : a < b; });
      for (std::size_t n = 0; n < neighbours; ++n)
        std::copy_n(centroids_.data() + order[n] * dims_, dims_, beside.data() + n * dims_);
      for (const std::uint32_t i : members[own]) {
        simd::kernels().l2_squared_f32(row(i), beside.data(), neighbours, dims_, nearest.data());
        const auto best = std::min_element(nearest.begin(), nearest.end()) - nearest.begin();
        part_[i] = order[static_cast<std::size_t>(best)];
      }
    }
  }

  // The last round, as rows will be filed: a list whose centroid is not the mean of its rows misleads a
  // search.
  void move_to_nearest() {
    if (centroids_.empty()) return;
    NearestCentroid nearest(centroids_, dims_);
    for (std::size_t i = 0; i < part_.size(); ++i) part_[i] = static_cast<std::uint32_t>(nearest(row(i)));
  }

  // To the means of their rows. Those with fewer rows than `least`, or none, are dropped.
  void move_centroids(std::size_t least) {
    const std::size_t k = size();
    std::vector<float> sums(k * dims_);
    std::vector<std::size_t> counts(k);
    for (std::size_t i = 0; i < part_.size(); ++i) {
      float* const sum = sums.data() + part_[i] * dims_;
      ++counts[part_[i]];
      for (std::size_t d = 0; d < dims_; ++d) sum[d] += row(i)[d];
    }
    std::vector<std::uint32_t> renumbered(k);
    std::size_t kept = 0;
    for (std::size_t j = 0; j < k; ++j) {
      if (counts[j] < std::max<std::size_t>(least, 1)) continue;
      const float share = 1.0f / static_cast<float>(counts[j]);
      for (std::size_t d = 0; d < dims_; ++d) centroids_[kept * dims_ + d] = share * sums[j * dims_ + d];
      renumbered[j] = static_cast<std::uint32_t>(kept++);
    }
    centroids_.resize(kept * dims_);
    for (std::uint32_t& part : part_) part = renumbered[part];
  }

  const float* rows_;
  std::size_t dims_;
  std::mt19937_64 random_;
  std::vector<const float*> sample_;
  std::vector<std::uint32_t> places_;  // rows of the sample; those of a part stand together
  std::vector<std::uint32_t> part_;    // of each row
  std::vector<float> along_;           // of each row: its place along the direction
  std::vector<float> direction_, mean_;
  std::vector<float> centroids_;
};

}  // namespace

std::vector<float> find_centroids(const float* rows, std::size_t count, std::size_t dims, std::size_t k,
                                  std::uint64_t seed) {
  assert(dims > 0 && k > 0);
  return Clustering(rows, count, dims, k, seed).centroids();
}

NearestCentroid::NearestCentroid(std::vector<float> centroids, std::size_t dims)
    : centroids_(std::move(centroids)), dims_(dims), squares_(centroids_.size() / dims) {
  const std::size_t count = squares_.size();
  assert(count > 0);
  if (count <= kComparedExactly) return;
  bytes_ = (dims + 2 * kBlock - 1) / (2 * kBlock) * kBlock;
  rest_.resize(2 * bytes_);
  low_.resize(bytes_);
  high_.resize(bytes_);
  dots_.resize(count);
  center_ = find_centroids(centroids_.data(), count, dims, 1, 0);
  center_.resize(dims);  // without a finite centroid there is none
  groups_ = find_centroids(centroids_.data(), count, dims,
                           static_cast<std::size_t>(std::sqrt(static_cast<double>(count))), 0);
  if (groups_.empty()) groups_ = center_;
  group_squares_.resize(groups_.size() / dims);
  for (std::size_t i = 0; i < count; ++i) add_code(centroids_.data() + i * dims);
}

std::size_t NearestCentroid::nearest_exactly(const float* row, const std::vector<float>& centroids,
                                             std::vector<float>& squares) const {
  simd::kernels().l2_squared_f32(row, centroids.data(), squares.size(), dims_, squares.data());
  return static_cast<std::size_t>(std::min_element(squares.begin(), squares.end()) - squares.begin());
}

// A code u stands for (u - 7.5) times the scale.
void NearestCentroid::add_code(const float* centroid) {
  const std::size_t group = nearest_exactly(centroid, groups_, group_squares_);
  const float* const middle = groups_.data() + group * dims_;
  const simd::Kernels::Rest rest = simd::kernels().subtract(centroid, middle, dims_, rest_.data());
  const float scale = std::max(rest.largest, kSmallest) / 7.5f;
  const auto code_of = [&](float x) {
    const float code = x / scale + 8;  // to be truncated
    return code > 0 ? static_cast<unsigned>(std::min(code, 15.0f)) : 0;
  };
  float offset = 0;
  const auto add_to_offset = [&](std::size_t d, unsigned code) {
    if (d < dims_) offset += (middle[d] - center_[d]) * scale * (static_cast<float>(code) - 7.5f);
  };
  for (std::size_t b = 0; b < bytes_; ++b) {
    const unsigned low = code_of(rest_[b]), high = code_of(rest_[bytes_ + b]);
    codes_.push_back(static_cast<std::uint8_t>(low | high << 4));
    add_to_offset(b, low);
    add_to_offset(bytes_ + b, high);
  }
  terms_.push_back({scale, rest.square + 2 * offset, group});
}

std::size_t NearestCentroid::operator()(const float* row) {
  if (codes_.empty()) return nearest_exactly(row, centroids_, squares_);
  glance(row);
  std::array<Glance, kLookedAtAgain> best;  // ascending
  best.fill({kInfinity, 0});
  for (std::size_t i = 0; i < squares_.size(); ++i) {
    if (!(squares_[i] < best.back().square)) continue;
    auto place = best.end() - 1;
    for (; place != best.begin() && squares_[i] < (place - 1)->square; --place) *place = *(place - 1);
    *place = {squares_[i], i};
  }
  for (Glance& one : best)
    simd::kernels().l2_squared_f32(row, centroids_.data() + one.number * dims_, 1, dims_, &one.square);
  const auto is_nearer = [](const Glance& a, const Glance& b) { return a.square < b.square; };
  return std::min_element(best.begin(), best.end(), is_nearer)->number;
}

// Estimates the squared distances of the centroids from the row. With g for the middle of the centroid's
// group and c = centroid - g, that is
//
//   |row - g|^2 + |c|^2 - 2 <row - g, c>,   <row - g, c> = <row - center, c> - <g - center, c>,
//
// the first exactly, row - center rounded to eight bits for all of them, c to four. Of tight clusters far
// from each other c is small, and so is what is lost.
void NearestCentroid::glance(const float* row) {
  const simd::Kernels::Rest rest = simd::kernels().subtract(row, center_.data(), dims_, rest_.data());
  if (!std::isfinite(rest.square)) {
    std::fill(squares_.begin(), squares_.end(), kInfinity);
    return;
  }
  const float scale = std::max(rest.largest, kSmallest) / 127;
  const float sum =
      static_cast<float>(round_to_bytes(rest_.data(), bytes_, 1 / scale, low_.data()) +
                         round_to_bytes(rest_.data() + bytes_, bytes_, 1 / scale, high_.data()));
  nearest_exactly(row, groups_, group_squares_);
  simd::kernels().dot_nibbles(codes_.data(), squares_.size(), bytes_, low_.data(), high_.data(),
                              dots_.data());
  for (std::size_t i = 0; i < squares_.size(); ++i) {
    const Terms& terms = terms_[i];
    const float dot = scale * terms.scale * (static_cast<float>(dots_[i]) - 7.5f * sum);
    squares_[i] = group_squares_[terms.group] + terms.square - 2 * dot;
  }
}

}  // namespace cairn::vector
