// What turns text into vectors. Cairn brings one that needs nothing (HashingEmbedder); a program can
// supply its own by implementing this interface.
//
//   struct MyEmbedder final : cairn::Embedder {
//     cairn::EmbedderInfo info() const override { return {.id = "my-model@1", .dimension = 384}; }
//     void embed(std::span<const std::string_view> texts, cairn::TextRole role, std::span<float> out)
//     override;
//   };
//   auto store = cairn::Store::open("agent.db", {.embedder = std::make_shared<MyEmbedder>()});
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cairn {

// Models that were trained with prefixes embed a question and a passage differently.
enum class TextRole { document, query };

struct EmbedderInfo {
  std::string id;  // identity that the file remembers: model, revision, and what changes its output
  std::size_t dimension = 0;  // 1 to 8192
};

// Thread-safety: embed() is called from several threads at once and must allow it.
class Embedder {
 public:
  virtual ~Embedder() = default;

  virtual EmbedderInfo info() const = 0;

  // False for one that only stands for vectors made elsewhere: embed() then always throws.
  virtual bool available() const noexcept { return true; }

  // Writes texts.size() rows of `dimension` floats to `out`, row i for texts[i]. Every row is finite;
  // distances are cosine, so a row needs no particular length, but a text without any feature may be
  // all zeros. Texts are valid UTF-8, possibly empty and of any length (a model with a limit cuts).
  // Errors: throws cairn::Error; then nothing was embedded.
  // REQUIRES: out.size() == texts.size() * info().dimension.
  virtual void embed(std::span<const std::string_view> texts, TextRole role, std::span<float> out) = 0;

  // One text.
  std::vector<float> embed(std::string_view text, TextRole role);
};

// Signed feature hashing of words and their character n-grams: no model, no state, no dependency.
// It recognises shared words and spellings, not meaning, and is always fused with full-text search.
// Equal text gives equal vectors on every machine. dimension: 64 to 8192.
std::shared_ptr<Embedder> hashing_embedder(std::size_t dimension = 256);

// For a program that makes its vectors itself and passes them with each record and query. Searches by text
// alone then use full text only. dimension: 1 to 8192.
std::shared_ptr<Embedder> external_embedder(std::size_t dimension);

}  // namespace cairn
