// Embeddings without a model, for tests.
//
//   auto embedder = cairn::testing::fake_embedder(3, {{"cat", {1, 0, 0}}, {"dog", {0.9f, 0.1f, 0}}});
//   auto store = cairn::Store::open(path, {.embedder = embedder});
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cairn/embedder.hpp"

namespace cairn::testing {

// An embedder that answers the vectors of `table` for its texts and, for any other text, a unit vector that
// looks random but depends on the text alone. Thread-safe. Errors: invalid_argument if a vector in the table
// has not `dimension` elements, or dimension is not in 1 to 8192.
std::shared_ptr<Embedder> fake_embedder(std::size_t dimension,
                                        std::map<std::string, std::vector<float>> table = {});

// Element i is sin(i * seed), as in the guide's create_test_embedding(): element 0 is always 0, and the
// vector is not of unit length.
std::vector<float> test_embedding(std::size_t size, float seed);

}  // namespace cairn::testing
