#include "vector/order.hpp"

#include <algorithm>
#include <utility>

namespace cairn::vector {

void TopK::shrink() {
  if (kept_.size() <= k_) return;
  const auto last = kept_.begin() + static_cast<std::ptrdiff_t>(k_ - 1);
  std::nth_element(kept_.begin(), last, kept_.end());
  kept_.resize(k_);
  worst_ = kept_.back();
  full_ = true;
}

std::vector<Scored> TopK::take_sorted() {
  shrink();
  std::sort(kept_.begin(), kept_.end());
  full_ = false;
  return std::exchange(kept_, {});
}

const Scored* Ascending::at(std::size_t place) {
  if (place >= entries_.size()) return nullptr;
  while (place >= sorted_) {
    const auto first = entries_.begin() + static_cast<std::ptrdiff_t>(sorted_);
    const std::size_t count = std::min(batch_, entries_.size() - sorted_);
    const auto last = first + static_cast<std::ptrdiff_t>(count);
    if (last != entries_.end()) std::nth_element(first, last, entries_.end());
    std::sort(first, last);
    sorted_ += count;
    batch_ *= 4;
  }
  return &entries_[place];
}

}  // namespace cairn::vector
