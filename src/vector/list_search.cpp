// When to stop.
//
// A row x of a list with the centroid c is at the squared distance s = |q - c|^2 + |r|^2 - 2 <r, q - c>,
// r = x - c. With the list's spread for |r| this gives the row's *reach* towards the query, a cosine:
//
//   reach(s) = (|q - c|^2 + spread^2 - s) / (2 |q - c| spread).
//
// Let d be the k-th distance found so far. A list that was not scanned has a row that belongs among the k
// nearest for each entry whose reach is over reach(d^2), and the farther the list, the more that is. How many
// entries come how far is seen in the lists scanned last, the frontier: they lie beside those that come next
// and see the query from about the same side. What lies beyond a high threshold u falls off like an
// exponential (Balkema, de Haan 1974, Pickands 1975; bounded tails fall faster): P(reach > t) is
// P(reach > u) exp(-(t - u) / e), with the mean excess over u for e, whatever the data are: clusters, few
// dimensions, queries from elsewhere. As e is known from n entries only, what is expected falls off a little
// slower,
//
//   P(reach > t) = P(reach > u) (1 + (t - u) / (e n))^-n.
//
// Its sum over the entries of all lists not yet scanned is how many of the k nearest are expected to be
// missing. Reaches are taken from the estimates of the codes, whose errors, normal with the variance v, raise
// an exponential tail by exp(v / 2 e^2); that is taken back.
//
// Nothing of this is fitted to the data but one factor, kCaution, which makes bench/recall_sets.py hold. The
// frontier tells little about lists of quite another kind: where the rows' lengths differ by orders of
// magnitude under L2, so that the rows near the origin are one list and others are all but alone, recalls of
// .90 to .97 were seen where .95 to .99 were asked.
#include "vector/list_search.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <functional>
#include <limits>

#include "simd/kernels.hpp"

namespace cairn::vector {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
// Rows whose bound is wrong are lost: one in a thousand of those at the k-th distance itself, fewer before.
constexpr float kEpsilon = 3;
// For recall = 1: one in a billion.
constexpr float kSureEpsilon = 6;
constexpr std::size_t kFirstLists = 4;
constexpr double kFrontier = 0.3;  // share of the scanned lists
// Entries of the frontier beyond the threshold.
constexpr int kTailDoublings = 6;
constexpr std::size_t kTail = std::size_t{1} << kTailDoublings;
constexpr std::size_t kLeastTail = 16;
constexpr float kMostNoise = 1;    // the exponent of what the codes' errors raise the tail by
constexpr float kSteepest = 1e6f;  // where all excesses are 0
constexpr double kCaution = 1.5;   // the expected number of missing rows is taken this many times
// Lists with fewer entries, or all alike, may have no spread of their own.
constexpr float kLeastSpread = 0.05f;  // of the mean one
constexpr float kLargest = 1e30f;      // what is not below cannot be reckoned with
constexpr std::size_t kSortedFirst = 32;
constexpr std::size_t kMeasuredTogether = 16;  // at first
constexpr double kCandidateBytes = 1024;       // what could be read in the time that one takes

// The key orders rows as their distance does, and is what the codes estimate: the squared distance.
float key_of(Metric metric, float distance) {
  return metric == Metric::l2 ? distance * distance : 2 * distance;
}

// The k-th smallest of the keys that were pushed.
class KthKey {
 public:
  explicit KthKey(std::size_t k) : k_(k) {}
  void push(float key) {
    if (keys_.size() == k_) {
      if (!(key < keys_.front())) return;
      std::pop_heap(keys_.begin(), keys_.end());
      keys_.pop_back();
    }
    keys_.push_back(key);
    std::push_heap(keys_.begin(), keys_.end());
  }
  // +infinity while there are fewer.
  float value() const { return keys_.size() < k_ ? kInfinity : keys_.front(); }

