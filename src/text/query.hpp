// What a user typed, turned into full-text search terms. User text never reaches FTS5 as syntax: every
// token goes out as a quoted FTS5 string, so no input is a syntax error or an operator.
//
//   fts5_any("how do I use foo_bar.baz()?")   // "foo bar baz" OR "foo" OR "bar" OR "baz" OR "use"
//
// Made for FTS5's `unicode61` tokenizer, whose tokens are runs of letters and digits
// (https://www.sqlite.org/fts5.html, section 4.3.1); an identifier is to it a phrase of its parts.
// Linear in the query; at most kMaxQueryTerms terms are kept, so a query of 1 MB is as good as a short one.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::text {

inline constexpr std::size_t kMaxQueryTerms = 64;

struct QueryTerm {
  enum class Kind { word, phrase };
  Kind kind;
  std::string text;  // a word, or the words of a phrase separated by single spaces; case as typed
};

// Distinct terms in order of appearance. A phrase comes from "double quotes" or from an identifier
// (foo_bar.baz, std::vector, /proc/sys/vm), has at most 16 words, and stands before its own words.
// English stop words are left out unless the query has nothing else; inside a phrase they stay.
std::vector<QueryTerm> query_terms(std::string_view query);

// A MATCH expression of some of those terms: any may occur. Empty for none.
std::string fts5_any(std::span<const QueryTerm> terms);

// The same of all terms of a query. Empty when the query has no token that unicode61 would index;
// the caller then searches by ideograph_terms() or vectors alone.
std::string fts5_any(std::string_view query);

// Maximal runs of code points for which is_unspaced() holds, distinct, in order of appearance: Thai,
// kana, ideographs, Hangul, emoji, arrows. For a substring search (a trigram index finds those of three
// code points and more; shorter ones need LIKE or instr). At most kMaxQueryTerms runs of at most 256 bytes.
std::vector<std::string> ideograph_terms(std::string_view query);

}  // namespace cairn::text
