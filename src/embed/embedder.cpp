#include "cairn/embedder.hpp"

#include <fmt/format.h>

#include "cairn/error.hpp"
#include "embed/dimension.hpp"

namespace cairn {

std::vector<float> Embedder::embed(std::string_view text, TextRole role) {
  std::vector<float> vector(info().dimension);
  embed(std::span(&text, 1), role, vector);
  return vector;
}

namespace embed {

void require_dimension(std::string_view what, std::size_t dimension, std::size_t smallest) {
  constexpr std::size_t kLargest = 8192;
  if (dimension >= smallest && dimension <= kLargest) return;
  throw Error(ErrorCode::invalid_argument,
              fmt::format("{} cannot have {} dimensions: give a number from {} to {}.", what, dimension,
                          smallest, kLargest));
}

}  // namespace embed
}  // namespace cairn