 private:
  std::size_t k_;
  std::vector<float> keys_;  // a heap, its largest first
};

// How far entries reach towards the query. Of each list the reaches over a floor are kept, which follows what
// is needed for some kTail of them in the frontier.
class Tail {
 public:
  // `padded`: dimensions of the codes. Of a random direction r the factor of the error of list_codes.hpp,
  // |r|^2 |s|^2 / <r, s>^2 - 1, is about pi / 2 - 1.
  explicit Tail(std::size_t padded) : noise_square_(0.5708f / static_cast<float>(padded - 1)) {}

  float floor() const { return floor_; }
  void begin_list(std::size_t entries) { lists_.push_back({floor_, entries, reaches_.size()}); }
  void add(float reach) { reaches_.push_back(reach); }

  // Fits the tail to the frontier: the last of the lists that were begun.
  void fit() {
    const auto first = static_cast<std::size_t>(static_cast<double>(lists_.size()) * (1 - kFrontier));
    std::size_t entries = 0;
    threshold_ = -kInfinity;
    for (std::size_t i = first; i < lists_.size(); ++i) {
      entries += lists_[i].entries;
      threshold_ = std::max(threshold_, lists_[i].floor);
    }
    frontier_.clear();
    for (std::size_t i = lists_[first].begin; i < reaches_.size(); ++i)
      if (reaches_[i] > threshold_) frontier_.push_back(reaches_[i]);
    const std::size_t wanted = std::min(kTail, entries / 4);  // more than a quarter is no tail
    if (frontier_.size() > wanted) {
      const auto cut = frontier_.begin() + static_cast<std::ptrdiff_t>(wanted);
      std::nth_element(frontier_.begin(), cut, frontier_.end(), std::greater<>());
      threshold_ = *cut;
      frontier_.erase(cut, frontier_.end());
    }
    const auto count = static_cast<float>(frontier_.size());
    float excess = 0;
    for (const float reach : frontier_) excess += reach - threshold_;
    is_known_ = frontier_.size() >= kLeastTail;
    inverse_excess_ = std::min(kSteepest, count / excess);
    const float by_noise = std::min(kMostNoise, 0.5f * inverse_excess_ * inverse_excess_ * noise_square_);
    share_ = count / static_cast<float>(entries) * std::exp(-by_noise);
    // The lists that come next may hold fewer: twice as many are kept then, or all.
    if (!is_known_)
      floor_ = -kInfinity;
    else
      floor_ = 2 * frontier_.size() < wanted ? threshold_ - 0.7f / inverse_excess_ : threshold_;
  }

  // Whether enough of it was seen.
  bool is_known() const { return is_known_; }
  // P(reach > t).
  float share_beyond(float t) const {
    float fall = 1 + std::max(0.0f, (t - threshold_) * inverse_excess_) / kTail;
    for (int doubling = 0; doubling < kTailDoublings; ++doubling) fall *= fall;
    return share_ / fall;
  }

 private:
  struct List {
    float floor;
    std::size_t entries, begin;  // begin: of its reaches
  };
  float noise_square_;
  std::vector<float> reaches_, frontier_;
  std::vector<List> lists_;
  float floor_ = -kInfinity, threshold_ = -kInfinity;
  float share_ = 1, inverse_excess_ = 0;
  bool is_known_ = false;
};

// Lists by distance, ties by number: floats that are not negative are in order as integers, too.
std::uint64_t order_key(float square, std::size_t list) {
  return std::uint64_t{std::bit_cast<std::uint32_t>(square)} << 32 | list;
}
std::size_t list_of(std::uint64_t key) {
  return static_cast<std::uint32_t>(key);
}

// An entry that may be among the k nearest.
struct Candidate {
  float low;
  std::uint64_t row;
  friend bool operator<(const Candidate& a, const Candidate& b) { return a.low < b.low; }
};

}  // namespace

