// What the tests of float and of integer kernels share: each test runs once for every variant that this
// machine has.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "simd/kernels.hpp"

namespace cairn::simd {

constexpr unsigned kSeed = 20240611;
constexpr std::size_t kRows = 5;

// Every length up to two blocks of the widest registers, then some that mix whole blocks and tails.
inline std::vector<std::size_t> lengths() {
  std::vector<std::size_t> all{192, 255, 384, 416, 512, 768, 1001, 4096, 8192};
  for (std::size_t n = 0; n <= 130; ++n) all.push_back(n);
  return all;
}

// `n` elements, `shift` of them past the allocation's own alignment: no kernel may rely on more than the
// type's. They end where the allocation does, so that AddressSanitizer sees a kernel that reads on.
template <class T>
class Shifted {
 public:
  Shifted(std::size_t n, std::size_t shift) : storage_(n + shift), shift_(shift) {}
  T* data() { return storage_.data() + shift_; }
  std::size_t size() const { return storage_.size() - shift_; }
  T& operator[](std::size_t i) { return storage_[shift_ + i]; }

  template <class Generate>
  void fill(Generate generate) {
    for (std::size_t i = 0; i < size(); ++i) (*this)[i] = static_cast<T>(generate());
  }

 private:
  std::vector<T> storage_;
  std::size_t shift_;
};

class EveryVariant : public testing::TestWithParam<const Kernels*> {
 protected:
  const Kernels& k = *GetParam();
  std::mt19937 random{kSeed};
  testing::ScopedTrace trace{__FILE__, __LINE__, std::string(k.name) + ", seed " + std::to_string(kSeed)};
};

inline auto every_variant() {
  return testing::ValuesIn(available_kernels().begin(), available_kernels().end());
}
inline std::string variant_name(const testing::TestParamInfo<const Kernels*>& variant) {
  return variant.param->name;
}

}  // namespace cairn::simd
