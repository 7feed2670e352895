// The tables that the files of one instruction set each define.
#pragma once

#include "simd/kernels.hpp"

namespace cairn::simd {

extern const Kernels kScalar;
#if defined(__x86_64__)
extern const Kernels kHaswell;  // AVX2 and FMA
extern const Kernels kSkylake;  // AVX-512 F, BW, DQ and VL
#endif

}  // namespace cairn::simd
