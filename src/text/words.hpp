// Words as FTS5's unicode61 tokenizer sees them: maximal runs of letters and digits.
//
//   WordScanner words("foo_bar, baz");
//   for (Word w; words.next(w);) …   // foo, bar, baz
#pragma once

#include <cstddef>
#include <string_view>

namespace cairn::text {

// Exact below U+2E80; above, approximate towards "yes" (words.cpp).
bool is_token_char(char32_t c) noexcept;

struct Word {
  std::size_t begin = 0, end = 0;  // half-open, into the text
  bool unspaced = false;           // holds a code point of a script without spaces (unspaced.hpp)
};

// REQUIRES: valid UTF-8 that outlives the scanner. Combining marks belong to the word that they stand in.
class WordScanner {
 public:
  explicit WordScanner(std::string_view text) noexcept : text_(text) {}

  bool next(Word& word) noexcept;

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace cairn::text
