#include "text/snippet.hpp"

#include <algorithm>
#include <cassert>
#include <unordered_map>

#include "base/fold.hpp"
#include "base/utf8.hpp"
#include "text/lines.hpp"
#include "text/query.hpp"
#include "text/words.hpp"

namespace cairn::text {

namespace {

constexpr std::string_view kEllipsis = "\xE2\x80\xA6";

struct Match {
  std::size_t begin, end;  // into the text
  std::size_t term;        // which word of the query
};

// Every place where a word of the query stands, ascending, not overlapping. Words of scripts without
// spaces are looked for inside words as well.
std::vector<Match> find_matches(std::string_view text, std::string_view query) {
  std::unordered_map<std::string, std::size_t> terms;
  for (const QueryTerm& term : query_terms(query)) {
    if (term.kind == QueryTerm::Kind::word) terms.emplace(utf8::fold(term.text), terms.size());
  }
  std::vector<Match> matches;
  WordScanner words(text);
  for (Word w; !terms.empty() && words.next(w);) {
    const auto found = terms.find(utf8::fold(text.substr(w.begin, w.end - w.begin)));
    if (found != terms.end()) matches.push_back({w.begin, w.end, found->second});
  }
  std::size_t index = terms.size();
  for (const std::string& run : ideograph_terms(query)) {
    for (std::size_t at = text.find(run); at != std::string_view::npos;
         at = text.find(run, at + run.size())) {
      matches.push_back({at, at + run.size(), index});
    }
    ++index;
  }
  std::stable_sort(matches.begin(), matches.end(),
                   [](const Match& a, const Match& b) { return a.begin < b.begin; });
  std::size_t kept = 0;
  for (const Match& m : matches) {
    if (kept == 0 || m.begin >= matches[kept - 1].end) matches[kept++] = m;
  }
  matches.resize(kept);
  return matches;
}

// First and last (exclusive) match of the window of `size` bytes with the most different terms, then the most
// matches, then the earliest.
std::pair<std::size_t, std::size_t> best_window(const std::vector<Match>& matches, std::size_t size) {
  std::unordered_map<std::size_t, std::size_t> count;
  std::pair<std::size_t, std::size_t> best{0, 0};
  std::pair<std::size_t, std::size_t> best_score{0, 0};
  std::size_t first = 0;
  for (std::size_t last = 0; last < matches.size(); ++last) {
    ++count[matches[last].term];
    while (first < last && matches[last].end - matches[first].begin > size) {
      const auto term = count.find(matches[first++].term);
      if (--term->second == 0) count.erase(term);
    }
    const std::pair<std::size_t, std::size_t> score{count.size(), last + 1 - first};
    if (score > best_score) {
      best_score = score;
      best = {first, last + 1};
    }
  }
  return best;
}

}  // namespace

Snippet snippet(std::string_view text, std::string_view query, std::size_t max_bytes) {
  assert(max_bytes >= 16);
  const std::size_t room = max_bytes - 2 * kEllipsis.size();
  const std::vector<Match> matches = find_matches(text, query);
  const auto [first, last] = best_window(matches, room);

  // A fifth of what is left over goes before the first match, for context.
  std::size_t begin = 0;
  if (first < last) {
    const std::size_t used = std::min(matches[last - 1].end - matches[first].begin, room);
    begin = matches[first].begin - std::min(matches[first].begin, (room - used) / 5);
  }
  begin = utf8::floor_boundary(text, begin);
  while (begin > 0 && begin < text.size() && (first == last || begin < matches[first].begin) &&
         !is_space(text[begin - 1])) {
    begin += utf8::decode(text, begin).length;
  }
  std::size_t end = utf8::floor_boundary(text, begin + std::min(room, text.size() - begin));
  if (end < text.size()) {
    // Back to white space, but not so far that a long word leaves nothing.
    std::size_t cut = end;
    while (cut > begin + room / 2 && !is_space(text[cut - 1]) && !is_space(text[cut])) --cut;
    if (cut > begin + room / 2) end = cut;
  }

  Snippet out;
  std::size_t next = first;
  if (begin > 0) out.text = kEllipsis;
  for (std::size_t at = begin; at < end; ++at) {
    while (next < matches.size() && matches[next].begin < at) ++next;
    if (next < matches.size() && matches[next].begin == at && matches[next].end <= end) {
      const std::size_t size = matches[next].end - at;
      out.matches.push_back({out.text.size(), out.text.size() + size});
      out.text.append(text, at, size);
      at += size - 1;
    } else if (!is_space(text[at])) {
      out.text.push_back(text[at]);
    } else if (!out.text.empty() && out.text.back() != ' ' && out.text != kEllipsis) {
      out.text.push_back(' ');
    }
  }
  while (!out.text.empty() && out.text.back() == ' ') out.text.pop_back();
  if (end < text.size() && !trimmed(text.substr(end)).empty()) out.text += kEllipsis;
  return out;
}

}  // namespace cairn::text
