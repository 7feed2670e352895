// Float rows of many kinds for tests of what must be exact: random, clustered far from the origin, with
// duplicates, zeros, tiny and huge elements, one element that outshines the rest.
#pragma once

#include <cmath>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "vector/codes.hpp"

namespace cairn::vector::testing {

struct GeneratedRows {
  std::string kind;
  std::size_t dims, count;
  std::vector<float> rows;   // count * dims
  std::vector<float> query;  // dims

  const float* row(std::size_t i) const { return rows.data() + i * dims; }
};

inline constexpr const char* kKinds[] = {
    "normal",  "unit", "clusters",    "far cluster", "duplicates", "grid",  "with zeros", "tiny",
    "tiniest", "huge", "mixed sizes", "outlier",     "sparse",     "equal", "not finite"};

inline GeneratedRows generate_rows(const std::string& kind, std::size_t dims, std::size_t count,
                                   std::mt19937& random) {
  std::normal_distribution<float> normal;
  std::uniform_real_distribution<float> uniform(-1, 1);
  GeneratedRows made{kind, dims, count, std::vector<float>(count * dims), std::vector<float>(dims)};
  std::vector<std::vector<float>> centers(5, std::vector<float>(dims));
  for (auto& center : centers)
    for (float& x : center) x = kind == "far cluster" ? 100 + normal(random) : normal(random);
  const auto fill = [&](float* row) {
    const auto& center = centers[random() % (kind == "far cluster" ? 1 : centers.size())];
    const float size = std::exp(8 * uniform(random));
    for (std::size_t d = 0; d < dims; ++d) {
      const float x = normal(random);
      if (kind == "clusters")
        row[d] = center[d] + 0.1f * x;
      else if (kind == "far cluster")
        row[d] = center[d] + 0.01f * x;
      else if (kind == "grid")
        row[d] = static_cast<float>(random() % 3);
      else if (kind == "tiny")
        row[d] = x * 1e-17f;
      else if (kind == "tiniest")
        row[d] = x * 1e-38f;
      else if (kind == "huge")
        row[d] = x * 1e18f;
      else if (kind == "mixed sizes")
        row[d] = x * size;
      else if (kind == "sparse")
        row[d] = random() % 20 == 0 ? x : 0;
      else if (kind == "equal")
        row[d] = centers[0][d];
      else
        row[d] = x;
    }
    if (kind == "outlier") row[dims / 2] += 50;
    if (kind == "with zeros" && random() % 4 == 0) std::fill_n(row, dims, 0.0f);
    if (kind == "not finite" && random() % 8 == 0) row[random() % dims] = random() % 2 ? NAN : INFINITY;
    if (kind == "unit") {
      float sum = 0;
      for (std::size_t d = 0; d < dims; ++d) sum += row[d] * row[d];
      for (std::size_t d = 0; d < dims; ++d) row[d] /= std::sqrt(sum);
    }
  };
  for (std::size_t i = 0; i < count; ++i) {
    fill(made.rows.data() + i * dims);
    if (kind == "duplicates" && i > 0 && random() % 3 != 0)
      std::copy_n(made.row(random() % i), dims, made.rows.data() + i * dims);
  }
  fill(made.query.data());
  if (kind == "not finite")
    for (float& x : made.query) x = normal(random);
  if (count > 0 && random() % 4 == 0) std::copy_n(made.row(random() % count), dims, made.query.data());
  for (float& x : made.query)
    if (!std::isfinite(x)) x = 1;
  return made;
}

// Coded rows with their memory.
struct OwnedCodes {
  OwnedCodes(Metric metric, const std::vector<float>& center, const float* rows, std::size_t count)
      : memory(CodedRows::byte_size(count, center.size()) + 1),
        coded(ElementType::float32, metric, center, reinterpret_cast<const std::byte*>(rows), count,
              memory.data()) {}
  std::vector<std::byte> memory;
  CodedRows coded;
};

}  // namespace cairn::vector::testing