ListSearch::ListSearch(const Rotation& rotation, Metric metric, std::span<const float> query,
                       std::span<const ListView> lists, const CentroidCodes& centroids)
    : rotation_(rotation), metric_(metric), query_(query), lists_(lists) {
  assert(query.size() == rotation.dims() && (metric == Metric::l2 || metric == Metric::cosine));
  assert(centroids.count() == lists.size());
  double spreads = 0, entries = 0;
  for (const ListView& list : lists) {
    if (!(list.spread < kLargest)) continue;
    spreads += static_cast<double>(list.spread) * static_cast<double>(list.count);
    entries += static_cast<double>(list.count);
  }
  least_spread_ = std::max(kLeastSpread * static_cast<float>(spreads / std::max(entries, 1.0)), 1e-15f);
  std::vector<float> squares(lists.size());
  errors_.resize(lists.size());
  centroids.distances(query.data(), squares.data(), errors_.data());
  seen_.reserve(lists.size());
  order_.reserve(lists.size());
  for (std::size_t i = 0; i < lists.size(); ++i) {
    seen_.push_back(see(lists[i], squares[i]));
    order_.push_back(order_key(seen_[i].centroid_square, i));
  }
}

ListSearch::Seen ListSearch::see(const ListView& list, float square) const {
  const auto entries = static_cast<float>(list.count);
  const float spread = std::max(list.spread, least_spread_);
  if (!(square < kLargest && spread < kLargest)) return {kLargest, 0, 0, entries};  // NaN too
  const float scale = 0.5f / (std::sqrt(square + least_spread_ * least_spread_) * spread);
  return {square, square + spread * spread, scale, entries};
}

float ListSearch::Seen::square_at(float reach) const {
  return scale > 0 ? middle - reach / scale : -kInfinity;
}

// What the codes say of an entry is off by some 1.5 |q - c| spread / sqrt(dims). Beside that a far smaller
// error of the centroid's own distance does not count.
bool ListSearch::is_rough(std::size_t list) const {
  constexpr float kMost = 0.1f;
  const float noise = 1.5f * 0.5f / seen_[list].scale / std::sqrt(static_cast<float>(query_.size()));
  return !(errors_[list] < kMost * noise);
}

// Most queries see few lists, so the rest is never sorted.
void ListSearch::sort_up_to(std::size_t count) {
  const auto at = [&](std::size_t i) { return order_.begin() + static_cast<std::ptrdiff_t>(i); };
  while (sorted_ < count) {
    const std::size_t end = std::min(order_.size(), std::max(kSortedFirst, 2 * sorted_));
    if (end < order_.size()) std::nth_element(at(sorted_), at(end), order_.end());
    for (std::size_t i = sorted_; i < end; ++i) {
      const std::size_t list = list_of(order_[i]);
      if (!is_rough(list)) continue;
      float square;
      simd::kernels().l2_squared_f32(query_.data(), lists_[list].centroid, 1, query_.size(), &square);
      seen_[list] = see(lists_[list], square);
      order_[i] = order_key(seen_[list].centroid_square, list);
    }
    std::sort(at(sorted_), at(end));
    sorted_ = end;
  }
}

