#include "check/nearest.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace cairn::check {
namespace {

std::string lower(std::string_view name) {
  std::string small(name);
  for (char& c : small)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return small;
}

// How many bytes to insert, remove, replace, or swap with their neighbour, to make `b` of `a`
// (Damerau and Levenshtein). Row i of the usual table holds the distances of a's first i bytes from every
// beginning of `b`; three rows are enough, since a swap looks two rows back.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before.swap(above);
    above.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, above[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row.back();
}

}  // namespace

std::vector<std::string> nearest(std::string_view name, std::span<const std::string> candidates) {
  constexpr std::size_t most = 3;
  // Beyond a third of the letters it is another word, and no misspelling; so names of one or two letters have
  // none.
  const std::size_t limit = name.size() / 3;
  const std::string wanted = lower(name);
  std::vector<std::pair<std::size_t, const std::string*>> near;
  for (const std::string& candidate : candidates) {
    const std::size_t longer = std::max(candidate.size(), name.size());
    if (longer - std::min(candidate.size(), name.size()) > limit) continue;
    const std::size_t apart = distance(wanted, lower(candidate));
    if (apart <= limit && apart < longer) near.emplace_back(apart, &candidate);
  }
  std::ranges::stable_sort(near, {}, &std::pair<std::size_t, const std::string*>::first);
  std::vector<std::string> names;
  for (const auto& [apart, candidate] : near)
    if (names.size() < most && std::ranges::find(names, *candidate) == names.end())
      names.push_back(*candidate);
  return names;
}

}  // namespace cairn::check
