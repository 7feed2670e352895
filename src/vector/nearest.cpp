#include "vector/nearest.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <numeric>

#include "vector/parallel.hpp"

namespace cairn::vector {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
// Rows that are fetched from memory ahead of the one in hand.
constexpr std::size_t kAhead = 12;
// Rows of a group have their least bound kept, so that most groups are passed over at once.
constexpr std::size_t kGroup = 32;

// In eight lanes, which the compiler keeps in vector registers.
float least_of(const float* group) {
  float least[8];
  for (std::size_t lane = 0; lane < 8; ++lane) least[lane] = group[lane];
  for (std::size_t i = 8; i < kGroup; i += 8)
    for (std::size_t lane = 0; lane < 8; ++lane)
      least[lane] = group[i + lane] < least[lane] ? group[i + lane] : least[lane];
  for (std::size_t lane = 1; lane < 8; ++lane) least[0] = least[lane] < least[0] ? least[lane] : least[0];
  return least[0];
}

}  // namespace

void BoundedSearch::add(const CodedRows& rows) {
  add_uncoded(rows.count());
  blocks_.back() = &rows;
}

void BoundedSearch::add_uncoded(std::size_t count) {
  if (starts_.empty()) starts_.push_back(0);
  blocks_.push_back(nullptr);
  counts_.push_back(count);
  starts_.push_back(starts_.back() + (count + kGroup - 1) / kGroup * kGroup);
}

void BoundedSearch::bound(std::size_t threads) {
  lower_.assign(starts_.empty() ? 0 : starts_.back(), kInfinity);
  parallel_for(threads, blocks_.size(), [&](std::size_t block) {
    float* const lower = lower_.data() + starts_[block];
    if (blocks_[block])
      bounds_.lower(*blocks_[block], lower);
    else
      std::fill_n(lower, counts_[block], -kInfinity);
  });
}

void BoundedSearch::keep_only(std::size_t block, std::span<const std::uint16_t> slots) {
  float* const lower = lower_.data() + starts_[block];
  kept_.assign(counts_[block], kInfinity);
  for (const std::uint16_t slot : slots)
    if (slot < kept_.size()) kept_[slot] = lower[slot];
  std::copy(kept_.begin(), kept_.end(), lower);
}

void BoundedSearch::exclude(std::size_t block, std::size_t slot) {
  lower_[starts_[block] + slot] = kInfinity;
}

void BoundedSearch::summarise() {
  least_.resize(lower_.size() / kGroup);
  for (std::size_t group = 0; group < least_.size(); ++group) {
    float* const lower = lower_.data() + group * kGroup;
    if (least_of(lower) == -kInfinity) {
      for (std::size_t i = 0; i < kGroup; ++i) {
        if (lower[i] != -kInfinity) continue;
        without_bounds_.push_back(static_cast<std::uint32_t>(group * kGroup + i));
        lower[i] = kInfinity;
      }
    }
    least_[group] = least_of(lower);
    unsigned bounded = 0;
    for (std::size_t i = 0; i < kGroup; ++i) bounded += lower[i] < kInfinity;
    searched_ += bounded;
  }
}

std::size_t BoundedSearch::block_of(std::size_t row) const {
  return static_cast<std::size_t>(std::upper_bound(starts_.begin(), starts_.end(), row) - starts_.begin()) -
         1;
}

Scored BoundedSearch::measured(std::size_t row, const Measure& measure) const {
  const std::size_t block = block_of(row);
  return measure(block, row - starts_[block]);
}

// The rows with the `count` least bounds, by row; all if there are no more.
std::vector<std::uint32_t> BoundedSearch::rows_that_look_nearest(std::size_t count) const {
  // They are in the groups with the `count` least bounds.
  std::vector<std::uint32_t> groups(least_.size());
  std::iota(groups.begin(), groups.end(), 0u);
  if (count < groups.size()) {
    std::nth_element(groups.begin(), groups.begin() + static_cast<std::ptrdiff_t>(count), groups.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return least_[a] < least_[b]; });
    groups.resize(count);
  }
  const float most =
      groups.empty() ? 0 : least_[*std::max_element(groups.begin(), groups.end(), [&](auto a, auto b) {
        return least_[a] < least_[b];
      })];
  const bool all_groups = groups.size() == least_.size();
  std::vector<std::uint32_t> rows;
  for (const std::uint32_t group : groups)
    for (std::size_t row = group * kGroup; row < (group + 1) * kGroup; ++row)
      if (lower_[row] < kInfinity && (all_groups || lower_[row] <= most))
        rows.push_back(static_cast<std::uint32_t>(row));
  if (count < rows.size()) {
    std::nth_element(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(count), rows.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return lower_[a] < lower_[b]; });
    rows.resize(count);
  }
  std::sort(rows.begin(), rows.end());  // whoever reads the vectors goes from block to block
  return rows;
}

// How far the k nearest reach, from above: the k-th distance of twice as many rows that look near. +infinity
// if there are no more than k rows.
float BoundedSearch::first_reach(std::size_t k, const Measure& measure) const {
  if (searched_ <= k) return kInfinity;
  std::vector<float> distances;
  for (const std::uint32_t row : rows_that_look_nearest(2 * k))
    distances.push_back(measured(row, measure).distance);
  const auto kth = distances.begin() + static_cast<std::ptrdiff_t>(k - 1);
  std::nth_element(distances.begin(), kth, distances.end());
  return bounds_.reach(*kth);
}

std::vector<BoundedSearch::Candidate> BoundedSearch::candidates(float reach) const {
  std::vector<std::uint32_t> rows;
  for (std::size_t group = 0; group < least_.size(); ++group) {
    if (least_[group] > reach) continue;
    for (std::size_t row = group * kGroup; row < (group + 1) * kGroup; ++row)
      if (lower_[row] <= reach && lower_[row] < kInfinity) rows.push_back(static_cast<std::uint32_t>(row));
  }
  std::vector<Candidate> found;
  std::size_t block = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i + kAhead < rows.size()) {
      const std::size_t ahead = block_of(rows[i + kAhead]);
      bounds_.prefetch(*blocks_[ahead], rows[i + kAhead] - starts_[ahead]);
    }
    while (rows[i] >= starts_[block + 1]) ++block;
    const CodeBounds::Interval key = bounds_.interval(*blocks_[block], rows[i] - starts_[block]);
    if (key.low <= reach) found.push_back({rows[i], key});
  }
  return found;
}

std::vector<Scored> BoundedSearch::nearest(std::size_t k, const Measure& measure) {
  if (k == 0 || lower_.empty()) return {};
  if (least_.empty()) summarise();
  float reach = first_reach(k, measure);
  std::vector<Candidate> found = candidates(reach);
  if (found.size() > k) {
    std::vector<float> highs;
    for (const Candidate& candidate : found) highs.push_back(candidate.key.high);
    const auto kth = highs.begin() + static_cast<std::ptrdiff_t>(k - 1);
    std::nth_element(highs.begin(), kth, highs.end());
    reach = std::min(reach, bounds_.reach_of_key(*kth));
  }
  TopK nearest(k);
  const auto consider = [&](std::size_t row) { nearest.push(measured(row, measure)); };
  std::for_each(without_bounds_.begin(), without_bounds_.end(), consider);
  for (const Candidate& candidate : found)
    if (candidate.key.low <= reach) consider(candidate.row);
  return nearest.take_sorted();
}

}  // namespace cairn::vector
