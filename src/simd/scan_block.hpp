// Kernels::scan_block, for every instruction set: a file brings its Lanes.
//
//   struct Lanes {
//     using Floats = __m256;                          // so many floats:
//     static constexpr unsigned kCount = 8;
//     static Floats load(const float*);
//     static Floats load(const std::int32_t*);        // converted
//     static Floats all(float);
//     static Floats add(Floats, Floats), subtract(Floats, Floats);
//     static Floats multiply_add(Floats a, Floats b, Floats c);         // a * b + c
//     static Floats number(Floats);                   // -infinity in place of NaN
//     static void store(float*, Floats);
//     static unsigned at_most(Floats, Floats), below(Floats, Floats);   // by bits, the first lane's lowest
//     static void sum_lookups(codes, groups, table, std::int32_t* sums);
//   };
//
// REQUIRES: Lanes is of an unnamed namespace. What is compiled for an instruction set then stays in its file.
#pragma once

#include <cstddef>
#include <cstdint>

#include "simd/kernels.hpp"

namespace cairn::simd {

template <class Lanes>
std::uint32_t scan_block(const std::uint8_t* block, std::size_t groups, const std::uint8_t* table,
                         const Kernels::BlockTerms& terms, float* estimates, float* lows) {
  using Floats = typename Lanes::Floats;
  std::int32_t sums[32];
  Lanes::sum_lookups(block, groups, table, sums);
  const auto* const adds = reinterpret_cast<const float*>(block + 16 * groups);
  const float *const rescales = adds + 32, *const errors = adds + 64;
  std::uint32_t wanted = 0;
  for (unsigned row = 0; row < 32; row += Lanes::kCount) {
    const Floats rescale = Lanes::load(rescales + row);
    const Floats dot =
        Lanes::multiply_add(Lanes::all(terms.scale), Lanes::load(sums + row), Lanes::all(terms.offset));
    const Floats base = Lanes::add(Lanes::load(adds + row), Lanes::all(terms.square));
    const Floats error =
        Lanes::multiply_add(Lanes::all(terms.spread), Lanes::load(errors + row), Lanes::all(terms.slack));
    const Floats estimated = Lanes::multiply_add(rescale, dot, base);
    const Floats low = Lanes::number(
        Lanes::subtract(Lanes::multiply_add(rescale, Lanes::all(terms.margin), estimated), error));
    const Floats estimate = Lanes::number(estimated);
    Lanes::store(estimates + row, estimate);
    Lanes::store(lows + row, low);
    wanted |= (Lanes::at_most(low, Lanes::all(terms.most_low)) |
               Lanes::below(estimate, Lanes::all(terms.most_estimate)))
              << row;
  }
  return wanted;
}

}  // namespace cairn::simd
