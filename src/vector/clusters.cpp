// Bisection first: the sample is cut at the middle of its widest direction, each half again, until there are
// k parts. That costs a pass over the sample per level, and gives parts of equal size wherever the rows lie.
// Then rounds of Lloyd's algorithm let rows go to the nearest centroid among those beside their own.
#include "vector/clusters.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "simd/kernels.hpp"

namespace cairn::vector {
namespace {

constexpr std::size_t kSampledPerCentroid = 64;
// Of a part, for its widest direction.
constexpr std::size_t kSampledForDirection = 256;
constexpr int kPowerRounds = 3;
constexpr int kLloydRounds = 2;
// Centroids that a row is compared with in such a round: those nearest to its own.
constexpr std::size_t kNeighbours = 32;
// Up to so many centroids are one group; of others, a row is compared with those of the nearest groups.
constexpr std::size_t kComparedAtOnce = 64;
constexpr std::size_t kGroupsCompared = 4;
constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::size_t least(const std::vector<float>& values) {
  return static_cast<std::size_t>(std::min_element(values.begin(), values.end()) - values.begin());
}

class Clustering {
 public:
  Clustering(const float* rows, std::size_t count, std::size_t dims, std::size_t k, std::uint64_t seed)
      : dims_(dims), random_(seed), direction_(dims), mean_(dims) {
    draw(rows, count, k * kSampledPerCentroid);
    places_.resize(part_.size());
    std::iota(places_.begin(), places_.end(), 0u);
    if (!places_.empty()) bisect(0, places_.size(), k);
  }

  std::vector<float> centroids() {
    for (int round = 0; round < kLloydRounds; ++round) move_rows();
    return std::move(centroids_);
  }

 private:
  const float* row(std::size_t i) const { return sample_.data() + i * dims_; }
  std::size_t size() const { return centroids_.size() / dims_; }

  // Copies `wanted` rows, or all: each one of as many equal runs gives one.
  void draw(const float* rows, std::size_t count, std::size_t wanted) {
    const std::size_t drawn = std::min(count, wanted);
    sample_.reserve(drawn * dims_);
    const std::vector<float> zero(dims_);
    for (std::size_t i = 0; i < drawn; ++i) {
      const std::size_t begin = i * count / drawn, end = (i + 1) * count / drawn;
      const float* const row = rows + (begin + random_() % (end - begin)) * dims_;
      float square;
      simd::kernels().l2_squared_f32(zero.data(), row, 1, dims_, &square);
      if (std::isfinite(square)) sample_.insert(sample_.end(), row, row + dims_);
    }
    part_.resize(sample_.size() / dims_);
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

  // One round of Lloyd's algorithm. Centroids that no row is nearest to are dropped.
  void move_rows() {
    const std::size_t k = size(), neighbours = std::min(k, kNeighbours);
    std::vector<std::vector<std::uint32_t>> members(k);
    for (std::uint32_t i = 0; i < part_.size(); ++i) members[part_[i]].push_back(i);
    std::vector<float> sums(k * dims_), squares(k), beside(neighbours * dims_), nearest(neighbours);
    std::vector<std::size_t> counts(k);
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
        const std::uint32_t to = order[static_cast<std::size_t>(best)];
        part_[i] = to;
        ++counts[to];
        for (std::size_t d = 0; d < dims_; ++d) sums[to * dims_ + d] += row(i)[d];
      }
    }
    std::vector<std::uint32_t> renumbered(k);
    std::size_t kept = 0;
    for (std::size_t j = 0; j < k; ++j) {
      if (counts[j] == 0) continue;
      const float share = 1.0f / static_cast<float>(counts[j]);
      for (std::size_t d = 0; d < dims_; ++d) centroids_[kept * dims_ + d] = share * sums[j * dims_ + d];
      renumbered[j] = static_cast<std::uint32_t>(kept++);
    }
    centroids_.resize(kept * dims_);
    for (std::uint32_t& part : part_) part = renumbered[part];
  }

  std::size_t dims_;
  std::mt19937_64 random_;
  std::vector<float> sample_;
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

NearestCentroid::NearestCentroid(const float* centroids, std::size_t count, std::size_t dims) : dims_(dims) {
  assert(count > 0);
  const auto groups = static_cast<std::size_t>(std::sqrt(static_cast<double>(count)));
  if (count > kComparedAtOnce) group_centers_ = find_centroids(centroids, count, dims, groups, 0);
  if (group_centers_.empty()) group_centers_.resize(dims);
  to_groups_.resize(group_centers_.size() / dims);

  std::vector<std::vector<std::size_t>> members(to_groups_.size());
  for (std::size_t i = 0; i < count; ++i) {
    simd::kernels().l2_squared_f32(centroids + i * dims, group_centers_.data(), to_groups_.size(), dims,
                                   to_groups_.data());
    members[least(to_groups_)].push_back(i);
  }
  for (const auto& group : members) {
    starts_.push_back(numbers_.size());
    numbers_.insert(numbers_.end(), group.begin(), group.end());
  }
  starts_.push_back(numbers_.size());
  for (const std::size_t i : numbers_)
    centroids_.insert(centroids_.end(), centroids + i * dims, centroids + (i + 1) * dims);
  to_centroids_.resize(count);
}

std::size_t NearestCentroid::operator()(const float* row) {
  const auto& kernels = simd::kernels();
  if (to_groups_.size() > 1)
    kernels.l2_squared_f32(row, group_centers_.data(), to_groups_.size(), dims_, to_groups_.data());
  std::size_t best = numbers_.size();
  float best_square = kInfinity;
  for (std::size_t n = 0; n < std::min(kGroupsCompared, to_groups_.size()); ++n) {
    const std::size_t group = least(to_groups_);
    to_groups_[group] = kInfinity;
    kernels.l2_squared_f32(row, centroids_.data() + starts_[group] * dims_,
                           starts_[group + 1] - starts_[group], dims_, to_centroids_.data());
    for (std::size_t i = starts_[group]; i < starts_[group + 1]; ++i) {
      const float square = to_centroids_[i - starts_[group]];
      if (square > best_square || (square == best_square && numbers_[i] > best)) continue;
      if (std::isnan(square)) continue;
      best_square = square;
      best = numbers_[i];
    }
  }
  return best < numbers_.size() ? best : 0;
}

}  // namespace cairn::vector