ListOutcome ListSearch::run(double recall, TopK& nearest, Rows& rows, double most_bytes) {
  ListOutcome outcome;
  if (nearest.k() == 0) return outcome;
  const ListQuery query(rotation_, query_.data(), recall < 1 ? kEpsilon : kSureEpsilon);
  KthKey kth(nearest.k());
  for (const Scored& entry : nearest.entries()) kth.push(key_of(metric_, entry.distance));
  Tail tail(rotation_.padded());
  std::vector<Candidate> candidates;
  double candidate_bytes = 0;
  const std::size_t block_bytes = list_block_bytes(rotation_.padded());

  const auto scan = [&](std::size_t place) {
    const ListView& list = lists_[list_of(order_[place])];
    const ListView& next = lists_[list_of(order_[std::min(place + 1, order_.size() - 1)])];
    const Seen& seen = seen_[list_of(order_[place])];
    tail.begin_list(list.count);
    simd::Kernels::BlockTerms terms = query.in_list(seen.centroid_square);
    terms.most_low = kth.value();
    terms.most_estimate = seen.square_at(tail.floor());
    float estimates[kBlockRows], lows[kBlockRows];
    for (std::size_t begin = 0; begin < list.count; begin += kBlockRows) {
      if (begin < next.count)
        for (std::size_t b = 0; b < block_bytes; b += 64)
          __builtin_prefetch(next.blocks + begin / kBlockRows * block_bytes + b);
      std::uint32_t wanted =
          query.scan(list.blocks + begin / kBlockRows * block_bytes, terms, estimates, lows);
      if (list.count - begin < kBlockRows) wanted &= (std::uint32_t{1} << (list.count - begin)) - 1;
      for (; wanted != 0; wanted &= wanted - 1) {
        const auto i = static_cast<std::size_t>(std::countr_zero(wanted));
        if (const float reach = seen.reach_at(estimates[i]);
            estimates[i] < terms.most_estimate && reach < kLargest)
          tail.add(reach);
        if (lows[i] <= terms.most_low) candidates.push_back({lows[i], list.rows[begin + i]});
      }
    }
    ++outcome.lists;
    outcome.scanned += list.count;
  };
  // Those that look nearest first: their distances leave out most of the others. Where they do not, the rest
  // is taken in ever larger parts.
  const auto measure_candidates = [&] {
    std::size_t together = kMeasuredTogether;
    for (auto begin = candidates.begin(); begin != candidates.end(); together *= 2) {
      const auto left = static_cast<std::size_t>(candidates.end() - begin);
      const auto end = begin + static_cast<std::ptrdiff_t>(std::min(together, left));
      if (end != candidates.end()) std::nth_element(begin, end, candidates.end());
      candidate_bytes += kCandidateBytes * static_cast<double>(end - begin);
      for (auto at = begin; at != end; ++at) rows.prefetch(at->row);
      for (auto at = begin; at != end; ++at) at->low = std::max(at->low, rows.lower_bound(at->row));
      std::sort(begin, end);
      for (auto at = begin; at != end && at->low <= kth.value(); ++at) {
        if (const auto scored = rows.measure(at->row)) {
          nearest.push(*scored);
          kth.push(key_of(metric_, scored->distance));
        }
        ++outcome.measured;
      }
      const float limit = kth.value();
      candidates.erase(
          std::remove_if(end, candidates.end(), [&](const Candidate& c) { return c.low > limit; }),
          candidates.end());
      begin = end;
    }
    candidates.clear();
  };
  // How many rows may be missing on average, and how many are expected to be; once that is more, the rest of
  // the lists does not matter.
  const auto k = static_cast<double>(nearest.k());
  const double most_missing = k / recall - k;
  const auto expected_missing = [&] {
    double missing = 0;
    for (std::size_t i = outcome.lists; i < seen_.size() && missing <= most_missing; ++i) {
      const Seen& seen = seen_[list_of(order_[i])];
      missing += kCaution * static_cast<double>(seen.entries * tail.share_beyond(seen.reach_at(kth.value())));
    }
    return missing;
  };

  std::size_t pause = 1;  // lists after which is measured what they have, and the rule asked
  while (outcome.lists < seen_.size()) {
    sort_up_to(std::min(pause, seen_.size()));
    while (outcome.lists < std::min(pause, seen_.size())) scan(outcome.lists);
    measure_candidates();
    const auto scanned_bytes = static_cast<double>(outcome.scanned * block_bytes) / kBlockRows;
    if (scanned_bytes + candidate_bytes > most_bytes) {
      outcome.gave_up = true;
      return outcome;
    }
    pause = std::max(outcome.lists + 2, outcome.lists + outcome.lists / 8);
    if (recall >= 1 || outcome.lists < kFirstLists || outcome.lists == seen_.size()) continue;
    tail.fit();
    if (kth.value() == kInfinity || !tail.is_known()) continue;
    outcome.expected_recall = k / (k + expected_missing());
    if (outcome.expected_recall >= recall) return outcome;
  }
  outcome.expected_recall = 1;
  return outcome;
}

}  // namespace cairn::vector
