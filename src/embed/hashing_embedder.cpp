// Signed feature hashing: every feature of a text adds its weight, with a sign, to a few elements of the
// vector that its hash chooses (Weinberger et al., "Feature Hashing for Large Scale Multitask Learning",
// 2009; several elements per feature after Achlioptas, "Database-friendly random projections", 2003).
//
// A text is its distinct words. A word's features are the word and its 3-, 4- and 5-grams with the ends
// marked, so that "rotates" is near "rotation"; in scripts without spaces they are single code points and
// pairs. A word counts 1 + ln(occurrences), a stop word a tenth of that. The constants were chosen on
// SciFact, CovidQA and CoSQA (development splits) by mean nDCG@10 (docs/decisions/0006-hashing-embedder.md).
//
// Sums are integers, so the order of features cannot matter, and a vector is the same on every machine.
#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "base/fold.hpp"
#include "base/utf8.hpp"
#include "cairn/embedder.hpp"
#include "embed/dimension.hpp"
#include "text/stopwords.hpp"
#include "text/unspaced.hpp"
#include "text/words.hpp"

namespace cairn {

namespace {

constexpr int kOne = 1024;  // weight 1.0 of a feature, in fixed point
constexpr double kWordWeight = 0.5, kShortGramWeight = 0.3, kGramWeight = 1.0;
constexpr double kUnspacedWeight = 0.5, kUnspacedPairWeight = 1.0;
constexpr std::size_t kShortestGram = 3, kLongestGram = 5;
constexpr std::size_t kMaxWordLetters = 64;  // what comes after in a longer word makes no n-grams

constexpr std::uint64_t mixed(std::uint64_t h) noexcept {  // the finaliser of SplitMix64
  h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9;
  h = (h ^ (h >> 27)) * 0x94d049bb133111eb;
  return h ^ (h >> 31);
}

// FNV-1a over the bytes; `kind` keeps a word apart from an n-gram of the same letters.
constexpr std::uint64_t hash_of(std::string_view bytes, std::uint64_t kind) noexcept {
  std::uint64_t h = 0xcbf29ce484222325 + kind;
  for (const char c : bytes) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return mixed(h);
}

// The same for three to five bytes, which fit in one word: the bytes are the hash's seed.
constexpr std::uint64_t hash_of_few(std::string_view bytes) noexcept {
  std::uint64_t packed = 0;
  for (const char c : bytes) packed = packed << 8 | static_cast<unsigned char>(c);
  return mixed(packed * 0x9e3779b97f4a7c15);
}

int fixed(double weight) noexcept {
  return static_cast<int>(std::lround(weight * kOne));
}

// The distinct words of one text and how often each occurs. Open addressing, a power of two of slots.
class WordCounts {
 public:
  struct Entry {
    std::uint64_t hash;
    std::uint32_t begin, size;  // in letters()
    std::uint32_t count;
    bool unspaced;
  };

  void clear() {
    std::fill(slots_.begin(), slots_.end(), kFree);
    entries_.clear();
    letters_.clear();
  }

  void add(std::string_view word, bool unspaced) {
    const std::uint64_t hash = hash_of(word, 0);
    for (std::size_t slot = hash & (slots_.size() - 1);; slot = (slot + 1) & (slots_.size() - 1)) {
      if (slots_[slot] == kFree) {
        slots_[slot] = static_cast<std::uint32_t>(entries_.size());
        entries_.push_back({hash, static_cast<std::uint32_t>(letters_.size()),
                            static_cast<std::uint32_t>(word.size()), 1, unspaced});
        letters_.append(word);
        if (entries_.size() * 2 > slots_.size()) grow();
        return;
      }
      Entry& entry = entries_[slots_[slot]];
      if (entry.hash == hash && word_of(entry) == word) {
        ++entry.count;
        return;
      }
    }
  }

  const std::vector<Entry>& entries() const noexcept { return entries_; }
  std::string_view word_of(const Entry& entry) const noexcept {
    return std::string_view(letters_).substr(entry.begin, entry.size);
  }

 private:
  static constexpr std::uint32_t kFree = 0xFFFFFFFF;

  void grow() {
    slots_.assign(slots_.size() * 2, kFree);
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
      std::size_t slot = entries_[i].hash & (slots_.size() - 1);
      while (slots_[slot] != kFree) slot = (slot + 1) & (slots_.size() - 1);
      slots_[slot] = i;
    }
  }

  std::vector<std::uint32_t> slots_ = std::vector<std::uint32_t>(512, kFree);
  std::vector<Entry> entries_;
  std::string letters_;
};

// Folds the text and hands its words to `counts`.
class Splitter {
 public:
  explicit Splitter(WordCounts& counts) : counts_(counts) {}

  void split(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
      if (const char letter = ascii_letter(text[at]); letter != '\0') {
        word_.push_back(letter);
        previous_unspaced_.clear();
        ++at;
      } else if (static_cast<unsigned char>(text[at]) < 0x80) {
        end_word();
        previous_unspaced_.clear();
        ++at;
      } else {
        const utf8::Decoded d = utf8::decode(text, at);
        other(d.code_point);
        at += d.length;
      }
    }
    end_word();
  }

