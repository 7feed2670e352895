// Vectors that the caller supplies: there is nothing here that could make one.
#include <fmt/format.h>

#include "cairn/embedder.hpp"
#include "cairn/error.hpp"
#include "embed/dimension.hpp"

namespace cairn {

namespace {

class ExternalEmbedder final : public Embedder {
 public:
  explicit ExternalEmbedder(std::size_t dimension)
      : info_{.id = fmt::format("external:{}", dimension), .dimension = dimension} {}

  EmbedderInfo info() const override { return info_; }
  bool available() const noexcept override { return false; }

  void embed(std::span<const std::string_view>, TextRole, std::span<float>) override {
    throw Error(
        ErrorCode::embedder_mismatch,
        fmt::format(
            "the vectors of this file are supplied by its programs ({} dimensions), so text cannot be "
            "turned into one here; pass an embedding with the text, or open the file with the "
            "embedder that made its vectors",
            info_.dimension));
  }

 private:
  EmbedderInfo info_;
};

}  // namespace

std::shared_ptr<Embedder> external_embedder(std::size_t dimension) {
  embed::require_dimension("a vector", dimension, 1);
  return std::make_shared<ExternalEmbedder>(dimension);
}

}  // namespace cairn
