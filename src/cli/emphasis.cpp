#include "cli/emphasis.hpp"

#include <algorithm>
#include <array>

namespace cairn::cli {
namespace {

// Words that nearly every passage holds, so that marking them would hide the others.
constexpr std::array<std::string_view, 20> kCommon{"and",  "are",  "can",   "does",  "for", "from", "has",
                                                   "how",  "its",  "not",   "that",  "the", "this", "was",
                                                   "what", "when", "where", "which", "who", "with"};

bool in_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || byte == '_' || (byte >= '0' && byte <= '9') ||
         ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
}

std::string lower(std::string_view word) {
  std::string out(word);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return out;
}

// Calls visit(begin, end, is_word) for the runs of word and other bytes of `text`, in order.
template <class Visit>
void each_run(std::string_view text, Visit visit) {
  for (std::size_t begin = 0; begin < text.size();) {
    const bool word = in_word(text[begin]);
    std::size_t end = begin + 1;
    while (end < text.size() && in_word(text[end]) == word) ++end;
    visit(text.substr(begin, end - begin), word);
    begin = end;
  }
}

bool same_word(std::string_view a, std::string_view b) {
  constexpr std::size_t kShortestStem = 4, kLongestEnding = 3;
  if (a.size() > b.size()) std::swap(a, b);
  if (a.size() == b.size()) return a == b;
  return a.size() >= kShortestStem && b.size() - a.size() <= kLongestEnding && b.starts_with(a);
}

}  // namespace

Emphasis::Emphasis(std::string_view query, Style style) : style_(style) {
  if (!style.on) return;
  each_run(query, [&](std::string_view run, bool word) {
    if (!word || run.size() < 3) return;
    std::string lowered = lower(run);
    if (std::find(kCommon.begin(), kCommon.end(), lowered) == kCommon.end())
      words_.push_back(std::move(lowered));
  });
}

bool Emphasis::wanted(std::string_view word) const {
  const std::string lowered = lower(word);
  return std::any_of(words_.begin(), words_.end(),
                     [&](const std::string& w) { return same_word(w, lowered); });
}

std::string Emphasis::operator()(std::string_view text) const {
  if (words_.empty()) return std::string(text);
  std::string out;
  each_run(text, [&](std::string_view run, bool word) {
    if (word && wanted(run)) {
      out += style_.match(run);
    } else {
      out += run;
    }
  });
  return out;
}

}  // namespace cairn::cli
