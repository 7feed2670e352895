// English words that say nothing about what a text is about.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace cairn::text {

// Sorted.
inline constexpr std::array<std::string_view, 93> kStopwords = {
    "a",     "about",  "after", "all",   "also",  "am",    "an",     "and",    "any",  "are",   "as",
    "at",    "be",     "been",  "being", "but",   "by",    "can",    "could",  "did",  "do",    "does",
    "doing", "for",    "from",  "had",   "has",   "have",  "having", "he",     "her",  "here",  "his",
    "how",   "i",      "if",    "in",    "into",  "is",    "it",     "its",    "just", "may",   "me",
    "might", "must",   "my",    "of",    "on",    "or",    "our",    "please", "re",   "s",     "shall",
    "she",   "should", "so",    "some",  "such",  "t",     "than",   "that",   "the",  "their", "them",
    "then",  "there",  "these", "they",  "this",  "those", "to",     "too",    "us",   "very",  "was",
    "we",    "were",   "what",  "when",  "where", "which", "while",  "who",    "whom", "why",   "will",
    "with",  "would",  "you",   "your",  "yours"};

// `word` in lower case.
inline bool is_stopword(std::string_view word) noexcept {
  return word.size() <= 6 && std::binary_search(kStopwords.begin(), kStopwords.end(), word);
}

}  // namespace cairn::text
