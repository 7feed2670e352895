#include "text/query.hpp"

#include <unordered_set>

#include "base/fold.hpp"
#include "base/utf8.hpp"
#include "text/lines.hpp"
#include "text/stopwords.hpp"
#include "text/unspaced.hpp"
#include "text/words.hpp"

namespace cairn::text {

namespace {

constexpr std::size_t kMaxPhraseWords = 16;
constexpr std::size_t kMaxWordBytes = 256;

std::string_view clipped(std::string_view word) noexcept {
  return word.substr(0, utf8::floor_boundary(word, std::min(word.size(), kMaxWordBytes)));
}

class QueryLexer {
 public:
  // `stopwords`: whether words of the stop list count.
  QueryLexer(std::string_view query, bool stopwords) : query_(query), stopwords_(stopwords) {}

  std::vector<QueryTerm> run() {
    std::size_t at = 0;
    while (at < query_.size() && terms_.size() < kMaxQueryTerms) {
      if (is_space(query_[at])) {
        ++at;
      } else if (query_[at] == '"') {
        // Without a second one the quote is only a character.
        const std::size_t close = unclosed_ ? std::string_view::npos : query_.find('"', at + 1);
        unclosed_ = close == std::string_view::npos;
        if (!unclosed_) unit(query_.substr(at + 1, close - at - 1));
        at = unclosed_ ? at + 1 : close + 1;
      } else {
        std::size_t end = at;
        while (end < query_.size() && !is_space(query_[end]) && query_[end] != '"') ++end;
        unit(query_.substr(at, end - at));
        at = end;
      }
    }
    return std::move(terms_);
  }

 private:
  // What stood between spaces or quotes: a word, or words that belong together.
  void unit(std::string_view text) {
    std::string phrase;
    std::size_t count = 0;
    WordScanner scanner(text);
    for (Word w; count < kMaxPhraseWords && scanner.next(w); ++count) {
      if (count > 0) phrase += ' ';
      phrase += clipped(text.substr(w.begin, w.end - w.begin));
    }
    if (count > 1) add({QueryTerm::Kind::phrase, std::move(phrase)});
    WordScanner words(text);
    for (Word w; terms_.size() < kMaxQueryTerms && words.next(w);) {
      word(clipped(text.substr(w.begin, w.end - w.begin)));
    }
  }

  void word(std::string_view text) {
    if (!stopwords_ && is_stopword(utf8::fold(text))) return;
    add({QueryTerm::Kind::word, std::string(text)});
  }

  void add(QueryTerm term) {
    if (terms_.size() == kMaxQueryTerms) return;
    if (seen_.insert(utf8::fold(term.text)).second) terms_.push_back(std::move(term));
  }

  std::string_view query_;
  bool stopwords_;
  bool unclosed_ = false;
  std::vector<QueryTerm> terms_;
  std::unordered_set<std::string> seen_;
};

// Tokens hold no quote, so nothing needs doubling.
void append_string(std::string& out, std::string_view separator, std::string_view text) {
  if (!out.empty()) out += separator;
  out += '"';
  out += text;
  out += '"';
}

}  // namespace

std::vector<QueryTerm> query_terms(std::string_view query) {
  std::vector<QueryTerm> terms = QueryLexer(query, false).run();
  if (terms.empty()) terms = QueryLexer(query, true).run();
  return terms;
}

std::string fts5_any(std::span<const QueryTerm> terms) {
  std::string expression;
  for (const QueryTerm& term : terms) append_string(expression, " OR ", term.text);
  return expression;
}

std::string fts5_any(std::string_view query) {
  return fts5_any(query_terms(query));
}

std::vector<std::string> ideograph_terms(std::string_view query) {
  std::vector<std::string> terms;
  std::unordered_set<std::string> seen;
  std::string run;
  const auto flush = [&] {
    if (!run.empty() && terms.size() < kMaxQueryTerms && seen.insert(run).second) terms.push_back(run);
    run.clear();
  };
  for (std::size_t at = 0; at < query.size() && terms.size() < kMaxQueryTerms;) {
    const utf8::Decoded d = utf8::decode(query, at);
    if (!d.valid || !is_unspaced(d.code_point) || run.size() + d.length > kMaxWordBytes) flush();
    if (d.valid && is_unspaced(d.code_point)) run.append(query, at, d.length);
    at += d.length;
  }
  flush();
  return terms;
}

}  // namespace cairn::text