 private:
  // The letter in lower case, or the digit; otherwise 0.
  static char ascii_letter(char c) noexcept {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) return c;
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : '\0';
  }

  void other(char32_t c) {
    if (text::is_unspaced(c)) {
      end_word();
      std::string one;
      utf8::append(one, c);
      counts_.add(one, true);
      if (!previous_unspaced_.empty()) counts_.add(previous_unspaced_ + one, true);
      previous_unspaced_ = std::move(one);
      return;
    }
    previous_unspaced_.clear();
    const bool accent = c >= 0x300 && c <= 0x36F;
    if (text::is_token_char(c)) {
      utf8::append(word_, utf8::fold(c));
    } else if (!accent) {
      end_word();
    }
  }

  void end_word() {
    if (!word_.empty()) counts_.add(word_, false);
    word_.clear();
  }

  WordCounts& counts_;
  std::string word_;
  std::string previous_unspaced_;
};

class HashingEmbedder final : public Embedder {
 public:
  explicit HashingEmbedder(std::size_t dimension) : dimension_(dimension) {
    for (std::size_t count = 1; count < kMaxWordLetters + 3; ++count) {
      short_gram_[count] = fixed(kShortGramWeight / std::sqrt(static_cast<double>(count)));
      gram_[count] = fixed(kGramWeight / std::sqrt(static_cast<double>(count)));
    }
  }

  EmbedderInfo info() const override { return {.id = "cairn-hashing@1", .dimension = dimension_}; }

  void embed(std::span<const std::string_view> texts, TextRole, std::span<float> out) override {
    assert(out.size() == texts.size() * dimension_);
    WordCounts counts;
    std::vector<std::int64_t> sums(dimension_);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      counts.clear();
      std::fill(sums.begin(), sums.end(), 0);
      Splitter(counts).split(texts[i]);
      for (const WordCounts::Entry& entry : counts.entries()) add_word(counts.word_of(entry), entry, sums);
      normalise(sums, out.subspan(i * dimension_, dimension_));
    }
  }

 private:
  using Sums = std::vector<std::int64_t>;

  void add_word(std::string_view word, const WordCounts::Entry& entry, Sums& sums) const {
    const std::int64_t damped = std::lround(60 * (1 + std::log(static_cast<double>(entry.count))));
    if (entry.unspaced) {
      const bool pair = word.size() > utf8::decode(word, 0).length;
      add(entry.hash, damped * fixed(pair ? kUnspacedPairWeight : kUnspacedWeight), sums);
      return;
    }
    const std::int64_t weight = text::is_stopword(word) ? damped / 10 : damped;
    add(entry.hash, weight * fixed(kWordWeight), sums);
    add_grams(word, weight, sums);
  }

  void add_grams(std::string_view word, std::int64_t weight, Sums& sums) const {
    // "<word>", and where each of its letters begins.
    std::array<char, 4 * kMaxWordLetters + 2> marked;
    std::array<std::uint16_t, kMaxWordLetters + 3> starts;
    std::size_t letters = 0, size = 0;
    const auto put = [&](char c) { marked[size++] = c; };
    starts[letters++] = 0;
    put('<');
    for (std::size_t at = 0; at < word.size() && letters <= kMaxWordLetters;) {
      starts[letters++] = static_cast<std::uint16_t>(size);
      put(word[at++]);
      while (at < word.size() && (static_cast<unsigned char>(word[at]) & 0xC0) == 0x80) put(word[at++]);
    }
    starts[letters++] = static_cast<std::uint16_t>(size);
    put('>');
    starts[letters] = static_cast<std::uint16_t>(size);

    const bool single_bytes = size == letters;
    for (std::size_t n = kShortestGram; n <= kLongestGram && n <= letters; ++n) {
      // Short and long words have the same weight in all: n-grams share it by the root of their number.
      const std::int64_t each = weight * (n == kShortestGram ? short_gram_[letters - 2]
                                                             : gram_[std::max<std::size_t>(letters, 4) - 3]);
      for (std::size_t i = 0; i + n <= letters; ++i) {
        const std::string_view gram(marked.data() + starts[i],
                                    static_cast<std::size_t>(starts[i + n] - starts[i]));
        add(single_bytes ? hash_of_few(gram) : hash_of(gram, n), each, sums);
      }
    }
  }

  // Four elements per feature, each chosen by 15 bits of the hash and signed by one more.
  void add(std::uint64_t hash, std::int64_t weight, Sums& sums) const {
    for (int i = 0; i < 4; ++i, hash >>= 16) {
      const std::size_t element = (static_cast<std::size_t>(hash & 0x7FFF) * dimension_) >> 15;
      // The sign without a branch, which could not be predicted: -1 has all bits set.
      const std::int64_t minus = -static_cast<std::int64_t>((hash >> 15) & 1);
      sums[element] += (weight ^ minus) - minus;
    }
  }

  static void normalise(const Sums& sums, std::span<float> row) {
    double squares = 0;
    for (const std::int64_t sum : sums) squares += static_cast<double>(sum) * static_cast<double>(sum);
    const double length = std::sqrt(squares);
    for (std::size_t i = 0; i < row.size(); ++i) {
      row[i] = squares > 0 ? static_cast<float>(static_cast<double>(sums[i]) / length) : 0.0F;
    }
  }

  std::size_t dimension_;
  // The weight of one n-gram of a word that has that many.
  std::array<int, kMaxWordLetters + 3> short_gram_{}, gram_{};
};

}  // namespace

std::shared_ptr<Embedder> hashing_embedder(std::size_t dimension) {
  embed::require_dimension("The hashing embedder", dimension, 64);
  return std::make_shared<HashingEmbedder>(dimension);
}

}  // namespace cairn
