#include "cairn/testing/embeddings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <span>

#include "cairn/error.hpp"
#include "embed/dimension.hpp"

namespace cairn::testing {

namespace {

class FakeEmbedder final : public Embedder {
 public:
  FakeEmbedder(std::size_t dimension, std::map<std::string, std::vector<float>> table)
      : dimension_(dimension), table_(std::move(table)) {}

  EmbedderInfo info() const override { return {.id = "cairn-fake@1", .dimension = dimension_}; }

  void embed(std::span<const std::string_view> texts, TextRole, std::span<float> out) override {
    assert(out.size() == texts.size() * dimension_);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const std::span<float> row = out.subspan(i * dimension_, dimension_);
      const auto found = table_.find(std::string(texts[i]));
      if (found != table_.end()) {
        std::copy(found->second.begin(), found->second.end(), row.begin());
      } else {
        pseudo_random(texts[i], row);
      }
    }
  }

 private:
  // SplitMix64 (Steele, Lea and Flood, 2014) seeded with the text's FNV-1a hash.
  static void pseudo_random(std::string_view text, std::span<float> row) {
    std::uint64_t state = 0xcbf29ce484222325;
    for (const char c : text) state = (state ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    double sum = 0;
    for (float& x : row) {
      std::uint64_t z = state += 0x9e3779b97f4a7c15;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
      z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
      z ^= z >> 31;
      // 24 bits fit a float exactly; the half keeps zero out.
      x = (static_cast<float>(z >> 40) + 0.5F) / 8388608.0F - 1.0F;
      sum += static_cast<double>(x) * x;
    }
    for (float& x : row) x = static_cast<float>(x / std::sqrt(sum));
  }

  std::size_t dimension_;
  std::map<std::string, std::vector<float>> table_;
};

}  // namespace

std::shared_ptr<Embedder> fake_embedder(std::size_t dimension,
                                        std::map<std::string, std::vector<float>> table) {
  embed::require_dimension("A fake embedder", dimension, 1);
  for (const auto& [text, vector] : table) {
    if (vector.size() != dimension) {
      throw Error(
          ErrorCode::invalid_argument,
          fmt::format("The vector given for \"{}\" has {} elements; the fake embedder has {} dimensions.",
                      text, vector.size(), dimension));
    }
  }
  return std::make_shared<FakeEmbedder>(dimension, std::move(table));
}

std::vector<float> test_embedding(std::size_t size, float seed) {
  std::vector<float> vector(size);
  for (std::size_t i = 0; i < size; ++i) vector[i] = std::sin(static_cast<float>(i) * seed);
  return vector;
}

}  // namespace cairn::testing
